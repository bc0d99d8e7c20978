import { KubernetesObject } from '../observations';
import recorded from './__fixtures__/rollout.json';
import { application, environment, input } from './__testUtils__/builders';
import {
  atSecondStep,
  BLUE_GREEN,
  NEW,
  OLD,
  pods,
  rollout,
  SIX_STEPS,
  through,
} from './__testUtils__/rollout';
import { computeMatrix } from './computeMatrix';
import { observePromotion, runningVersion, settledRelease } from './observe';

const NAMES = { service: 'checkout', selector: 'backstage.io/kubernetes-id' };

function see(
  objects: readonly KubernetesObject[],
  options: Parameters<typeof environment>[1] = {},
) {
  const dev = environment('dev', {
    objects,
    application: null,
    input: { argocd: undefined },
    ...options,
  });
  const matrix = computeMatrix(input({ ...NAMES, environments: [dev] }));
  return {
    dev,
    matrix,
    summary: matrix.environments[0].summary,
    cell: (id: string) =>
      matrix.groups.flatMap(({ rows }) => rows).find(row => row.id === id)
        ?.cells.dev,
  };
}

/** What the column says, in one line. */
function told(objects: readonly KubernetesObject[]): string {
  const { dev, summary, cell } = see(objects);
  const { version, ready, health, detail, standing } = summary;
  const versionCell = cell('release.version');
  return [
    version,
    versionCell?.state,
    versionCell?.detail,
    ready,
    health,
    detail ?? standing,
    settledRelease(dev, NAMES)?.version ?? 'on its way',
  ]
    .filter(Boolean)
    .join(' | ');
}

const canary = (
  status: Readonly<Record<string, unknown>>,
  changes: Partial<Parameters<typeof rollout>[0]> = {},
) =>
  rollout({
    version: '1.1.0',
    pods: [...pods(3, '1.0.0', OLD), ...pods(1, '1.1.0', NEW)],
    status,
    ...changes,
  });

const {
  controllerPause: _pause,
  pauseConditions: _conditions,
  ...moving
} = {
  ...atSecondStep,
  phase: 'Progressing',
  message: 'more replicas need to be updated',
};

