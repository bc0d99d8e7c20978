import { stringify } from 'yaml';
import { isObject, JsonObject, objectAt } from '../model/json';
import { parseManifests } from '../model/parseManifests';
import { intentOfService, manifestsOf, NOW, problemsOf } from '../testing';
import {
  Editable,
  editable,
  listAt,
  partAt,
  removeAt,
  setAt,
} from '../testing/editing';
import { assessPromotion } from '../promotion/assessPromotion';
import { verify } from './verify';

type Name = 'dev' | 'staging' | 'prod';
type Change = (object: Editable, name: Name) => void;

const NAMES: readonly Name[] = ['dev', 'staging', 'prod'];

const CANARY = {
  canary: {
    canaryService: 'checkout-canary',
    stableService: 'checkout',
    maxSurge: 1,
    maxUnavailable: 0,
    steps: [
      { setWeight: 20 },
      { pause: {} },
      { setWeight: 60 },
      { pause: { duration: '1h' } },
    ],
  },
};

/** The service's own manifests with a Rollout in place of the Deployment. */
function rollouts(...changes: Change[]): Record<Name, string> {
  return objectsOf((objects, name) =>
    objects.map(object =>
      object.kind === 'Deployment'
        ? changed(
            {
              ...object,
              apiVersion: 'argoproj.io/v1alpha1',
              kind: 'Rollout',
              spec: { ...objectAt(object, 'spec'), strategy: CANARY },
            },
            name,
            changes,
          )
        : object,
    ),
  );
}

/** With a Rollout beside the Deployment, which lends it its template. */
function lent(...changes: Change[]): Record<Name, string> {
  return objectsOf((objects, name) =>
    objects.flatMap(object => {
      if (object.kind !== 'Deployment') {
        return [object];
      }
      const { replicas, selector, template } = objectAt(object, 'spec');
      return [
        { ...object, spec: { replicas: 0, selector, template } },
        {
          apiVersion: 'argoproj.io/v1alpha1',
          kind: 'Rollout',
          metadata: object.metadata,
          spec: {
            replicas,
            selector,
            strategy: CANARY,
            workloadRef: {
              apiVersion: 'apps/v1',
              kind: 'Deployment',
              name: 'checkout',
            },
          },
        },
      ].map(entry => changed(entry, name, changes));
    }),
  );
}

function changed(
  object: JsonObject,
  name: Name,
  changes: readonly Change[],
): JsonObject {
  const copy = editable(object);
  changes.forEach(change => change(copy, name));
  return copy;
}

function objectsOf(
  map: (objects: readonly JsonObject[], name: Name) => readonly JsonObject[],
): Record<Name, string> {
  const texts = manifestsOf('checkout');
  const [dev, staging, prod] = NAMES.map(name =>
    map(
      parseManifests(texts[name]).map(({ value }) => value),
      name,
    )
      .map(object => stringify(object))
      .join('---\n'),
  );
  return { dev, staging, prod };
}

function judged(texts: Record<Name, string>, repository?: [string, string][]) {
  return verify({
    intent: intentOfService('checkout'),
    now: NOW,
    manifests: Object.fromEntries(
      Object.entries(texts).map(([name, text]) => [
        name,
        [{ name: `${name}.yaml`, text }],
      ]),
    ),
    ...(repository
      ? { repository: repository.map(([name, text]) => ({ name, text })) }
      : {}),
  });
}

const problems = (texts: Record<Name, string>) => problemsOf(judged(texts));

const inEnvironment =
  (wanted: Name, change: (rollout: Editable) => void): Change =>
  (object, name) => {
    if (object.kind === 'Rollout' && name === wanted) {
      change(object);
    }
  };
const inProd = (change: (rollout: Editable) => void) =>
  inEnvironment('prod', change);
const everywhere =
  (change: (rollout: Editable) => void): Change =>
  object => {
    if (object.kind === 'Rollout') {
      change(object);
    }
  };

/** With objects of prod beside those that are there. */
function withMore(
  texts: Record<Name, string>,
  ...more: JsonObject[]
): Record<Name, string> {
  return {
    ...texts,
    prod: [texts.prod, ...more.map(object => stringify(object))].join('---\n'),
  };
}

const hpa = (kind: string, apiVersion: string, maxReplicas = 6) => ({
  apiVersion: 'autoscaling/v2',
  kind: 'HorizontalPodAutoscaler',
  metadata: {
    name: 'checkout',
    namespace: 'checkout-prod',
    labels: { environment: 'prod' },
  },
  spec: {
    minReplicas: 3,
    maxReplicas,
    scaleTargetRef: { apiVersion, kind, name: 'checkout' },
  },
});

