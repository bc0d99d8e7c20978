import { IntentGate } from '../../intent';
import {
  application,
  environment,
  input,
  NOW,
  workload,
} from '../../matrix/__testUtils__/builders';
import {
  atSecondStep,
  NEW,
  OLD,
  pods,
  rollout,
} from '../../matrix/__testUtils__/rollout';
import { computeMatrix } from '../../matrix/computeMatrix';
import { EnvironmentInput } from '../../matrix/input';
import { ArgoSyncWindow } from '../../observations';
import { Finding } from '../../rules/types';
import { GateContext } from './GateContext';
import { judgeGates, shutGate, shutLater } from './judgeGates';

type Freeze = Extract<IntentGate, { freeze: unknown }>['freeze'];

const at = (time: string) => new Date(`${time}Z`).toISOString();

function context(changes: Partial<GateContext> = {}): GateContext {
  return {
    from: column(environment('staging')),
    target: environment('prod'),
    version: '1.0.0',
    way: 'pull-request',
    since: {
      version: { to: '1.0.0', at: at('2026-11-22T10:00:00') },
      health: { to: 'Healthy', at: at('2026-11-22T09:00:00') },
    },
    findings: [finding('pass', 'staging')],
    now: NOW,
    ...changes,
  };
}

function column(environmentInput: EnvironmentInput) {
  return computeMatrix(input({ environments: [environmentInput] }))
    .environments[0];
}

function finding(outcome: Finding['outcome'], name: string): Finding {
  return {
    rule: 'K8S-04',
    outcome,
    title: 'Replicas in production',
    environments: [name],
    subject: 'apps/Deployment checkout',
    values: {},
    locations: {},
  };
}

function judge(gate: IntentGate, changes: Partial<GateContext> = {}) {
  return judgeGates([gate], context(changes)).at(-1);
}