const CASES: [string, KubernetesObject[], string][] = [
  [
    'is done when the newest template is the stable one, and healthy',
    rollout({
      version: '1.0.0',
      pods: pods(3, '1.0.0', OLD),
      status: through(OLD),
    }),
    '1.0.0 | 3/3 | Healthy | 1.0.0',
  ],
  [
    'waits at a step of a canary, and says which, with how much traffic, why and since when',
    canary(atSecondStep),
    '1.0.0 | suspended | stable 1.0.0, canary 1.1.0 | 4/3 | Suspended | Paused at step 2/6, 20 % of traffic, CanaryPauseStep since 2026-11-23 11:40 UTC | on its way',
  ],
  [
    'says for how long a pause is that ends by itself',
    canary({
      ...atSecondStep,
      currentStepIndex: 5,
      canary: { weights: { canary: { weight: 80 } } },
    }),
    '1.0.0 | suspended | stable 1.0.0, canary 1.1.0 | 4/3 | Suspended | Paused at step 6/6, 80 % of traffic, CanaryPauseStep since 2026-11-23 11:40 UTC, for 60s | on its way',
  ],
  [
    'tells traffic from the number of pods where nothing routes it',
    canary(atSecondStep, {
      strategy: { canary: { steps: SIX_STEPS.canary.steps } },
    }),
    '1.0.0 | suspended | stable 1.0.0, canary 1.1.0 | 4/3 | Suspended | Paused at step 2/6, 20 % of traffic by the number of pods, CanaryPauseStep since 2026-11-23 11:40 UTC | on its way',
  ],
  [
    'is paused by a person',
    canary(
      { ...moving, phase: 'Paused', message: 'manually paused' },
      { spec: { paused: true } },
    ),
    '1.0.0 | suspended | stable 1.0.0, canary 1.1.0 | 4/3 | Suspended | Paused at step 2/6, 20 % of traffic, spec.paused | on its way',
  ],
  [
    'moves',
    canary(moving),
    '1.0.0 | progressing | stable 1.0.0, canary 1.1.0 | 4/3 | Progressing | Step 2/6, 20 % of traffic: more replicas need to be updated | on its way',
  ],
  [
    'goes on after a pause that a person ended',
    canary({ ...atSecondStep, pauseConditions: [] }),
    '1.0.0 | progressing | stable 1.0.0, canary 1.1.0 | 4/3 | Progressing | Step 2/6, 20 % of traffic: It goes on after a pause | on its way',
  ],
  [
    'was aborted: the stable release serves, the other one does not come',
    rollout({
      version: '1.1.0',
      pods: pods(3, '1.0.0', OLD),
      status: {
        ...through(OLD),
        currentPodHash: NEW,
        updatedReplicas: 0,
        phase: 'Degraded',
        message:
          'RolloutAborted: Rollout aborted update to revision 2: metric "errors" assessed Failed',
        abort: true,
        abortedAt: '2026-11-23T11:50:00Z',
      },
    }),
    '1.0.0 | degraded | stable 1.0.0, 1.1.0 was aborted | 3/3 | Degraded | RolloutAborted: Rollout aborted update to revision 2: metric "errors" assessed Failed · since 2026-11-23 11:50 UTC | on its way',
  ],
  [
    'has a canary that cannot get its image: the pod says why',
    canary(moving, {
      pods: [
        ...pods(3, '1.0.0', OLD),
        {
          version: '1.1.0',
          hash: NEW,
          waiting: { reason: 'ImagePullBackOff', message: 'not found' },
        },
      ],
    }),
    '1.0.0 | degraded | stable 1.0.0, canary 1.1.0 | 3/3 | Degraded | ImagePullBackOff: ghcr.io/acme/checkout:1.1.0 · not found · since 2026-11-23 11:40 UTC | on its way',
  ],
  [
    'has a spec that the controller refuses',
    rollout({
      version: '1.0.0',
      pods: [],
      status: {
        observedGeneration: '4',
        phase: 'Degraded',
        message: 'InvalidSpec: The Rollout "checkout" is invalid',
      },
    }),
    '0/3 | Degraded | InvalidSpec: The Rollout "checkout" is invalid | on its way',
  ],
  [
    'is not done while the controller has not seen the newest generation, whatever the phase of the last one',
    rollout({
      version: '1.0.0',
      pods: pods(3, '1.0.0', OLD),
      status: { ...through(OLD), observedGeneration: '3' },
    }),
    '1.0.0 | progressing | The controller has not seen the change yet | 3/3 | Progressing | The controller has not seen the change yet | on its way',
  ],
  [
    'is done by its numbers where an old controller notes a hash for the generation, and no phase',
    rollout({
      version: '1.0.0',
      pods: pods(3, '1.0.0', OLD),
      status: {
        ...through(OLD),
        phase: undefined,
        observedGeneration: '6b9f8d7c5',
      },
    }),
    '1.0.0 | 3/3 | Healthy | 1.0.0',
  ],
  [
    'is at a step by the numbers of an old controller too',
    canary(
      {
        ...moving,
        phase: undefined,
        message: undefined,
        observedGeneration: '6b9f8d7c5',
        updatedReplicas: 3,
        replicas: 6,
        availableReplicas: 6,
      },
      { pods: [...pods(3, '1.0.0', OLD), ...pods(3, '1.1.0', NEW)] },
    ),
    '1.0.0 | progressing | stable 1.0.0, canary 1.1.0 | 6/3 | Progressing | Step 2/6, 20 % of traffic: steps are still to come | on its way',
  ],
  [
    'is not done where everything is new and the last steps are still to come',
    rollout({
      version: '1.1.0',
      pods: [...pods(3, '1.0.0', OLD), ...pods(3, '1.1.0', NEW)],
      status: {
        ...through(NEW),
        stableRS: OLD,
        phase: 'Progressing',
        message: 'waiting for all steps to complete',
      },
    }),
    '1.0.0 | progressing | stable 1.0.0, canary 1.1.0 | 6/3 | Progressing | waiting for all steps to complete | on its way',
  ],
  [
    'keeps old pods for a while after the promotion, without requests: they are no second release',
    rollout({
      version: '1.1.0',
      pods: [...pods(3, '1.0.0', OLD), ...pods(3, '1.1.0', NEW)],
      status: { ...through(NEW), replicas: 6, availableReplicas: 6 },
    }),
    '1.1.0 | git says 1.0.0 | 3/3 | Healthy | 1.1.0',
  ],
  [
    'is not done while a canary still gets traffic that was rolled back',
    rollout({
      version: '1.0.0',
      pods: [...pods(3, '1.0.0', OLD), ...pods(1, '1.1.0', NEW)],
      status: {
        ...through(OLD),
        canary: { weights: { canary: { podTemplateHash: NEW, weight: 20 } } },
      },
    }),
    '1.0.0 | progressing | Traffic still goes to another template | 4/3 | Progressing | Traffic still goes to another template | on its way',
  ],
  [
    'has two templates of one version side by side',
    canary(atSecondStep, {
      version: '1.0.0',
      pods: [...pods(3, '1.0.0', OLD), ...pods(1, '1.0.0', NEW)],
    }),
    '1.0.0 | suspended | stable and canary both run 1.0.0, from different templates | 4/3 | Suspended | Paused at step 2/6, 20 % of traffic, CanaryPauseStep since 2026-11-23 11:40 UTC | on its way',
  ],
  [
    'blue and green: the preview waits for a person, and the active one is what runs',
    canary(
      {
        ...through(OLD),
        currentPodHash: NEW,
        phase: 'Paused',
        message: 'BlueGreenPause',
        controllerPause: true,
        pauseConditions: [
          { reason: 'BlueGreenPause', startTime: '2026-11-23T11:40:10Z' },
        ],
        blueGreen: { activeSelector: OLD, previewSelector: NEW },
      },
      {
        strategy: BLUE_GREEN,
        pods: [...pods(3, '1.0.0', OLD), ...pods(3, '1.1.0', NEW)],
      },
    ),
    '1.0.0 | suspended | active 1.0.0, preview 1.1.0 | 3/3 | Suspended | Paused before the preview becomes active, BlueGreenPause since 2026-11-23 11:40 UTC | on its way',
  ],
  [
    'blue and green: active already, and not yet stable while it is analysed',
    canary(
      {
        ...through(NEW),
        stableRS: OLD,
        phase: 'Progressing',
        message: 'waiting for analysis to complete',
        blueGreen: { activeSelector: NEW, previewSelector: NEW },
      },
      {
        strategy: BLUE_GREEN,
        pods: [...pods(3, '1.0.0', OLD), ...pods(3, '1.1.0', NEW)],
      },
    ),
    '1.1.0 | progressing | waiting for analysis to complete | 3/3 | Progressing | waiting for analysis to complete | on its way',
  ],
  [
    'takes its template from a Deployment, which is no workload of its own',
    rollout({
      version: '1.0.0',
      lenderGeneration: 7,
      pods: pods(3, '1.0.0', OLD),
      annotations: { 'rollout.argoproj.io/workload-generation': '7' },
      status: { ...through(OLD), workloadObservedGeneration: '7' },
    }),
    '1.0.0 | 3/3 | Healthy | 1.0.0',
  ],
  [
    'has another name than the Deployment that it takes its template from',
    rollout({
      version: '1.0.0',
      name: 'checkout-rollout',
      lenderGeneration: 7,
      pods: pods(3, '1.0.0', OLD),
      status: { ...through(OLD), workloadObservedGeneration: '7' },
    }),
    '1.0.0 | 3/3 | Healthy | 1.0.0',
  ],
  [
    'is not done while the controller has not seen what changed in that Deployment',
    rollout({
      version: '1.1.0',
      lenderGeneration: 8,
      pods: pods(3, '1.0.0', OLD),
      annotations: { 'rollout.argoproj.io/workload-generation': '7' },
      status: { ...through(OLD), workloadObservedGeneration: '7' },
    }),
    '1.0.0 | progressing | The controller has not seen the change of Deployment checkout yet | 3/3 | Progressing | The controller has not seen the change of Deployment checkout yet | on its way',
  ],
];