const quota = (texts: Record<Name, string>, pods: number) => ({
  ...texts,
  prod: texts.prod.replace('pods: "100"', `pods: "${pods}"`),
});

const ROLLOUT = 'argoproj.io/Rollout checkout';
const DEPLOYMENT = 'apps/Deployment checkout';

describe('an Argo Rollout in the manifests', () => {
  it('is held to the rules as the Deployment before it, and breaks none of them', () => {
    const before = problemsOf(
      verify({
        intent: intentOfService('checkout'),
        now: NOW,
        manifests: manifestsOf('checkout'),
      }),
    );

    expect(problems(rollouts())).toEqual(
      before.map(line => line.replace(DEPLOYMENT, ROLLOUT)),
    );
    expect(problems(lent())).toEqual(before);
  });

  const CASES: [string, Record<Name, string>, string[]][] = [
    [
      'K8S-26: other steps in production',
      rollouts(
        inProd(o => listAt(o, '/spec/strategy/canary/steps').splice(2, 2)),
      ),
      [
        `fail K8S-26 [prod] ${ROLLOUT} /spec/strategy/canary/steps/2`,
        `fail K8S-26 [prod] ${ROLLOUT} /spec/strategy/canary/steps/3`,
        `violation K8S-26 staging>prod ${ROLLOUT} /spec/strategy/canary/steps/2`,
        `violation K8S-26 staging>prod ${ROLLOUT} /spec/strategy/canary/steps/3`,
      ],
    ],
    [
      'K8S-26: blue and green in production alone is one difference for each strategy',
      rollouts(
        inProd(o =>
          setAt(o, '/spec/strategy', {
            blueGreen: { activeService: 'checkout' },
          }),
        ),
      ),
      [
        `fail K8S-26 [prod] ${ROLLOUT} /spec/strategy/blueGreen`,
        `fail K8S-26 [prod] ${ROLLOUT} /spec/strategy/canary`,
        `violation K8S-26 staging>prod ${ROLLOUT} /spec/strategy/blueGreen`,
        `violation K8S-26 staging>prod ${ROLLOUT} /spec/strategy/canary`,
      ],
    ],
    [
      'K8S-26: steps that only dev leaves out',
      rollouts(
        inEnvironment('dev', o => removeAt(o, '/spec/strategy/canary/steps')),
      ),
      [],
    ],
    [
      'K8S-26: an argument of an analysis that names its own environment',
      rollouts((object, name) => {
        setAt(object, '/spec/strategy/canary/analysis', {
          templates: [{ templateName: 'errors' }],
          args: [
            { name: 'service', value: `checkout.checkout-${name}.svc` },
            { name: 'namespace', value: `checkout-${name}` },
          ],
        });
      }),
      [],
    ],
    [
      'K8S-26: a namespace that the router of traffic is told',
      rollouts((object, name) => {
        setAt(object, '/spec/strategy/canary/trafficRouting', {
          plugins: {
            'argoproj-labs/gatewayAPI': {
              httpRoute: 'checkout',
              namespace: `checkout-${name}`,
            },
          },
        });
      }),
      [],
    ],
    [
      'what the controller takes for granted, written out in production',
      rollouts(
        inProd(o => {
          Object.assign(partAt(o, '/spec'), {
            progressDeadlineAbort: false,
            paused: false,
            minReadySeconds: 0,
            analysis: {
              successfulRunHistoryLimit: 5,
              unsuccessfulRunHistoryLimit: 5,
            },
            restartAt: '2026-11-23T08:00:00Z',
          });
          setAt(o, '/spec/strategy/canary/steps/3/pause/duration', 3600);
          setAt(o, '/metadata/annotations', {
            'rollout.argoproj.io/revision': '3',
          });
        }),
      ),
      [],
    ],
    [
      'what routed traffic and blue and green bring by default',
      rollouts(
        everywhere(o =>
          setAt(o, '/spec/strategy/canary/trafficRouting', { nginx: {} }),
        ),
        inProd(o => {
          Object.assign(partAt(o, '/spec/strategy/canary'), {
            scaleDownDelaySeconds: 30,
            abortScaleDownDelaySeconds: 30,
            dynamicStableScale: false,
          });
          setAt(
            o,
            '/spec/strategy/canary/trafficRouting/maxTrafficWeight',
            100,
          );
        }),
      ),
      [],
    ],
    [
      'blue and green, with and without its defaults',
      rollouts(
        everywhere(o =>
          setAt(o, '/spec/strategy', {
            blueGreen: { activeService: 'checkout' },
          }),
        ),
        inProd(o =>
          Object.assign(partAt(o, '/spec/strategy/blueGreen'), {
            autoPromotionEnabled: true,
            autoPromotionSeconds: 0,
            scaleDownDelaySeconds: 30,
            abortScaleDownDelaySeconds: 30,
            maxUnavailable: '25%',
          }),
        ),
      ),
      [],
    ],
    [
      'a pause that never ends is none that ends by itself',
      rollouts(
        inProd(o => setAt(o, '/spec/strategy/canary/steps/3/pause', {})),
      ),
      [
        `fail K8S-26 [prod] ${ROLLOUT} /spec/strategy/canary/steps/3/pause/duration`,
        `violation K8S-26 staging>prod ${ROLLOUT} /spec/strategy/canary/steps/3/pause/duration`,
      ],
    ],
    [
      'K8S-08: too few replicas',
      rollouts(inProd(o => setAt(o, '/spec/replicas', 2))),
      [`fail K8S-08 [prod] ${ROLLOUT} /spec/replicas`],
    ],
    [
      'K8S-09: replicas beside an autoscaler',
      withMore(rollouts(), hpa('Rollout', 'argoproj.io/v1alpha1')),
      [
        `fail K8S-01 [prod] autoscaling/HorizontalPodAutoscaler checkout`,
        `fail K8S-09 [prod] ${ROLLOUT} /spec/replicas`,
        `violation K8S-01 staging>prod autoscaling/HorizontalPodAutoscaler checkout`,
        `violation K8S-09 staging>prod ${ROLLOUT} /spec/replicas`,
      ],
    ],
    [
      'K8S-09: an autoscaler of what only lends its template',
      withMore(lent(), hpa('Deployment', 'apps/v1')),
      [
        `fail K8S-01 [prod] autoscaling/HorizontalPodAutoscaler checkout`,
        `fail K8S-09 [prod] autoscaling/HorizontalPodAutoscaler checkout /spec/scaleTargetRef`,
        `violation K8S-01 staging>prod autoscaling/HorizontalPodAutoscaler checkout`,
      ],
    ],
    [
      'K8S-08: pods of what only lends its template',
      lent((object, name) => {
        if (object.kind === 'Deployment' && name === 'prod') {
          setAt(object, '/spec/replicas', 3);
        }
      }),
      [`warn K8S-08 [prod] ${DEPLOYMENT} /spec/replicas`],
    ],
    [
      'K8S-08: replicas that the controller scales down, and every sync brings back',
      lent(
        everywhere(o => setAt(o, '/spec/workloadRef/scaleDown', 'onsuccess')),
        (object, name) => {
          if (object.kind === 'Deployment') {
            removeAt(object, '/spec/replicas');
            if (name === 'prod') {
              setAt(object, '/spec/replicas', 1);
            }
          }
        },
      ),
      [`warn K8S-08 [prod] ${DEPLOYMENT} /spec/replicas`],
    ],
    [
      'K8S-04: a probe is judged where it stands, once',
      lent((object, name) => {
        if (object.kind === 'Deployment' && name === 'prod') {
          setAt(
            object,
            '/spec/template/spec/containers/0/readinessProbe/httpGet/path',
            '/other',
          );
        }
      }),
      [
        `fail K8S-04 [prod] ${DEPLOYMENT} /spec/template/spec/containers/checkout/readinessProbe/httpGet/path`,
        `violation K8S-04 staging>prod ${DEPLOYMENT} /spec/template/spec/containers/checkout/readinessProbe/httpGet/path`,
      ],
    ],
    [
      'K8S-17: no budget selects the pods that the template is lent for',
      lent((object, name) => {
        if (object.kind === 'Deployment' && name === 'prod') {
          removeAt(
            object,
            '/spec/template/metadata/labels/app.kubernetes.io~1name',
          );
        }
      }),
      [
        `fail K8S-17 [prod] ${ROLLOUT}`,
        `unclassified K8S-28 staging>prod ${DEPLOYMENT} /spec/template/metadata/labels/app.kubernetes.io~1name`,
      ],
    ],
    [
      'K8S-17 and K8S-18: nobody can tell where the template is not given',
      lent((object, name) => {
        if (object.kind === 'Rollout' && name === 'prod') {
          setAt(object, '/spec/workloadRef/name', 'elsewhere');
        }
      }),
      [
        `unknown K8S-17 [prod] ${ROLLOUT}`,
        `unknown K8S-18 [prod] ${ROLLOUT}`,
        `fail K8S-08 [prod] ${DEPLOYMENT} /spec/replicas`,
        `fail K8S-26 [prod] ${ROLLOUT} /spec/workloadRef/name`,
        `violation K8S-26 staging>prod ${ROLLOUT} /spec/workloadRef/name`,
      ],
    ],
    [
      'K8S-15: a canary starts no more than its surge',
      quota(rollouts(), 4),
      [],
    ],
    [
      'K8S-15: one pod too many',
      quota(rollouts(), 3),
      [
        'fail K8S-15 [prod] ResourceQuota compute /spec/hard/pods',
        'violation K8S-15 staging>prod ResourceQuota compute /spec/hard/pods',
      ],
    ],
    [
      'K8S-15: a quarter where no surge is set',
      quota(
        rollouts(
          everywhere(o => removeAt(o, '/spec/strategy/canary/maxSurge')),
        ),
        4,
      ),
      [],
    ],
    [
      'K8S-15: blue and green are both there in full',
      quota(
        rollouts(
          everywhere(o =>
            setAt(o, '/spec/strategy', {
              blueGreen: { activeService: 'checkout' },
            }),
          ),
        ),
        5,
      ),
      [
        'fail K8S-15 [prod] ResourceQuota compute /spec/hard/pods',
        'violation K8S-15 staging>prod ResourceQuota compute /spec/hard/pods',
      ],
    ],
    [
      'K8S-15: so are canary and stable where the traffic is routed',
      quota(
        rollouts(
          everywhere(o =>
            setAt(o, '/spec/strategy/canary/trafficRouting', { nginx: {} }),
          ),
        ),
        5,
      ),
      [
        'fail K8S-15 [prod] ResourceQuota compute /spec/hard/pods',
        'violation K8S-15 staging>prod ResourceQuota compute /spec/hard/pods',
      ],
    ],
    [
      'K8S-15: unless stable is scaled down with the traffic, step by step',
      quota(
        rollouts(
          everywhere(o =>
            Object.assign(partAt(o, '/spec/strategy/canary'), {
              trafficRouting: { nginx: {} },
              dynamicStableScale: true,
            }),
          ),
        ),
        5,
      ),
      [],
    ],
    [
      'K8S-15: the template is lent, and the pods are counted once',
      quota(lent(), 4),
      [],
    ],
  ];

  it.each(CASES)('%s', (_name, texts, expected) => {
    const base = new Set([
      ...problems(rollouts()),
      ...problems(lent()),
      // A quota that differs is another rule's matter.
      'fail K8S-13 [prod] ResourceQuota compute /spec/hard/pods',
      'violation K8S-13 staging>prod ResourceQuota compute /spec/hard/pods',
    ]);

    expect(
      problems(texts)
        .filter(line => !base.has(line))
        .sort(),
    ).toEqual([...expected].sort());
  });

  it('needs a project that permits what its controller makes', () => {
    const project = (kinds: [string, string][]) => ({
      name: 'argocd/prod.yaml',
      text: [
        {
          apiVersion: 'argoproj.io/v1alpha1',
          kind: 'Application',
          metadata: {
            name: 'checkout-prod',
            namespace: 'argocd',
            labels: { environment: 'prod' },
          },
          spec: {
            project: 'checkout-prod',
            destination: { name: 'prod', namespace: 'checkout-prod' },
          },
        },
        {
          apiVersion: 'argoproj.io/v1alpha1',
          kind: 'AppProject',
          metadata: { name: 'checkout-prod', namespace: 'argocd' },
          spec: {
            sourceRepos: ['https://git.example.com/acme/deploy-config'],
            destinations: [{ name: 'prod', namespace: 'checkout-prod' }],
            clusterResourceWhitelist: [{ group: '', kind: 'Namespace' }],
            namespaceResourceWhitelist: kinds.map(([group, kind]) => ({
              group,
              kind,
            })),
          },
        },
      ]
        .map(object => stringify(object))
        .join('---\n'),
    });
    const texts = rollouts();
    const kinds = parseManifests([{ name: 'prod', text: texts.prod }]).map(
      ({ group, kind }): [string, string] => [group, kind],
    );
    const reasons = (more: [string, string][]) =>
      verify({
        intent: intentOfService('checkout'),
        now: NOW,
        manifests: Object.fromEntries(
          NAMES.map(name => [name, [{ name, text: texts[name] }]]),
        ),
        argocd: [project([...kinds, ...more])],
        rules: ['PIPE-03'],
      })
        .findings.filter(({ outcome }) => outcome === 'warn')
        .map(({ reason }) => reason);

    expect(reasons([])).toEqual([
      'The project does not permit ReplicaSet and Pod, so Argo CD shows neither pods nor images nor logs',
    ]);
    expect(
      reasons([
        ['apps', 'ReplicaSet'],
        ['', 'Pod'],
      ]),
    ).toEqual([]);
  });
});

