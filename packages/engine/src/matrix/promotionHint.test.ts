import { ApplicationFact } from '../observations';
import {
  application,
  environment,
  input,
  workload,
} from './__testUtils__/builders';
import { computeMatrix } from './computeMatrix';
import { EnvironmentInput } from './input';
import { observePromotion, settledRelease } from './observe';

const NEW = workload({ version: '1.1.0' });
const DEV = environment('dev', { objects: NEW, declared: '1.1.0' });

function hint(from: EnvironmentInput, to: EnvironmentInput) {
  return computeMatrix(input({ environments: [from, to] })).environments[0]
    .promotion;
}

const app = (changes: Partial<ApplicationFact>) => application('dev', changes);

describe('the way to the next environment', () => {
  it.each<[string, EnvironmentInput, EnvironmentInput, object]>([
    [
      'is open with a healthy release that the next one lacks',
      DEV,
      environment('staging'),
      { to: 'staging', possible: true, blockedBy: [], way: 'commit' },
    ],
    [
      'has nothing to promote where the next one runs it already',
      environment('dev'),
      environment('staging'),
      { possible: false, blockedBy: ['staging runs 1.0.0 already'] },
    ],
    [
      'waits for health',
      environment('dev', {
        objects: NEW,
        declared: '1.1.0',
        application: app({ health: { status: 'Degraded' } }),
      }),
      environment('staging'),
      { possible: false, blockedBy: ['dev is Degraded'] },
    ],
    [
      'waits for the end of the rollout',
      environment('dev', {
        objects: workload({ version: '1.1.0', pods: ['1.1.0', '1.0.0'] }),
        declared: '1.1.0',
      }),
      environment('staging'),
      { possible: false, blockedBy: ['dev is Progressing'] },
    ],
    [
      'waits while git is ahead of what runs',
      environment('dev', { declared: '1.1.0' }),
      environment('staging', {
        objects: workload({ version: '0.9.0' }),
        declared: '0.9.0',
      }),
      {
        possible: false,
        blockedBy: ['git says 1.1.0 for dev, which still runs 1.0.0'],
      },
    ],
    [
      'is closed while nobody knows what runs',
      environment('dev', {
        objects: NEW,
        declared: '1.1.0',
        cluster: { status: 'timeout', reason: 'It does not answer' },
      }),
      environment('staging'),
      {
        possible: false,
        blockedBy: ['What runs in dev is not known: It does not answer'],
      },
    ],
    [
      'is closed where nothing runs',
      environment('dev', { objects: [] }),
      environment('staging'),
      { possible: false, blockedBy: ['Nothing runs in dev yet'] },
    ],
    [
      'is closed while git cannot be reached',
      DEV,
      environment('staging', {
        scm: { status: 'unreachable', reason: 'It refuses connections' },
      }),
      {
        possible: false,
        blockedBy: ['git cannot be reached: It refuses connections'],
      },
    ],
    [
      'is on its way where Argo CD syncs by itself',
      DEV,
      environment('staging', { declared: '1.1.0' }),
      { possible: false, blockedBy: ['staging is getting 1.1.0 from dev'] },
    ],
    [
      'shows the promotion that is under way',
      DEV,
      environment('staging', {
        input: { activePromotion: { id: '7', state: 'syncing' } },
      }),
      {
        possible: false,
        blockedBy: ['A promotion to staging is under way (syncing)'],
        active: { id: '7', state: 'syncing' },
      },
    ],
  ])('%s', (_, from, to, expected) => {
    expect(hint(from, to)).toMatchObject(expected);
  });

  it('is a sync alone where git says it already and a person syncs', () => {
    const staging = environment('staging', { objects: NEW, declared: '1.1.0' });
    const prod = (changes: Parameters<typeof environment>[1]) =>
      computeMatrix(
        input({
          environments: [
            staging,
            environment('prod', { declared: '1.1.0', ...changes }),
          ],
        }),
      ).environments[0].promotion;

    expect(prod({})).toMatchObject({ possible: true, way: 'sync' });
    expect(prod({ application: null })).toMatchObject({
      possible: false,
      blockedBy: [expect.stringContaining('could be synced')],
    });
    expect(prod({ declared: '1.0.0' })).toMatchObject({
      possible: true,
      way: 'pull-request',
    });
  });
});

describe('what a promotion waits to see', () => {
  const names = { service: 'checkout', selector: '' };

  it('is trouble of the release itself, not of the pods that it replaces', () => {
    const stuck = { reason: 'CrashLoopBackOff', message: 'back-off' };
    const ofTheNew = environment('dev', {
      objects: workload({ version: '1.1.0', pods: ['1.0.0'], waiting: stuck }),
    });
    const [deployment, ...rest] = workload({
      version: '1.0.0',
      pods: [],
      waiting: stuck,
    });
    const [fixed] = workload({ version: '1.1.0', pods: [] });
    const ofTheOld = environment('dev', { objects: [fixed, ...rest] });

    expect(deployment.kind).toBe('Deployment');
    expect(observePromotion(ofTheNew, names).trouble).toContain(
      'CrashLoopBackOff',
    );
    expect(observePromotion(ofTheOld, names)).not.toHaveProperty('trouble');
    expect(
      computeMatrix(input({ environments: [ofTheOld] })).environments[0].summary
        .detail,
    ).toContain('CrashLoopBackOff');
  });

  it('is nothing while the cluster does not answer', () => {
    const dead = environment('dev', { cluster: { status: 'unreachable' } });

    expect(observePromotion(dead, names)).toMatchObject({
      healthyAndRolledOut: false,
    });
    expect(observePromotion(dead, names)).not.toHaveProperty('running');
    expect(settledRelease(dead, names)).toBeUndefined();
    expect(settledRelease(environment('dev'), names)).toMatchObject({
      version: '1.0.0',
    });
  });
});