describe('what a column says of an Argo Rollout', () => {
  it.each(CASES)('%s', (_name, objects, line) => {
    expect(told(objects)).toBe(line);
  });

  it('of one that no controller has looked at, as a real API server has it, says so', () => {
    const { metadata, ...rest } = recorded;
    const { summary } = see([
      {
        ...rest,
        metadata: {
          ...metadata,
          labels: { 'backstage.io/kubernetes-id': 'checkout' },
        },
      },
    ]);

    expect(summary).toMatchObject({
      ready: '0/2',
      health: 'Progressing',
      standing: 'The controller of Argo Rollouts has not looked at it yet',
    });
    expect(summary).not.toHaveProperty('version');
  });

  it('shows images, step and strategy in a row of their own', () => {
    const { cell } = see(canary(atSecondStep));

    expect(cell('rollout.update')).toMatchObject({
      value:
        'Paused at step 2/6, 20 % of traffic, CanaryPauseStep since 2026-11-23 11:40 UTC',
      state: 'suspended',
      detail:
        'stable ghcr.io/acme/checkout:1.0.0, canary ghcr.io/acme/checkout:1.1.0',
    });
    expect(cell('rollout.ready')).toMatchObject({ state: 'suspended' });
    expect(cell('rollout.strategy')?.display).toBe(
      'Canary in 6 steps, traffic is routed, at most 25% more',
    );
    expect(cell('delivery.health')).toMatchObject({
      value: 'Suspended',
      state: 'suspended',
      detail: expect.stringContaining('Paused at step 2/6'),
    });
  });

  it('tells what is wrong from where an update stands', () => {
    const { summary } = see(canary(atSecondStep));
    const aborted = see(canary({ ...moving, abort: true })).summary;

    expect(summary).not.toHaveProperty('detail');
    expect(summary.standing).toContain('Paused at step 2/6');
    expect(aborted).not.toHaveProperty('standing');
    expect(aborted.detail).toContain('RolloutAborted');
  });

  it('is of the Rollout that takes its template from what is named as the service, among several', () => {
    const [, other] = rollout({
      version: '9.0.0',
      name: 'checkout-worker',
      pods: [],
      lenderGeneration: 1,
      spec: { workloadRef: { name: 'worker' } },
    });
    const live = rollout({
      version: '1.0.0',
      name: 'checkout-live',
      lenderGeneration: 7,
      pods: pods(3, '1.0.0', OLD),
      status: { ...through(OLD), workloadObservedGeneration: '7' },
    });

    expect(told([other, ...live])).toBe('1.0.0 | 3/3 | Healthy | 1.0.0');
  });

  it('has no such row where nothing is a Rollout', () => {
    const matrix = computeMatrix(input());

    expect(
      matrix.groups.flatMap(({ rows }) => rows).map(({ id }) => id),
    ).not.toContain('rollout.update');
  });

  it('judges what a template says where it stands, and replicas where those stand', () => {
    const lent = rollout({
      version: '1.0.0',
      lenderGeneration: 7,
      pods: pods(3, '1.0.0', OLD),
      status: { ...through(OLD), workloadObservedGeneration: '7' },
    });
    const violation = (subject: string, pointer: string) => ({
      rule: 'K8S-00',
      outcome: 'fail' as const,
      title: 'A rule',
      environments: ['dev'],
      subject,
      pointer,
      values: {},
      locations: {},
    });
    const matrix = computeMatrix(
      input({
        environments: [environment('dev', { objects: lent })],
        findings: [
          violation(
            'apps/Deployment checkout',
            '/spec/template/spec/containers/checkout/image/repository',
          ),
          violation('argoproj.io/Rollout checkout', '/spec/strategy'),
          violation('argoproj.io/Rollout checkout', '/spec/replicas'),
        ],
      }),
    );
    const comparisons = Object.fromEntries(
      matrix.groups
        .flatMap(({ rows }) => rows)
        .filter(({ cells }) => cells.dev.comparison === 'violation')
        .map(({ id, cells }) => [id, cells.dev.rule]),
    );

    expect(comparisons).toEqual({
      'configuration.image': 'K8S-00',
      'configuration.replicas': 'K8S-00',
      'rollout.strategy': 'K8S-00',
    });
  });

  it('does not say that nothing runs where the template is out of sight', () => {
    const [, ...withoutDeployment] = rollout({
      version: '1.0.0',
      lenderGeneration: 7,
      pods: pods(3, '1.0.0', OLD),
      status: through(OLD),
    });

    expect(see(withoutDeployment).summary.observations.version).toEqual({
      status: 'unknown',
      reason:
        'Rollout checkout takes its pod template from apps/Deployment checkout, which is not there or not looked at',
    });
  });

  it('does not say that nothing runs where Rollouts may not be read', () => {
    const { summary } = see([], {
      clusterFact: {
        unavailable: [
          {
            kind: 'argoproj.io/Rollout',
            status: 'forbidden',
            reason: 'rollouts.argoproj.io is forbidden',
          },
        ],
      },
    });

    expect(summary.observations.version).toMatchObject({
      status: 'forbidden',
      reason: expect.stringContaining('argoproj.io/Rollout may not be read'),
    });
  });
});