describe('gates', () => {
  it('ask for health first, whether or not that is declared', () => {
    const ids = (gates: IntentGate[]) =>
      judgeGates(gates, context()).map(({ id }) => id);

    expect(ids([])).toEqual(['health']);
    expect(ids([{ soak: '1h' }, { health: true }])).toEqual(['health', 'soak']);
  });

  it('wait for health while an Argo Rollout is paused, and say where', () => {
    const from = column(
      environment('staging', {
        objects: rollout({
          version: '1.1.0',
          pods: [...pods(3, '1.0.0', OLD), ...pods(1, '1.1.0', NEW)],
          status: atSecondStep,
        }),
      }),
    );

    expect(judge({ health: true }, { from })).toMatchObject({
      state: 'waiting',
      reason: expect.stringContaining('Paused at step 2/6'),
    });
  });

  describe('soak', () => {
    it.each<[string, string, Partial<GateContext>, object]>([
      ['is over', '24h', {}, { state: 'open' }],
      [
        'begins with the release, and says when it ends',
        '48h',
        {},
        {
          state: 'waiting',
          reason: '1.0.0 is healthy there since 2026-11-22 10:00 UTC',
          opensAt: '2026-11-24T10:00:00.000Z',
        },
      ],
      [
        'begins anew after a break',
        '24h',
        {
          since: {
            version: { to: '1.0.0', at: at('2026-11-20T10:00:00') },
            health: { to: 'Healthy', at: at('2026-11-23T11:00:00') },
          },
        },
        { state: 'waiting', opensAt: '2026-11-24T11:00:00.000Z' },
      ],
      [
        'waits for health',
        '1h',
        {
          from: column(
            environment('staging', {
              application: application('staging', {
                health: { status: 'Degraded' },
              }),
            }),
          ),
        },
        { state: 'waiting', reason: expect.stringContaining('begins when') },
      ],
      [
        'waits for the release itself',
        '1h',
        { version: '1.1.0' },
        { state: 'waiting' },
      ],
      [
        'is not known while the environment is not',
        '1h',
        {
          from: column(
            environment('staging', {
              cluster: { status: 'unreachable', reason: 'ECONNREFUSED' },
              argocd: { status: 'unreachable', reason: 'ECONNREFUSED' },
            }),
          ),
        },
        { state: 'unknown' },
      ],
      [
        'is not known while nobody wrote down since when',
        '1h',
        { since: {} },
        { state: 'unknown', reason: expect.stringContaining('not recorded') },
      ],
      [
        'is not known of another release',
        '1h',
        {
          since: {
            version: { to: '0.9.0', at: at('2026-11-01T00:00:00') },
            health: { to: 'Healthy', at: at('2026-11-01T00:00:00') },
          },
        },
        { state: 'unknown' },
      ],
    ])('%s', (_name, soak, changes, expected) => {
      expect(judge({ soak }, changes)).toMatchObject({
        id: 'soak',
        ...expected,
      });
    });
  });

  describe('freeze', () => {
    const weekend = {
      cron: '0 16 * * FRI',
      duration: '64h',
      timeZone: 'Europe/Berlin',
      reason: 'No deployments over the weekend',
    };
    const office = { cron: '0 9 * * MON-FRI', duration: '8h' };

    it.each<[string, Freeze, string, object]>([
      [
        'is open before its window, and says when that begins',
        { deny: [weekend] },
        '2026-11-23T12:00:00',
        {
          state: 'open',
          reason:
            'The next one begins 2026-11-27 15:00 UTC: No deployments over the weekend',
        },
      ],
      [
        'is closed from its first moment',
        { deny: [weekend] },
        '2026-11-27T15:00:00',
        {
          state: 'closed',
          reason: 'Nothing moves now: No deployments over the weekend',
          opensAt: '2026-11-30T07:00:00.000Z',
        },
      ],
      [
        'opens with its last',
        { deny: [weekend] },
        '2026-11-30T07:00:00',
        { state: 'open' },
      ],
      [
        'keeps to the clock of its zone in summer',
        { deny: [weekend] },
        '2026-07-03T14:00:00',
        { state: 'closed', opensAt: '2026-07-06T06:00:00.000Z' },
      ],
      [
        'opens after the last of two that overlap',
        { deny: [weekend, { cron: '0 0 * * MON', duration: '12h' }] },
        '2026-11-29T12:00:00',
        { state: 'closed', opensAt: '2026-11-30T12:00:00.000Z' },
      ],
      [
        'lets things move in an allowed time',
        { allow: [office] },
        '2026-11-23T12:00:00',
        { state: 'open' },
      ],
      [
        'lets nothing move outside them',
        { allow: [office] },
        '2026-11-21T12:00:00',
        { state: 'closed', opensAt: '2026-11-23T09:00:00.000Z' },
      ],
      [
        'denies within an allowed time',
        { allow: [office], deny: [weekend] },
        '2026-11-27T16:00:00',
        { state: 'closed', opensAt: '2026-11-30T09:00:00.000Z' },
      ],
      [
        'that never ends opens at no time',
        { deny: [{ cron: '* * * * *', duration: '1h' }] },
        '2026-11-23T12:00:00',
        { state: 'closed', opensAt: undefined },
      ],
      [
        'that cannot be read is not known',
        { deny: [{ cron: 'on fridays', duration: '1h' }] },
        '2026-11-23T12:00:00',
        { state: 'unknown', reason: expect.stringContaining('five fields') },
      ],
    ])('%s', (_name, freeze, now, expected) => {
      const gate = judge({ freeze }, { now: at(now) });
      expect({ opensAt: undefined, ...gate }).toMatchObject({
        id: 'freeze',
        ...expected,
      });
    });
  });

  describe('parity', () => {
    it.each<[string, Finding[], object]>([
      [
        'is open without a violation',
        [finding('pass', 'staging')],
        { state: 'open' },
      ],
      [
        'does not mind violations elsewhere',
        [finding('fail', 'prod')],
        { state: 'open' },
      ],
      [
        'is closed by one, and names it',
        [finding('fail', 'staging'), finding('fail', 'staging')],
        {
          state: 'closed',
          reason:
            'K8S-04: Replicas in production (apps/Deployment checkout), and 1 more',
        },
      ],
      ['is not known while no rule was asked', [], { state: 'unknown' }],
    ])('%s', (_name, findings, expected) => {
      expect(judge({ parity: true }, { findings })).toMatchObject({
        id: 'parity',
        ...expected,
      });
    });
  });

  describe('sync windows', () => {
    const denial: ArgoSyncWindow = {
      kind: 'deny',
      schedule: '0 16 * * 5',
      duration: '64h',
      manualSync: false,
      applications: ['*'],
      namespaces: [],
      clusters: [],
      matchesAll: false,
      isActive: true,
      changesAt: '2026-11-30T08:00:00.000Z',
    };
    const prod = (...syncWindows: ArgoSyncWindow[]) =>
      environment('prod', {
        input: {
          argocdProject: {
            value: { instance: 'main', name: 'checkout-prod', syncWindows },
            observedAt: NOW,
          },
        },
      });

    it.each<[string, EnvironmentInput, object]>([
      ['are open where there are none', prod(), { state: 'open' }],
      [
        'are closed by a denial, and say until when',
        prod(denial),
        {
          state: 'closed',
          reason: 'Project checkout-prod: deny 0 16 * * 5 for 64h',
          opensAt: '2026-11-30T08:00:00.000Z',
        },
      ],
      [
        'let a person sync where they may',
        prod({ ...denial, manualSync: true }),
        { state: 'open' },
      ],
      [
        'are not known without the project',
        environment('prod', { input: { argocdProject: undefined } }),
        { state: 'unknown', reason: expect.stringContaining('right to get') },
      ],
      [
        'are not known while Argo CD does not tell them, whatever it told before',
        environment('prod', {
          input: {
            argocdUntold: [
              {
                instance: 'main',
                part: 'projects',
                status: 'timeout',
                reason: 'Argo CD main does not tell its projects: too late',
                since: NOW,
              },
            ],
          },
        }),
        { state: 'unknown', reason: expect.stringContaining('too late') },
      ],
      [
        'are not known without an application',
        environment('prod', { application: null }),
        { state: 'unknown' },
      ],
    ])('%s', (_name, target, expected) => {
      expect(judge({ syncWindow: true }, { target })).toMatchObject({
        id: 'syncWindow',
        ...expected,
      });
    });
  });

  describe('approval', () => {
    const gate = {
      approval: { by: ['group:default/release-managers', 'user:default/ada'] },
    };

    it.each<[string, Partial<GateContext>, object]>([
      [
        'is asked for on a pull request',
        {},
        { state: 'waiting', title: 'Approval by release-managers or ada' },
      ],
      [
        'is waited for before a commit',
        { way: 'commit' },
        { state: 'waiting' },
      ],
      [
        'is given',
        { way: 'commit', approvedBy: ['user:default/grace'] },
        { state: 'open', reason: 'Given by user:default/grace' },
      ],
      ['is none of what git says already', { way: 'sync' }, { state: 'open' }],
    ])('%s', (_name, changes, expected) => {
      expect(judge(gate, changes)).toMatchObject({
        id: 'approval',
        ...expected,
      });
    });

    it('keeps nothing from being asked for, as other gates do', () => {
      expect(shutGate(judgeGates([gate], context()))).toBeUndefined();
      expect(
        shutGate(judgeGates([gate, { soak: '48h' }], context())),
      ).toMatchObject({ id: 'soak' });
    });
  });

  it('holds what is under way to the times in which nothing moves, and to nothing else', () => {
    const freeze = { deny: [{ cron: '0 * * * *', duration: '30m' }] };
    const moving = column(
      environment('staging', {
        objects: workload({ version: '1.0.0', pods: ['1.0.0', '0.9.0'] }),
      }),
    );
    const later = (now: string) =>
      shutLater(
        judgeGates(
          [{ soak: '48h' }, { freeze }],
          context({ from: moving, now }),
        ),
      );

    expect(later(at('2026-11-23T12:10:00'))).toMatchObject({ id: 'freeze' });
    expect(later(at('2026-11-23T12:40:00'))).toBeUndefined();
  });
});
