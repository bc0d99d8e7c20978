import type { KubeObject } from '../core';
import { inSyncOrder } from './syncOrder';

function object(kind: string, name: string, wave?: string): KubeObject {
  const annotations = { 'argocd.argoproj.io/sync-wave': wave ?? '' };
  return {
    apiVersion: 'v1',
    kind,
    metadata: { name, ...(wave !== undefined && { annotations }) },
  };
}

it('a sync applies wave by wave, and within one what others stand on first', () => {
  const groups = inSyncOrder([
    object('HTTPRoute', 'a'),
    object('Deployment', 'late', '1'),
    object('Deployment', 'b'),
    object('Deployment', 'a'),
    object('PriorityClass', 'a', '-1'),
    object('Namespace', 'a'),
    object('Certificate', 'a', 'no number'),
  ]);
  expect(
    groups.map(group =>
      group.map(({ kind, metadata }) => `${kind} ${metadata.name}`),
    ),
  ).toEqual([
    ['PriorityClass a'],
    ['Namespace a'],
    ['Deployment a', 'Deployment b'],
    ['Certificate a'],
    ['HTTPRoute a'],
    ['Deployment late'],
  ]);
});