describe('health of an Argo Rollout beside the word of Argo CD', () => {
  const withWord = (objects: readonly KubernetesObject[], status: string) =>
    see(objects, {
      application: application('dev', { health: { status } }),
      input: {},
    }).summary.health;
  const stuck = canary(atSecondStep, {
    pods: [
      ...pods(3, '1.0.0', OLD),
      {
        version: '1.1.0',
        hash: NEW,
        waiting: { reason: 'CrashLoopBackOff' },
      },
    ],
  });

  it.each([
    ['Suspended', canary(atSecondStep), 'Suspended'],
    ['Healthy', canary(atSecondStep), 'Suspended'],
    ['Healthy', canary(moving), 'Progressing'],
    ['Suspended', stuck, 'Degraded'],
  ])('%s', (word, objects, health) => {
    expect(withWord(objects, word)).toBe(health);
  });
});

describe('what a promotion sees of an Argo Rollout', () => {
  const seen = (objects: readonly KubernetesObject[]) =>
    observePromotion(see(objects).dev, NAMES);

  it('is not there while a canary takes its steps, and says where it waits', () => {
    expect(seen(canary(atSecondStep))).toMatchObject({
      running: '1.0.0',
      wanted: '1.1.0',
      healthyAndRolledOut: false,
      paused: expect.stringContaining('Paused at step 2/6'),
    });
    expect(seen(canary(atSecondStep))).not.toHaveProperty('trouble');
  });

  it('has arrived when it is stable', () => {
    const done = seen(
      rollout({
        version: '1.1.0',
        pods: pods(3, '1.1.0', NEW),
        status: through(NEW),
      }),
    );

    expect(done).toMatchObject({
      running: '1.1.0',
      wanted: '1.1.0',
      healthyAndRolledOut: true,
    });
    expect(done).not.toHaveProperty('paused');
  });

  it('has failed when it was aborted', () => {
    const { abort: _abort, ...rest } = { ...moving, abort: true };

    expect(
      seen(canary({ ...rest, abort: true, abortedAt: '2026-11-23T11:50:00Z' })),
    ).toMatchObject({
      healthyAndRolledOut: false,
      trouble:
        'RolloutAborted: the update was aborted · since 2026-11-23 11:50 UTC',
    });
  });

  it('is not held to an update that was aborted, or to pods that crash, before its own change was seen', () => {
    const changed = seen(
      canary(
        { ...moving, observedGeneration: '3', abort: true },
        {
          version: '1.2.0',
          pods: [
            ...pods(3, '1.0.0', OLD),
            {
              version: '1.1.0',
              hash: NEW,
              waiting: { reason: 'CrashLoopBackOff' },
            },
          ],
        },
      ),
    );

    expect(changed).toMatchObject({
      wanted: '1.2.0',
      healthyAndRolledOut: false,
    });
    expect(changed).not.toHaveProperty('trouble');
  });

  it('is the stable release for those who compare environments', () => {
    expect(runningVersion(see(canary(atSecondStep)).dev, NAMES)).toBe('1.0.0');
  });
});

