import { Edits, effectOf, Service } from '../testing';

/** What is changed in which service, and everything that is found beyond what was found before. */
const CASES: [string, Service, Edits, string[]][] = [
  [
    'K8S-02: another image',
    'checkout',
    { prod: [['ghcr.io/acme/checkout:0.1.0', 'ghcr.io/evil/checkout:0.1.0']] },
    [
      'fail K8S-02 [prod] apps/Deployment checkout /spec/template/spec/containers/checkout/image',
      'violation K8S-02 staging>prod apps/Deployment checkout /spec/template/spec/containers/checkout/image',
    ],
  ],
  [
    'K8S-02: an older release lags',
    'checkout',
    { dev: [['checkout:0.1.0', 'checkout:0.2.0']] },
    [
      'lag K8S-02 dev>staging apps/Deployment checkout /spec/template/spec/containers/checkout/image',
    ],
  ],
  [
    'K8S-02: an image that promotions do not carry',
    'orders',
    { prod: [['envoy:v1.33.0', 'envoy:v1.34.0']] },
    [
      'fail K8S-02 [prod] apps/Deployment orders /spec/template/spec/containers/envoy/image',
      'violation K8S-02 staging>prod apps/Deployment orders /spec/template/spec/containers/envoy/image',
    ],
  ],
  [
    'K8S-02: the same image, in other words',
    'orders',
    { prod: [['docker.io/envoyproxy/envoy', 'envoyproxy/envoy']] },
    [],
  ],
  [
    'K8S-02: other arguments',
    'orders',
    { staging: [['        - serve\n', '        - serve\n        - --fast\n']] },
    [
      'fail K8S-02 [staging] apps/Deployment orders /spec/template/spec/containers/orders/args',
      'violation K8S-02 dev>staging apps/Deployment orders /spec/template/spec/containers/orders/args',
      'violation K8S-02 staging>prod apps/Deployment orders /spec/template/spec/containers/orders/args',
    ],
  ],
  [
    'K8S-02: a command in dev alone',
    'orders',
    {
      dev: [
        [
          '        image: ghcr.io/acme/orders:1.4.0\n        livenessProbe',
          '        command: [sleep]\n        image: ghcr.io/acme/orders:1.4.0\n        livenessProbe',
        ],
      ],
    },
    [
      'fail K8S-02 [dev] apps/Deployment orders /spec/template/spec/containers/orders/command',
      'violation K8S-02 dev>staging apps/Deployment orders /spec/template/spec/containers/orders/command',
    ],
  ],
  [
    'K8S-02: another container port, to which everything points by name',
    'checkout',
    { prod: [['containerPort: 8080', 'containerPort: 9090']] },
    [
      'fail K8S-02 [prod] apps/Deployment checkout /spec/template/spec/containers/checkout/ports',
      'violation K8S-02 staging>prod apps/Deployment checkout /spec/template/spec/containers/checkout/ports/8080~1TCP',
      'violation K8S-02 staging>prod apps/Deployment checkout /spec/template/spec/containers/checkout/ports/9090~1TCP',
    ],
  ],
  [
    'K8S-02: a container less',
    'orders',
    { prod: [['        name: envoy\n', '        name: proxy\n']] },
    [
      'fail K8S-02 [prod] apps/Deployment orders /spec/template/spec/containers',
      'violation K8S-02 staging>prod apps/Deployment orders /spec/template/spec/containers/envoy',
      'violation K8S-02 staging>prod apps/Deployment orders /spec/template/spec/containers/proxy',
    ],
  ],
  [
    'K8S-02: init containers in another order',
    'orders',
    {
      prod: [
        [
          '      - command:\n        - orders\n        - migrate\n        image: ghcr.io/acme/orders:1.3.1\n        name: migrate\n        resources:\n          limits:\n            cpu: 100m\n            memory: 64Mi\n          requests:\n            cpu: 100m\n            memory: 64Mi\n',
          '',
        ],
        [
          '      serviceAccountName: prod-orders\n',
          '      - command:\n        - orders\n        - migrate\n        image: ghcr.io/acme/orders:1.3.1\n        name: migrate\n        resources:\n          limits:\n            cpu: 100m\n            memory: 64Mi\n          requests:\n            cpu: 100m\n            memory: 64Mi\n      serviceAccountName: prod-orders\n',
        ],
      ],
    },
    [
      'fail K8S-02 [prod] apps/Deployment orders /spec/template/spec/initContainers',
      'violation K8S-02 staging>prod apps/Deployment orders /spec/template/spec/initContainers',
    ],
  ],
  [
    'K8S-02: a security context that is weaker in dev',
    'checkout',
    {
      dev: [['readOnlyRootFilesystem: true', 'readOnlyRootFilesystem: false']],
    },
    [
      'fail K8S-02 [dev] apps/Deployment checkout /spec/template/spec/containers/checkout/securityContext/readOnlyRootFilesystem',
      'violation K8S-02 dev>staging apps/Deployment checkout /spec/template/spec/containers/checkout/securityContext/readOnlyRootFilesystem',
    ],
  ],
  [
    'K8S-19: pods on the network of the node',
    'checkout',
    {
      prod: [
        [
          '      automountServiceAccountToken: false\n',
          '      automountServiceAccountToken: false\n      hostNetwork: true\n',
        ],
      ],
    },
    [
      'fail K8S-19 [prod] apps/Deployment checkout /spec/template/spec/hostNetwork',
      'violation K8S-19 staging>prod apps/Deployment checkout /spec/template/spec/hostNetwork',
    ],
  ],
  [
    'K8S-03: a variable less',
    'checkout',
    { prod: [['        - name: PORT\n          value: "8080"\n', '']] },
    [
      'fail K8S-03 [prod] apps/Deployment checkout /spec/template/spec/containers/checkout/env/PORT',
      'violation K8S-03 staging>prod apps/Deployment checkout /spec/template/spec/containers/checkout/env/PORT',
    ],
  ],
  [
    'K8S-03: another name',
    'checkout',
    { staging: [['        - name: PORT\n', '        - name: HTTP_PORT\n']] },
    [
      'fail K8S-03 [staging] apps/Deployment checkout /spec/template/spec/containers/checkout/env',
      'violation K8S-03 dev>staging apps/Deployment checkout /spec/template/spec/containers/checkout/env/HTTP_PORT',
      'violation K8S-03 dev>staging apps/Deployment checkout /spec/template/spec/containers/checkout/env/PORT',
      'violation K8S-03 staging>prod apps/Deployment checkout /spec/template/spec/containers/checkout/env/HTTP_PORT',
      'violation K8S-03 staging>prod apps/Deployment checkout /spec/template/spec/containers/checkout/env/PORT',
    ],
  ],
  [
    'K8S-03: another value',
    'orders',
    {
      prod: [
        [
          '        - name: RETRIES\n          value: "3"',
          '        - name: RETRIES\n          value: "5"',
        ],
      ],
    },
    [
      'fail K8S-03 [prod] apps/Deployment orders /spec/template/spec/containers/orders/env/RETRIES',
      'violation K8S-03 staging>prod apps/Deployment orders /spec/template/spec/containers/orders/env/RETRIES',
    ],
  ],
  [
    'K8S-03: from another key',
    'orders',
    {
      prod: [
        ['              key: database-url', '              key: other-url'],
      ],
    },
    [
      'fail K8S-03 [prod] apps/Deployment orders /spec/template/spec/containers/orders/env/DATABASE_URL',
      'violation K8S-03 staging>prod apps/Deployment orders /spec/template/spec/containers/orders/env/DATABASE_URL',
    ],
  ],
  [
    'K8S-03: a value in place of a secret',
    'orders',
    {
      dev: [
        [
          '          valueFrom:\n            secretKeyRef:\n              key: database-url\n              name: orders-secrets',
          '          value: postgres://localhost/orders',
        ],
      ],
    },
    [
      'fail K8S-03 [dev] apps/Deployment orders /spec/template/spec/containers/orders/env/DATABASE_URL',
      'violation K8S-03 dev>staging apps/Deployment orders /spec/template/spec/containers/orders/env/DATABASE_URL',
    ],
  ],
  [
    'K8S-03: another address of an external service may be',
    'orders',
    {
      prod: [
        [
          'https://api.payments.example.net/v1',
          'https://live.pay.example.org/v1',
        ],
      ],
    },
    [],
  ],
  [
    'K8S-03: another path at the same address',
    'orders',
    {
      staging: [
        [
          'https://sandbox-staging.payments.example.net/v1',
          'https://api.payments.example.net/v2',
        ],
      ],
    },
    [
      'fail K8S-03 [prod] apps/Deployment orders /spec/template/spec/containers/orders/env/PAYMENTS_URL',
      'violation K8S-03 staging>prod apps/Deployment orders /spec/template/spec/containers/orders/env/PAYMENTS_URL',
    ],
  ],
  [
    'K8S-04: another path',
    'checkout',
    { prod: [['path: /readyz', 'path: /ready']] },
    [
      'fail K8S-04 [prod] apps/Deployment checkout /spec/template/spec/containers/checkout/readinessProbe/httpGet/path',
      'violation K8S-04 staging>prod apps/Deployment checkout /spec/template/spec/containers/checkout/readinessProbe/httpGet/path',
    ],
  ],
  [
    'K8S-04: no probe in staging',
    'checkout',
    {
      staging: [
        [
          '        readinessProbe:\n          httpGet:\n            path: /readyz\n            port: http\n          periodSeconds: 10\n          timeoutSeconds: 2\n',
          '',
        ],
      ],
    },
    [
      'fail K8S-04 [staging] apps/Deployment checkout /spec/template/spec/containers/checkout/readinessProbe',
      'violation K8S-04 dev>staging apps/Deployment checkout /spec/template/spec/containers/checkout/readinessProbe',
      'violation K8S-04 staging>prod apps/Deployment checkout /spec/template/spec/containers/checkout/readinessProbe',
    ],
  ],
  [
    'K8S-04: another kind of handler',
    'checkout',
    {
      prod: [
        [
          '        readinessProbe:\n          httpGet:\n            path: /readyz\n            port: http\n',
          '        readinessProbe:\n          tcpSocket:\n            port: http\n',
        ],
      ],
    },
    [
      'fail K8S-04 [prod] apps/Deployment checkout /spec/template/spec/containers/checkout/readinessProbe',
      'violation K8S-04 staging>prod apps/Deployment checkout /spec/template/spec/containers/checkout/readinessProbe/httpGet',
      'violation K8S-04 staging>prod apps/Deployment checkout /spec/template/spec/containers/checkout/readinessProbe/tcpSocket',
    ],
  ],
  [
    'K8S-04: other timings are a warning',
    'checkout',
    { prod: [['periodSeconds: 10', 'periodSeconds: 5']] },
    [
      'warn K8S-04 [prod] apps/Deployment checkout /spec/template/spec/containers/checkout/readinessProbe/periodSeconds',
    ],
  ],
  [
    'K8S-04: a default that is written out',
    'checkout',
    {
      prod: [
        [
          'periodSeconds: 10\n',
          'periodSeconds: 10\n          successThreshold: 1\n',
        ],
      ],
    },
    [],
  ],
  [
    'K8S-07: another mount path',
    'checkout',
    { prod: [['mountPath: /tmp', 'mountPath: /var/tmp']] },
    [
      'fail K8S-07 [prod] apps/Deployment checkout /spec/template/spec/containers/checkout/volumeMounts',
      'violation K8S-07 staging>prod apps/Deployment checkout /spec/template/spec/containers/checkout/volumeMounts/~1tmp',
      'violation K8S-07 staging>prod apps/Deployment checkout /spec/template/spec/containers/checkout/volumeMounts/~1var~1tmp',
    ],
  ],
  [
    'K8S-19: a folder of the node as a volume',
    'checkout',
    {
      prod: [
        [
          '- emptyDir: {}\n        name: tmp',
          '- hostPath:\n          path: /tmp\n        name: tmp',
        ],
      ],
    },
    [
      'fail K8S-19 [prod] apps/Deployment checkout /spec/template/spec/volumes/tmp',
      'violation K8S-19 staging>prod apps/Deployment checkout /spec/template/spec/volumes/tmp/emptyDir',
      'violation K8S-19 staging>prod apps/Deployment checkout /spec/template/spec/volumes/tmp/hostPath',
    ],
  ],
  [
    'K8S-07: another type of volume',
    'checkout',
    {
      prod: [
        [
          '- emptyDir: {}\n        name: tmp',
          '- ephemeral: {}\n        name: tmp',
        ],
      ],
    },
    [
      'fail K8S-07 [prod] apps/Deployment checkout /spec/template/spec/volumes/tmp',
      'violation K8S-07 staging>prod apps/Deployment checkout /spec/template/spec/volumes/tmp/emptyDir',
      'violation K8S-07 staging>prod apps/Deployment checkout /spec/template/spec/volumes/tmp/ephemeral',
    ],
  ],
  [
    'K8S-07: sizes may differ',
    'orders',
    { prod: [['sizeLimit: 1Gi', 'sizeLimit: 8Gi']] },
    [],
  ],
  [
    'K8S-08: too few in production',
    'checkout',
    { prod: [['replicas: 3', 'replicas: 2']] },
    ['fail K8S-08 [prod] apps/Deployment checkout /spec/replicas'],
  ],
  [
    'K8S-08: too few in staging',
    'checkout',
    { staging: [['replicas: 2', 'replicas: 1']] },
    [
      'fail K8S-08 [staging] apps/Deployment checkout /spec/replicas',
      'violation K8S-08 staging>prod apps/Deployment checkout /spec/replicas',
    ],
  ],
  [
    'K8S-08: more in dev than in staging',
    'checkout',
    { dev: [['replicas: 1', 'replicas: 5']] },
    [
      'fail K8S-08 [staging] apps/Deployment checkout /spec/replicas',
      'violation K8S-08 dev>staging apps/Deployment checkout /spec/replicas',
    ],
  ],
  [
    'K8S-08: more in staging than in production',
    'checkout',
    { staging: [['replicas: 2', 'replicas: 6']] },
    [
      'fail K8S-08 [prod] apps/Deployment checkout /spec/replicas',
      'violation K8S-08 staging>prod apps/Deployment checkout /spec/replicas',
    ],
  ],
  [
    'K8S-08: an autoscaler with too small a minimum',
    'orders',
    { prod: [['minReplicas: 3', 'minReplicas: 1']] },
    [
      'fail K8S-08 [prod] autoscaling/HorizontalPodAutoscaler orders /spec/minReplicas',
      'violation K8S-08 staging>prod autoscaling/HorizontalPodAutoscaler orders /spec/minReplicas',
    ],
  ],
  [
    'K8S-08: an autoscaler whose maximum shrinks',
    'orders',
    { prod: [['maxReplicas: 9', 'maxReplicas: 4']] },
    [
      'fail K8S-08 [prod] autoscaling/HorizontalPodAutoscaler orders /spec/maxReplicas',
      'violation K8S-08 staging>prod autoscaling/HorizontalPodAutoscaler orders /spec/maxReplicas',
    ],
  ],
  [
    'K8S-09: replicas beside an autoscaler',
    'orders',
    {
      prod: [
        [
          'spec:\n  selector:\n    matchLabels:\n      app: orders\n  template:',
          'spec:\n  replicas: 4\n  selector:\n    matchLabels:\n      app: orders\n  template:',
        ],
      ],
    },
    [
      'fail K8S-09 [prod] apps/Deployment orders /spec/replicas',
      'violation K8S-09 staging>prod apps/Deployment orders /spec/replicas',
    ],
  ],
  [
    'K8S-10: more than the limit',
    'checkout',
    {
      prod: [
        [
          '            cpu: 500m\n            memory: 512Mi\n        securityContext',
          '            cpu: 2\n            memory: 512Mi\n        securityContext',
        ],
      ],
    },
    [
      'fail K8S-10 [prod] apps/Deployment checkout /spec/template/spec/containers/checkout/resources/requests/cpu',
      'violation K8S-10 staging>prod apps/Deployment checkout /spec/template/spec/containers/checkout/resources/requests/cpu',
    ],
  ],
  [
    'K8S-10: staging asks for more than production',
    'checkout',
    { staging: [['            memory: 1Gi\n', '            memory: 2Gi\n']] },
    [
      'fail K8S-10 [prod] apps/Deployment checkout /spec/template/spec/containers/checkout/resources/limits/memory',
      'violation K8S-10 staging>prod apps/Deployment checkout /spec/template/spec/containers/checkout/resources/limits/memory',
    ],
  ],
  [
    'K8S-10: production may ask for more, with a warning',
    'checkout',
    { prod: [['            memory: 1Gi\n', '            memory: 2Gi\n']] },
    [
      'warn K8S-10 [prod] apps/Deployment checkout /spec/template/spec/containers/checkout/resources/limits/memory',
    ],
  ],
  [
    'K8S-10: the same amount in other words',
    'checkout',
    {
      prod: [
        [
          '            cpu: 500m\n            memory: 512Mi\n        securityContext',
          '            cpu: 0.5\n            memory: 524288Ki\n        securityContext',
        ],
      ],
    },
    [],
  ],
  [
    'K8S-11: no tag',
    'checkout',
    { dev: [['checkout:0.1.0', 'checkout']] },
    [
      'fail K8S-11 [dev] apps/Deployment checkout /spec/template/spec/containers/checkout/image',
      'violation K8S-11 dev>staging apps/Deployment checkout /spec/template/spec/containers/checkout/image',
    ],
  ],
  [
    'K8S-11: a tag that moves',
    'checkout',
    { prod: [['checkout:0.1.0', 'checkout:latest']] },
    [
      'fail K8S-11 [prod] apps/Deployment checkout /spec/template/spec/containers/checkout/image',
      'violation K8S-11 staging>prod apps/Deployment checkout /spec/template/spec/containers/checkout/image',
    ],
  ],
  [
    'K8S-11: a commit is enough in dev',
    'checkout',
    { dev: [['checkout:0.1.0', 'checkout:sha-1234567']] },
    [
      'lag K8S-02 dev>staging apps/Deployment checkout /spec/template/spec/containers/checkout/image',
    ],
  ],
  [
    'K8S-11: a commit is not enough in staging',
    'checkout',
    { staging: [['checkout:0.1.0', 'checkout:sha-1234567']] },
    [
      'fail K8S-11 [staging] apps/Deployment checkout /spec/template/spec/containers/checkout/image',
      'violation K8S-11 dev>staging apps/Deployment checkout /spec/template/spec/containers/checkout/image',
      'violation K8S-11 staging>prod apps/Deployment checkout /spec/template/spec/containers/checkout/image',
    ],
  ],
  [
    'K8S-28: the commit of a release is written on its pods',
    'checkout',
    {
      dev: [
        ['checkout:0.1.0', 'checkout:0.2.0'],
        [
          '        environment: dev\n    spec:',
          '        environment: dev\n      annotations:\n        org.opencontainers.image.revision: 9f31c2a9f31c2a\n    spec:',
        ],
      ],
    },
    [
      'lag K8S-28 dev>staging apps/Deployment checkout /spec/template/metadata/annotations/org.opencontainers.image.revision',
      'lag K8S-02 dev>staging apps/Deployment checkout /spec/template/spec/containers/checkout/image',
    ],
  ],
  [
    'K8S-28: another commit of the same release',
    'checkout',
    {
      dev: [
        [
          '        environment: dev\n    spec:',
          '        environment: dev\n      annotations:\n        org.opencontainers.image.revision: 9f31c2a9f31c2a\n    spec:',
        ],
      ],
    },
    [
      'unclassified K8S-28 dev>staging apps/Deployment checkout /spec/template/metadata/annotations/org.opencontainers.image.revision',
    ],
  ],
  [
    'K8S-12: one tag, two images',
    'checkout',
    {
      dev: [['checkout:0.1.0', 'checkout:0.1.0@sha256:aaa']],
      staging: [['checkout:0.1.0', 'checkout:0.1.0@sha256:aaa']],
      prod: [['checkout:0.1.0', 'checkout:0.1.0@sha256:bbb']],
    },
    [
      'fail K8S-12 [prod] apps/Deployment checkout /spec/template/spec/containers/checkout/image',
      'violation K8S-12 staging>prod apps/Deployment checkout /spec/template/spec/containers/checkout/image',
      '- unknown K8S-12 [dev,staging,prod] checkout',
    ],
  ],
  [
    'K8S-17: no budget in production',
    'checkout',
    { prod: [['kind: PodDisruptionBudget', 'kind: Budget']] },
    [
      'fail K8S-01 [prod] policy/Budget checkout',
      'fail K8S-17 [prod] apps/Deployment checkout',
      'fail PIPE-03 [prod] argoproj.io/AppProject checkout-prod /spec/namespaceResourceWhitelist',
      'violation K8S-01 staging>prod policy/Budget checkout',
      'violation K8S-17 staging>prod policy/PodDisruptionBudget checkout',
    ],
  ],
  [
    'K8S-17: a budget that lets no pod go',
    'checkout',
    {
      staging: [
        ['maxUnavailable: 1\n  selector', 'maxUnavailable: 0\n  selector'],
      ],
    },
    [
      'fail K8S-17 [staging] policy/PodDisruptionBudget checkout /spec/maxUnavailable',
      'violation K8S-17 staging>prod policy/PodDisruptionBudget checkout /spec/maxUnavailable',
    ],
  ],
  [
    'K8S-17: a budget for other pods',
    'checkout',
    {
      prod: [
        [
          '  maxUnavailable: 1\n  selector:\n    matchLabels:\n      app.kubernetes.io/name: checkout',
          '  maxUnavailable: 1\n  selector:\n    matchLabels:\n      app.kubernetes.io/name: other',
        ],
      ],
    },
    [
      'fail K8S-17 [prod] apps/Deployment checkout',
      'violation K8S-17 staging>prod policy/PodDisruptionBudget checkout /spec/selector/matchLabels/app.kubernetes.io~1name',
    ],
  ],
  [
    'K8S-18: nothing spreads over zones',
    'checkout',
    {
      prod: [
        [
          'topologyKey: topology.kubernetes.io/zone',
          'topologyKey: example.com/rack',
        ],
      ],
    },
    [
      'fail K8S-18 [prod] apps/Deployment checkout',
      'violation K8S-18 staging>prod apps/Deployment checkout /spec/template/spec/topologySpreadConstraints/example.com~1rack~1ScheduleAnyway',
      'violation K8S-18 staging>prod apps/Deployment checkout /spec/template/spec/topologySpreadConstraints/topology.kubernetes.io~1zone~1ScheduleAnyway',
    ],
  ],
  [
    'K8S-26: another ServiceAccount in production',
    'checkout',
    { prod: [['serviceAccountName: checkout', 'serviceAccountName: other']] },
    [
      'fail K8S-26 [prod] apps/Deployment checkout /spec/template/spec/serviceAccountName',
      'violation K8S-26 staging>prod apps/Deployment checkout /spec/template/spec/serviceAccountName',
    ],
  ],
  [
    'K8S-26: another strategy in staging',
    'checkout',
    { staging: [['maxSurge: 1', 'maxSurge: 2']] },
    [
      'fail K8S-26 [staging] apps/Deployment checkout /spec/strategy/rollingUpdate/maxSurge',
      'violation K8S-26 staging>prod apps/Deployment checkout /spec/strategy/rollingUpdate/maxSurge',
    ],
  ],
  [
    'K8S-26: dev may be stopped faster',
    'checkout',
    {
      dev: [
        [
          'terminationGracePeriodSeconds: 30',
          'terminationGracePeriodSeconds: 5',
        ],
      ],
    },
    [],
  ],
];

describe('rules on workloads', () => {
  it.each(CASES)('%s', (_what, service, edits, found) => {
    expect(effectOf(service, edits)).toEqual(found);
  });
});
