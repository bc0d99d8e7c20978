import { Edits, effectOf, Service } from '../testing';

/** What is changed in which service, and everything that is found beyond what was found before. */
const CASES: [string, Service, Edits, string[]][] = [
  [
    'K8S-01: production lacks an object',
    'orders',
    { prod: [['kind: ServiceMonitor', 'kind: PodMonitor']] },
    [
      'fail K8S-01 [prod] monitoring.coreos.com/PodMonitor orders',
      'fail K8S-01 [prod] monitoring.coreos.com/ServiceMonitor orders',
      'violation K8S-01 staging>prod monitoring.coreos.com/PodMonitor orders',
      'violation K8S-01 staging>prod monitoring.coreos.com/ServiceMonitor orders',
      '- lag K8S-28 staging>prod monitoring.coreos.com/ServiceMonitor orders /metadata/labels/app.kubernetes.io~1version',
    ],
  ],
  [
    'K8S-01: dev lacks an object that production has',
    'checkout',
    {
      dev: [
        ['apiVersion: v1\nkind: LimitRange', 'apiVersion: v1\nkind: Other'],
      ],
    },
    [
      'fail K8S-14 [dev] ResourceQuota compute',
      'fail PIPE-03 [dev] argoproj.io/AppProject checkout-dev /spec/namespaceResourceWhitelist',
      'violation K8S-14 dev>staging LimitRange defaults',
    ],
  ],
  [
    'K8S-01: dev may have more',
    'checkout',
    {
      dev: [
        [
          '---\napiVersion: v1\nkind: ResourceQuota',
          '---\napiVersion: example.com/v1\nkind: Toy\nmetadata:\n  labels:\n    environment: dev\n  name: toy\n---\napiVersion: v1\nkind: ResourceQuota',
        ],
      ],
    },
    [
      'fail PIPE-03 [dev] argoproj.io/AppProject checkout-dev /spec/namespaceResourceWhitelist',
    ],
  ],
  [
    'K8S-05: another selector in production',
    'checkout',
    {
      prod: [
        [
          '  selector:\n    app.kubernetes.io/name: checkout\n',
          '  selector:\n    app.kubernetes.io/name: check-out\n',
        ],
      ],
    },
    [
      'fail K8S-05 [prod] Service checkout /spec/selector/app.kubernetes.io~1name',
      'violation K8S-05 staging>prod Service checkout /spec/selector/app.kubernetes.io~1name',
    ],
  ],
  [
    'K8S-05: the environment is a label of a selector, everywhere',
    'checkout',
    {
      dev: [
        [
          '  selector:\n    app.kubernetes.io/name: checkout\n',
          '  selector:\n    app.kubernetes.io/name: checkout\n    environment: dev\n',
        ],
      ],
      staging: [
        [
          '  selector:\n    app.kubernetes.io/name: checkout\n',
          '  selector:\n    app.kubernetes.io/name: checkout\n    environment: staging\n',
        ],
      ],
      prod: [
        [
          '  selector:\n    app.kubernetes.io/name: checkout\n',
          '  selector:\n    app.kubernetes.io/name: checkout\n    environment: prod\n',
        ],
      ],
    },
    [
      'fail K8S-05 [dev] Service checkout /spec/selector/environment',
      'fail K8S-05 [staging] Service checkout /spec/selector/environment',
      'fail K8S-05 [prod] Service checkout /spec/selector/environment',
    ],
  ],
  [
    'K8S-06: another port of the Service',
    'checkout',
    { prod: [['    port: 80\n', '    port: 81\n']] },
    [
      'fail K8S-06 [prod] Service checkout /spec/ports',
      'violation K8S-06 staging>prod Service checkout /spec/ports/80~1TCP',
      'violation K8S-06 staging>prod Service checkout /spec/ports/81~1TCP',
    ],
  ],
  [
    'K8S-06: another type of the Service',
    'checkout',
    { dev: [['type: ClusterIP', 'type: NodePort']] },
    [
      'fail K8S-06 [dev] Service checkout /spec/type',
      'violation K8S-06 dev>staging Service checkout /spec/type',
    ],
  ],
  [
    'K8S-06: the same container port by its number',
    'checkout',
    { prod: [['    targetPort: http\n', '    targetPort: 8080\n']] },
    [],
  ],
  [
    'K8S-06: another container port',
    'checkout',
    { prod: [['    targetPort: http\n', '    targetPort: 9090\n']] },
    [
      'fail K8S-06 [prod] Service checkout /spec/ports/80~1TCP/targetPort',
      'violation K8S-06 staging>prod Service checkout /spec/ports/80~1TCP/targetPort',
    ],
  ],
  [
    'K8S-20: a version of the API that is gone',
    'orders',
    {
      prod: [
        ['apiVersion: autoscaling/v2\n', 'apiVersion: autoscaling/v2beta2\n'],
      ],
    },
    [
      'fail K8S-20 [prod] autoscaling/HorizontalPodAutoscaler orders /apiVersion',
      'violation K8S-20 staging>prod autoscaling/HorizontalPodAutoscaler orders /apiVersion',
    ],
  ],
  [
    'K8S-22: production lacks a key',
    'orders',
    { prod: [['  CACHE_TTL: "60"\n', '']] },
    [
      'fail K8S-22 [prod] ConfigMap orders-config /data/CACHE_TTL',
      'violation K8S-22 staging>prod ConfigMap orders-config /data/CACHE_TTL',
    ],
  ],
  [
    'K8S-22: another value, and the suffix and checksum that follow it',
    'orders',
    {
      prod: [
        ['  CACHE_TTL: "60"\n', '  CACHE_TTL: "90"\n'],
        [
          'name: prod-orders-config-5t696gbtdt\n  namespace',
          'name: prod-orders-config-bbbbbbbbbb\n  namespace',
        ],
        [
          '            name: prod-orders-config-5t696gbtdt',
          '            name: prod-orders-config-bbbbbbbbbb',
        ],
        [
          '          name: prod-orders-config-5t696gbtdt\n        name: config',
          '          name: prod-orders-config-bbbbbbbbbb\n        name: config',
        ],
        ['checksum/config: ccc', 'checksum/config: ddd'],
      ],
    },
    [],
  ],
  [
    'K8S-23: an object has the label of another environment',
    'checkout',
    { prod: [['    environment: prod', '    environment: staging']] },
    ['fail K8S-23 [prod] Namespace checkout /metadata/labels/environment'],
  ],
  [
    'K8S-23: pods have no label',
    'checkout',
    { staging: [['        environment: staging\n', '']] },
    [
      'fail K8S-23 [staging] apps/Deployment checkout /spec/template/metadata/labels/environment',
      'violation K8S-23 dev>staging apps/Deployment checkout /spec/template/metadata/labels/environment',
      'violation K8S-23 staging>prod apps/Deployment checkout /spec/template/metadata/labels/environment',
    ],
  ],
  [
    'K8S-24: an address of staging in production',
    'orders',
    { prod: [['https://api.payments', 'https://sandbox-staging.payments']] },
    [
      'fail K8S-24 [prod] apps/Deployment orders /spec/template/spec/containers/orders/env/PAYMENTS_URL',
    ],
  ],
  [
    'K8S-24: a namespace of staging in production',
    'checkout',
    { prod: [['value: "8080"', 'value: http://db.checkout-staging.svc:8080']] },
    [
      'fail K8S-24 [prod] apps/Deployment checkout /spec/template/spec/containers/checkout/env/PORT',
      'violation K8S-24 staging>prod apps/Deployment checkout /spec/template/spec/containers/checkout/env/PORT',
    ],
  ],
  [
    'K8S-03: the secret of another environment',
    'orders',
    {
      prod: [
        [
          '              name: orders-secrets',
          '              name: staging-orders-secrets',
        ],
      ],
    },
    [
      'fail K8S-03 [prod] apps/Deployment orders /spec/template/spec/containers/orders/env/DATABASE_URL',
      'violation K8S-03 staging>prod apps/Deployment orders /spec/template/spec/containers/orders/env/DATABASE_URL',
    ],
  ],
  [
    'K8S-28: a field that no rule speaks of',
    'checkout',
    {
      prod: [
        [
          'progressDeadlineSeconds: 300',
          'progressDeadlineSeconds: 300\n  paused: true',
        ],
      ],
    },
    ['unclassified K8S-28 staging>prod apps/Deployment checkout /spec/paused'],
  ],
  [
    'K8S-28: an annotation',
    'checkout',
    {
      staging: [
        [
          'metadata:\n  labels:',
          'metadata:\n  annotations:\n    team: payments\n  labels:',
        ],
      ],
    },
    [
      'unclassified K8S-28 dev>staging Namespace checkout /metadata/annotations/team',
      'unclassified K8S-28 staging>prod Namespace checkout /metadata/annotations/team',
    ],
  ],
  [
    'K8S-28: a field of a kind that nobody knows',
    'orders',
    { prod: [['interval: 30s', 'interval: 60s']] },
    [
      'unclassified K8S-28 staging>prod monitoring.coreos.com/ServiceMonitor orders /spec/endpoints/0/interval',
    ],
  ],
  [
    'the same duration in other words',
    'orders',
    { prod: [['interval: 30s', 'interval: 0.5m']] },
    [],
  ],
  [
    'K8S-24: production reads the secret of staging',
    'orders',
    { prod: [['key: prod/orders', 'key: staging/orders']] },
    [
      'fail K8S-24 [prod] external-secrets.io/ExternalSecret orders-secrets /spec/data/database-url/remoteRef/key',
    ],
  ],
  [
    'SEC-01: another property',
    'orders',
    { prod: [['property: database-url', 'property: other']] },
    [
      'fail SEC-01 [prod] external-secrets.io/ExternalSecret orders-secrets /spec/data/database-url/remoteRef/property',
      'violation SEC-01 staging>prod external-secrets.io/ExternalSecret orders-secrets /spec/data/database-url/remoteRef/property',
    ],
  ],
  [
    'SEC-01: a key less',
    'orders',
    {
      dev: [
        [
          '  - remoteRef:\n      key: dev/orders\n      property: database-url\n    secretKey: database-url',
          '  - remoteRef:\n      key: dev/orders\n      property: database-url\n    secretKey: url',
        ],
      ],
    },
    [
      'fail SEC-01 [dev] external-secrets.io/ExternalSecret orders-secrets /spec/data',
      'violation SEC-01 dev>staging external-secrets.io/ExternalSecret orders-secrets /spec/data/database-url',
      'violation SEC-01 dev>staging external-secrets.io/ExternalSecret orders-secrets /spec/data/url',
    ],
  ],
  [
    'K8S-24: the name of another environment in a field of a kind that nobody knows',
    'orders',
    {
      prod: [['    name: vault\n', '    name: vault-staging\n']],
      staging: [['    name: vault\n', '    name: vault-staging\n']],
    },
    [
      'fail K8S-24 [prod] external-secrets.io/ExternalSecret orders-secrets /spec/secretStoreRef/name',
    ],
  ],
  [
    'K8S-24: stores of secrets that are named by their environments',
    'orders',
    {
      prod: [['    name: vault\n', '    name: vault-prod\n']],
      staging: [['    name: vault\n', '    name: vault-staging\n']],
      dev: [['    name: vault\n', '    name: vault-dev\n']],
    },
    [],
  ],
];

describe('rules on objects, Services and configuration', () => {
  it.each(CASES)('%s', (_what, service, edits, found) => {
    expect(effectOf(service, edits)).toEqual(found);
  });
});