describe('the way to the next environment with Argo Rollouts', () => {
  const hint = (options: {
    from: readonly KubernetesObject[];
    to: readonly KubernetesObject[];
    declared: string;
  }) =>
    computeMatrix(
      input({
        ...NAMES,
        environments: [
          environment('staging', {
            objects: options.from,
            declared: '1.1.0',
          }),
          environment('prod', {
            objects: options.to,
            declared: options.declared,
          }),
        ],
      }),
    ).environments[0].promotion;
  const done = (version: string, hash: string) =>
    rollout({
      version,
      pods: pods(3, version, hash),
      status: through(hash),
    });

  it('is blocked while the release is a canary where it comes from', () => {
    expect(
      hint({
        from: canary(atSecondStep),
        to: done('1.0.0', OLD),
        declared: '1.0.0',
      })?.blockedBy,
    ).toContain(
      'staging is Suspended: Paused at step 2/6, 20 % of traffic, CanaryPauseStep since 2026-11-23 11:40 UTC',
    );
  });

  it('offers no second sync while the release takes its steps', () => {
    expect(
      hint({
        from: done('1.1.0', NEW),
        to: canary(atSecondStep),
        declared: '1.1.0',
      }),
    ).toMatchObject({
      possible: false,
      blockedBy: [
        'prod is getting 1.1.0 already: Paused at step 2/6, 20 % of traffic, CanaryPauseStep since 2026-11-23 11:40 UTC',
      ],
    });
  });

  it('says that an update was aborted, which no sync puts right', () => {
    expect(
      hint({
        from: done('1.1.0', NEW),
        to: canary({ ...moving, abort: true }),
        declared: '1.1.0',
      })?.blockedBy,
    ).toEqual([
      'prod does not get through with 1.1.0: RolloutAborted: the update was aborted',
    ]);
  });
});
