import { KubernetesObject } from '../observations';
import recorded from './__fixtures__/daemonSet.json';
import { digest, environment, input } from './__testUtils__/builders';
import { computeMatrix } from './computeMatrix';
import { settledRelease } from './observe';

const NAMES = { service: 'agent', selector: 'app=agent' };

const pod = (index: number): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    name: `agent-${index}`,
    ownerReferences: [
      { kind: 'DaemonSet', name: 'agent', uid: recorded.metadata.uid },
    ],
  },
  spec: {
    containers: [{ name: 'agent', image: 'registry.example.com/agent:1.0.0' }],
  },
  status: {
    conditions: [{ type: 'Ready', status: 'True' }],
    containerStatuses: [
      { name: 'agent', imageID: `agent@${digest('1.0.0')}`, ready: true },
    ],
  },
});

function told(status: object) {
  const dev = environment('dev', {
    objects: [
      { ...recorded, status: { ...recorded.status, ...status } },
      pod(0),
      pod(1),
    ],
    application: null,
    input: { argocd: undefined },
  });
  const { health, ready, version } = computeMatrix(
    input({ ...NAMES, environments: [dev] }),
  ).environments[0].summary;
  return [version, ready, health, settledRelease(dev, NAMES)?.version];
}

describe('a DaemonSet as a real API server has it', () => {
  it('is rolled out when every node that it wants has its newest pod', () => {
    expect(told({})).toEqual(['1.0.0', '2/2', 'Healthy', '1.0.0']);
  });

  it.each([
    ['a node lacks its pod', { desiredNumberScheduled: 3 }, '2/3'],
    ['a node has the pod before', { updatedNumberScheduled: 1 }, '2/2'],
    ['a pod does not serve yet', { numberAvailable: 1 }, '2/2'],
    ['its change was not seen yet', { observedGeneration: 0 }, '2/2'],
  ])('is not while %s', (_name, status, ready) => {
    expect(told(status)).toEqual(['1.0.0', ready, 'Progressing', undefined]);
  });
});