describe('an Argo Rollout in a kustomization', () => {
  const reasons = (
    texts: Record<Name, string>,
    kustomization: string,
  ): (string | undefined)[] =>
    judged(texts, [
      ['apps/checkout/overlays/prod/kustomization.yaml', kustomization],
    ])
      .findings.filter(
        ({ rule, outcome }) => rule === 'K8S-21' && outcome === 'fail',
      )
      .map(({ reason }) => reason);
  const images = (name: string) =>
    `images: [{ name: ${name}, newTag: 0.1.0 }]\n`;

  it.each([
    ['of its own', rollouts()],
    ['that is lent', lent()],
  ])('has an image %s, which an entry of images sets', (_name, texts) => {
    expect(reasons(texts, images('ghcr.io/acme/checkout'))).toEqual([]);
    expect(reasons(texts, images('ghcr.io/acme/chekout'))).toEqual([
      'No container of prod uses the image ghcr.io/acme/chekout, so the entry has no effect',
    ]);
  });

  it('does not get the names that Kustomize gives to what it reads', () => {
    const texts = rollouts(
      everywhere(o =>
        setAt(o, '/spec/template/spec/containers/0/envFrom', [
          { configMapRef: { name: 'settings' } },
        ]),
      ),
    );
    const settings = (name: string) => ({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name, namespace: 'checkout-prod' },
      data: { A: '1' },
    });

    expect(
      reasons(
        withMore(texts, settings('settings-89g4tffbfk')),
        'resources: [../../base]\n',
      ),
    ).toEqual([
      'Rollout checkout names ConfigMap settings, which Kustomize has renamed to settings-89g4tffbfk: it follows names into an Argo Rollout only where it is told to',
    ]);
    expect(
      reasons(
        withMore(texts, settings('settings')),
        'resources: [../../base]\n',
      ),
    ).toEqual([]);
  });

  it('does not get a prefix in the names of its services, nor in what scales it', () => {
    const prefixed = objectsOf(objects =>
      objects.map(object =>
        object.kind === 'Service'
          ? {
              ...object,
              metadata: {
                ...objectAt(object, 'metadata'),
                name: 'live-checkout',
              },
            }
          : object,
      ),
    );
    const [rollout] = parseManifests([
      { name: 'prod', text: rollouts().prod },
    ]).flatMap(({ kind, value }) => (kind === 'Rollout' ? [value] : []));
    const metadata = isObject(rollout.metadata) ? rollout.metadata : {};

    expect(
      reasons(
        withMore(
          prefixed,
          { ...rollout, metadata: { ...metadata, name: 'live-checkout' } },
          hpa('Rollout', 'argoproj.io/v1alpha1'),
        ),
        'namePrefix: live-\nresources: [../../base]\n',
      ),
    ).toEqual([
      'Rollout live-checkout names Service checkout, which Kustomize has renamed to live-checkout: it follows names into an Argo Rollout only where it is told to',
      'HorizontalPodAutoscaler checkout names argoproj.io/Rollout checkout, which Kustomize has renamed to live-checkout: it follows names into an Argo Rollout only where it is told to',
    ]);
  });
});

describe('a promotion to an Argo Rollout', () => {
  const restartsOf = (texts: Record<Name, string>) =>
    assessPromotion({
      intent: intentOfService('checkout'),
      from: 'staging',
      to: 'prod',
      now: NOW,
      manifests: texts,
      after: texts.prod.replace('checkout:0.1.0', 'checkout:0.2.0'),
    }).restarts;

  it.each([
    ['of its own template', rollouts()],
    ['of a template that is lent', lent()],
  ])('restarts pods %s', (_name, texts) => {
    expect(restartsOf(texts)).toEqual([ROLLOUT]);
  });
});
