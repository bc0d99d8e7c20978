import { ArgoPartFact, ArgoSyncWindow } from '../observations';
import {
  application,
  environment,
  input,
  source,
} from './__testUtils__/builders';
import { computeMatrix } from './computeMatrix';
import { EnvironmentInput } from './input';
import { syncPermission } from './syncWindows';

function window(changes: Partial<ArgoSyncWindow>): ArgoSyncWindow {
  return {
    kind: 'deny',
    schedule: '0 16 * * 5',
    duration: '64h',
    manualSync: false,
    applications: ['*'],
    namespaces: [],
    clusters: [],
    matchesAll: false,
    isActive: true,
    ...changes,
  };
}

const app = application('prod');

describe('sync windows', () => {
  it.each<[string, ArgoSyncWindow[], boolean, boolean]>([
    ['none', [], true, true],
    ['a denial that sleeps', [window({ isActive: false })], true, true],
    ['a denial', [window({})], false, false],
    ['a denial for robots', [window({ manualSync: true })], false, true],
    [
      'two denials, one of them for robots only',
      [window({ manualSync: true }), window({})],
      false,
      false,
    ],
    ['an allowance', [window({ kind: 'allow' })], true, true],
    [
      'an allowance beside a denial',
      [window({ kind: 'allow' }), window({})],
      false,
      false,
    ],
    [
      'an allowance that sleeps',
      [window({ kind: 'allow', isActive: false })],
      false,
      false,
    ],
    [
      'an allowance that sleeps, and does not mind people',
      [window({ kind: 'allow', isActive: false, manualSync: true })],
      false,
      true,
    ],
    [
      'an allowance that sleeps beside one that does not',
      [
        window({ kind: 'allow', isActive: false }),
        window({ kind: 'allow', isActive: true }),
      ],
      true,
      true,
    ],
    ['another application', [window({ applications: ['cart-*'] })], true, true],
    [
      'its namespace by a pattern',
      [window({ applications: [], namespaces: ['checkout-?rod'] })],
      false,
      false,
    ],
    [
      'a pattern that is no regular expression',
      [window({ applications: [], namespaces: ['checkout.prod'] })],
      true,
      true,
    ],
    [
      'its cluster, and another application, all of which have to match',
      [window({ applications: ['x'], clusters: ['*'], matchesAll: true })],
      true,
      true,
    ],
  ])('%s', (_, windows, automatic, manual) => {
    expect(syncPermission(app, windows)).toMatchObject({ automatic, manual });
  });

  const cellOf = (
    windows: ArgoSyncWindow[] | undefined,
    changes: Partial<EnvironmentInput> = {},
  ) => {
    const argocdProject = windows && {
      observedAt: '2026-11-23T11:59:00.000Z',
      value: { instance: 'main', name: app.project, syncWindows: windows },
    };
    const matrix = computeMatrix(
      input({
        environments: [
          environment('dev'),
          environment('staging'),
          { ...environment('prod'), argocdProject, ...changes },
        ],
      }),
    );
    return matrix.groups
      .flatMap(({ rows }) => rows)
      .find(({ id }) => id === 'delivery.sync-windows')?.cells;
  };

  it('are shown with what closes them, and until when', () => {
    expect(
      cellOf([window({ changesAt: '2026-11-30T08:00:00.000Z' })]),
    ).toMatchObject({
      dev: { display: 'none' },
      prod: {
        display: 'closed until 2026-11-30 08:00 UTC',
        detail: 'deny 0 16 * * 5 for 64h',
        state: 'suspended',
        comparison: 'expected',
      },
    });
  });

  it('take no row where there is none, and are unknown where the project is not shown', () => {
    expect(cellOf([])).toBeUndefined();
    expect(cellOf(undefined)?.prod.observation).toMatchObject({
      status: 'unknown',
      reason: expect.stringContaining('right to get projects'),
    });
  });

  const failed: ArgoPartFact = {
    instance: 'main',
    part: 'projects',
    status: 'stale',
    reason: 'Argo CD main does not tell its projects: oops',
    since: '2026-11-23T11:50:00.000Z',
  };

  it.each<[string, ArgoSyncWindow[] | undefined, ArgoPartFact, object]>([
    [
      'an error before anything was read',
      undefined,
      failed,
      { status: 'unknown', reason: failed.reason, since: failed.since },
    ],
    [
      'a missing right',
      undefined,
      { ...failed, status: 'forbidden' },
      { status: 'forbidden', reason: failed.reason, since: failed.since },
    ],
    [
      'an error after something was read',
      [window({})],
      failed,
      { status: 'stale', reason: failed.reason, since: failed.since },
    ],
    [
      'what is wrong with clusters alone',
      [window({})],
      { ...failed, part: 'clusters' },
      { status: 'observed' },
    ],
  ])('say why they are not told: %s', (_, windows, fact, observation) => {
    const cell = cellOf(windows, { argocdUntold: [fact] })?.prod;

    expect(cell?.observation).toEqual(observation);
    expect(cell?.value).toEqual(windows && 'closed');
  });

  it('blame no right where the instance says nothing at all', () => {
    expect(
      cellOf(undefined, {
        argocd: source('argocd', 'main', {
          status: 'unreachable',
          reason: 'refused',
        }),
      })?.prod.observation,
    ).toMatchObject({ status: 'unreachable', reason: 'refused' });
  });
});
