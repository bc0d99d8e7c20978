import { healthOf } from './health';

const ready = (status: string, message = 'as it is') => ({
  conditions: [{ type: 'Ready', status, message }],
});
const parent = (...conditions: object[]) => ({
  parents: [{ parentRef: { name: 'public' }, conditions }],
});
const accepted = {
  type: 'Accepted',
  status: 'True',
  message: '',
  observedGeneration: 2,
};

/** Kind, status, and what Argo CD makes of it. */
const TABLE: readonly [string, string, unknown, string][] = [
  [
    'gateway.networking.k8s.io/v1',
    'HTTPRoute',
    undefined,
    'Progressing: Waiting for HTTPRoute status',
  ],
  [
    'gateway.networking.k8s.io/v1',
    'HTTPRoute',
    parent({ ...accepted, observedGeneration: 1 }),
    'Progressing: Waiting for HTTPRoute status',
  ],
  [
    'gateway.networking.k8s.io/v1',
    'HTTPRoute',
    parent(accepted),
    'Healthy: HTTPRoute is healthy',
  ],
  [
    'gateway.networking.k8s.io/v1',
    'HTTPRoute',
    parent(accepted, {
      type: 'ResolvedRefs',
      status: 'False',
      message: 'service not found',
      observedGeneration: 2,
    }),
    'Degraded: Parent public: service not found',
  ],
  [
    'gateway.networking.k8s.io/v1',
    'HTTPRoute',
    parent(accepted, {
      type: 'Programmed',
      status: 'Unknown',
      message: 'soon',
      observedGeneration: 2,
    }),
    'Progressing: Parent public: soon',
  ],
  [
    'external-secrets.io/v1',
    'ExternalSecret',
    undefined,
    'Progressing: Waiting for ExternalSecret',
  ],
  [
    'external-secrets.io/v1',
    'ExternalSecret',
    ready('True', 'secret synced'),
    'Healthy: secret synced',
  ],
  [
    'external-secrets.io/v1',
    'ExternalSecret',
    ready('False', 'no such key'),
    'Degraded: no such key',
  ],
  [
    'external-secrets.io/v1',
    'SecretStore',
    ready('True', 'store validated'),
    'Healthy: store validated',
  ],
  ['cert-manager.io/v1', 'Issuer', {}, 'Progressing: Initializing issuer'],
  ['cert-manager.io/v1', 'Issuer', ready('False'), 'Degraded: as it is'],
  [
    'cert-manager.io/v1',
    'Certificate',
    {
      conditions: [
        { type: 'Ready', status: 'False', message: 'none yet' },
        { type: 'Issuing', status: 'True', message: 'being issued' },
      ],
    },
    'Progressing: being issued',
  ],
  ['cert-manager.io/v1', 'Certificate', ready('True'), 'Healthy: as it is'],
  [
    'cert-manager.io/v1',
    'CertificateRequest',
    { conditions: [{ type: 'Ready', status: 'False', reason: 'Pending' }] },
    'Progressing: ',
  ],
  [
    'cert-manager.io/v1',
    'CertificateRequest',
    { conditions: [{ type: 'Denied', status: 'True', message: 'no' }] },
    'Degraded: no',
  ],
  [
    'autoscaling/v2',
    'HorizontalPodAutoscaler',
    undefined,
    'Progressing: Waiting to Autoscale',
  ],
  [
    'autoscaling/v2',
    'HorizontalPodAutoscaler',
    {
      conditions: [
        {
          type: 'AbleToScale',
          status: 'False',
          reason: 'FailedGetScale',
          message: 'no target',
        },
      ],
    },
    'Degraded: no target',
  ],
  [
    'autoscaling/v2',
    'HorizontalPodAutoscaler',
    {
      conditions: [
        {
          type: 'AbleToScale',
          status: 'True',
          reason: 'ReadyForNewScale',
          message: 'recommended size matches current size',
        },
        {
          type: 'ScalingActive',
          status: 'False',
          reason: 'FailedGetResourceMetric',
        },
      ],
    },
    'Healthy: recommended size matches current size',
  ],
];

it.each(TABLE)('%s %s: %j is %s', (apiVersion, kind, status, expected) => {
  const health = healthOf({
    apiVersion,
    kind,
    metadata: { name: 'checkout', generation: 2 },
    ...(status === undefined ? {} : { status }),
  });
  expect(`${health?.status}: ${health?.message}`).toBe(expected);
});

it('nobody judges what reports nothing', () => {
  for (const [apiVersion, kind] of [
    ['monitoring.coreos.com/v1', 'PrometheusRule'],
    ['gateway.networking.k8s.io/v1beta1', 'ReferenceGrant'],
    ['scheduling.k8s.io/v1', 'PriorityClass'],
  ]) {
    expect(
      healthOf({ apiVersion, kind, metadata: { name: 'checkout' } }),
    ).toBeUndefined();
  }
});
