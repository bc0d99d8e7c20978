import { ApplicationFact } from '../observations';
import { application, environment, input } from './__testUtils__/builders';
import { computeMatrix } from './computeMatrix';

const REFUSED = {
  kind: 'HTTPRoute',
  name: 'checkout',
  message: 'the server could not find the requested resource',
};

/** What the page says of an application that is not as git says. */
function said(changes: Partial<ApplicationFact>) {
  const { environments, groups } = computeMatrix(
    input({
      environments: [
        environment('dev', {
          application: application('dev', {
            sync: { status: 'OutOfSync' },
            ...changes,
          }),
        }),
        environment('staging'),
        environment('prod'),
      ],
    }),
  );
  const rows = groups.flatMap(group => group.rows);
  return {
    cell: rows.find(({ id }) => id === 'delivery.sync')?.cells.dev.detail,
    head: environments[0].summary.detail,
  };
}

describe('what stands between git and the cluster', () => {
  it.each<
    [string, Partial<ApplicationFact>, string | undefined, string | undefined]
  >([
    [
      'a sync that failed, by the resource that was refused',
      {
        operation: {
          phase: 'Failed',
          message: 'one or more objects failed to apply',
          refused: [REFUSED],
        },
      },
      'Sync Failed: HTTPRoute checkout: the server could not find the requested resource',
      'Sync Failed: HTTPRoute checkout: the server could not find the requested resource',
    ],
    [
      'a sync that failed before it came to a resource',
      { operation: { phase: 'Error', message: 'connection refused' } },
      'Sync Error: connection refused',
      'Sync Error: connection refused',
    ],
    [
      'a sync that is tried again',
      { operation: { phase: 'Running', refused: [REFUSED] } },
      'Syncing again: HTTPRoute checkout: the server could not find the requested resource',
      'Syncing again: HTTPRoute checkout: the server could not find the requested resource',
    ],
    [
      'a sync that waits',
      {
        operation: {
          phase: 'Running',
          message: 'waiting for healthy state of apps/Deployment/checkout',
        },
      },
      'Syncing: waiting for healthy state of apps/Deployment/checkout',
      undefined,
    ],
    [
      'a condition, when the operation is over',
      {
        conditions: [
          { type: 'SyncError', message: 'Failed last sync attempt' },
        ],
      },
      'SyncError: Failed last sync attempt',
      'SyncError: Failed last sync attempt',
    ],
    [
      'resources that differ, are missing, or wait to be pruned',
      {
        outOfSyncCount: 12,
        outOfSyncResources: [
          { kind: 'Deployment', name: 'checkout', health: 'Healthy' },
          { kind: 'HTTPRoute', name: 'checkout', health: 'Missing' },
          { kind: 'ConfigMap', name: 'old', requiresPruning: true },
          { kind: 'Service', name: 'checkout' },
        ],
      },
      'Deployment checkout, HTTPRoute checkout (missing), ConfigMap old (to be pruned) and 9 more',
      undefined,
    ],
    ['nothing, where nothing is told', {}, undefined, undefined],
  ])('%s', (_, changes, cell, head) => {
    expect(said(changes)).toEqual({ cell, head });
  });

  it('says nothing of a success', () => {
    expect(
      said({
        sync: { status: 'Synced' },
        operation: { phase: 'Succeeded', message: 'successfully synced' },
      }),
    ).toEqual({ cell: undefined, head: undefined });
  });
});
