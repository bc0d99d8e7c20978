import { TargetInput } from './input';
import {
  application,
  environment,
  input,
  source,
  workload,
} from './__testUtils__/builders';
import { computeMatrix } from './computeMatrix';
import { observePromotion, runningVersion, settledRelease } from './observe';
import { SourceState } from '../observations';

const NAMES = {
  service: 'checkout',
  selector: 'backstage.io/kubernetes-id=checkout',
};

const OBSERVED_AT = '2026-11-23T11:59:00.000Z';

interface Region {
  readonly region: string;
  readonly version?: string;
  readonly pods?: readonly string[];
  readonly health?: string;
  readonly sync?: string;
  readonly source?: Partial<SourceState>;
  readonly revision?: string;
}

/** Production in regions, each with its cluster and its Application. */
function production(...regions: Region[]) {
  return environment('prod', {
    input: {
      targets: regions.map((own): TargetInput => {
        const { region, version = '1.0.0', health = 'Healthy' } = own;
        return {
          cluster: `prod-${region}`,
          namespace: 'checkout-prod',
          region,
          source: source('kubernetes', `prod-${region}`, own.source),
          objects: workload({
            version,
            replicas: 3,
            ...(own.pods ? { pods: own.pods } : {}),
          }).map(value => ({ value, observedAt: OBSERVED_AT })),
          application: {
            value: application(`prod-${region}`, {
              health: { status: health },
              sync: { status: own.sync ?? 'Synced' },
              sources: [
                { repoURL: 'https://git', targetRevision: own.revision },
              ],
            }),
            observedAt: OBSERVED_AT,
          },
        };
      }),
    },
  });
}

function matrixOf(...regions: Region[]) {
  const matrix = computeMatrix(
    input({
      environments: [
        environment('dev'),
        environment('staging'),
        production(...regions),
      ],
    }),
  );
  const rows = matrix.groups.flatMap(group => group.rows);
  return {
    summary: matrix.environments[2].summary,
    promotion: matrix.environments[1].promotion,
    cell: (id: string) => rows.find(row => row.id === id)?.cells.prod,
  };
}

describe('an environment in several places', () => {
  it('says once what all of them say, and counts their pods together', () => {
    const { summary, cell } = matrixOf({ region: 'eu' }, { region: 'us' });
    expect(summary).toMatchObject({
      version: '1.0.0',
      health: 'Healthy',
      sync: 'Synced',
      ready: '6/6',
      observation: { status: 'observed' },
    });
    expect(cell('release.version')).toMatchObject({
      display: '1.0.0',
      value: '1.0.0',
      comparison: 'same',
    });
  });

  it('shows what one of them runs beside what the others do', () => {
    const { summary, cell } = matrixOf(
      { region: 'eu' },
      { region: 'us', version: '0.9.0' },
    );
    expect(summary.version).toBe('1.0.0, 0.9.0');
    expect(cell('release.version')).toMatchObject({
      display: 'eu: 1.0.0 · us: 0.9.0',
      value: { eu: '1.0.0', us: '0.9.0' },
    });
  });

  it('is no better than the worst of them', () => {
    const { summary, cell } = matrixOf(
      { region: 'eu' },
      { region: 'us', health: 'Degraded', sync: 'OutOfSync', pods: ['1.0.0'] },
    );
    expect(summary).toMatchObject({
      health: 'Degraded',
      sync: 'OutOfSync',
      ready: '4/6',
    });
    expect(cell('delivery.health')).toMatchObject({
      display: 'eu: Healthy · us: Degraded',
      state: 'degraded',
    });
  });

  it('does not hide one that cannot be reached behind one that can', () => {
    const { summary, cell } = matrixOf(
      { region: 'eu' },
      {
        region: 'us',
        source: { status: 'unreachable', reason: 'connection refused' },
      },
    );
    expect(summary.observations.ready).toMatchObject({
      status: 'unreachable',
      reason: 'us: connection refused',
    });
    expect(cell('release.version')?.observation).toMatchObject({
      status: 'unreachable',
      reason: 'us: connection refused',
    });
  });

  it('has a release when all of them have it', () => {
    const there = production({ region: 'eu' }, { region: 'us' });
    const half = production(
      { region: 'eu', version: '1.1.0' },
      { region: 'us' },
    );
    expect(runningVersion(there, NAMES)).toBe('1.0.0');
    expect(settledRelease(there, NAMES)).toMatchObject({ version: '1.0.0' });
    expect(runningVersion(half, NAMES)).toBeUndefined();
    expect(settledRelease(half, NAMES)).toBeUndefined();
  });

  it('has got a promotion when all of them have', () => {
    const [old, pin] = ['1'.repeat(40), '2'.repeat(40)];
    expect(
      observePromotion(
        production(
          { region: 'eu', version: '1.1.0', revision: pin },
          { region: 'us', revision: old, sync: 'OutOfSync' },
        ),
        NAMES,
      ),
    ).toMatchObject({
      healthyAndRolledOut: true,
      sync: 'OutOfSync',
      targets: [],
    });
    expect(
      observePromotion(
        production(
          { region: 'eu', version: '1.1.0', revision: pin },
          { region: 'us', version: '1.1.0', revision: pin },
        ),
        NAMES,
      ),
    ).toMatchObject({ running: '1.1.0', sync: 'Synced', targets: [pin] });
  });

  it('waits for the hindmost before something else is promoted', () => {
    expect(matrixOf({ region: 'eu' }, { region: 'us' }).promotion).toEqual(
      expect.objectContaining({ blockedBy: ['prod runs 1.0.0 already'] }),
    );
    expect(
      matrixOf({ region: 'eu' }, { region: 'us', version: '0.9.0' }).promotion
        ?.blockedBy,
    ).not.toContain('prod runs 1.0.0 already');
  });
});
