import { effectOf } from '../testing';
describe('x', () => {
  const dep = 'apps/Deployment checkout';
  it.each<
    [string, Parameters<typeof effectOf>[0], Parameters<typeof effectOf>[1]]
  >([
    ['probe path', 'checkout', { prod: [['path: /readyz', 'path: /ready']] }],
    [
      'probe gone',
      'checkout',
      {
        staging: [
          [
            '        readinessProbe:\n          httpGet:\n            path: /readyz\n            port: http\n          periodSeconds: 10\n          timeoutSeconds: 2\n',
            '',
          ],
        ],
      },
    ],
    [
      'probe timing',
      'checkout',
      { prod: [['periodSeconds: 10', 'periodSeconds: 5']] },
    ],
    [
      'default written out',
      'checkout',
      {
        prod: [
          [
            '          periodSeconds: 10\n',
            '          periodSeconds: 10\n          successThreshold: 1\n',
          ],
        ],
      },
    ],
    [
      'container port',
      'checkout',
      { prod: [['containerPort: 8080', 'containerPort: 9090']] },
    ],
    [
      'readOnlyRoot',
      'checkout',
      {
        dev: [
          ['readOnlyRootFilesystem: true', 'readOnlyRootFilesystem: false'],
        ],
      },
    ],
    [
      'image repo',
      'checkout',
      {
        prod: [['ghcr.io/acme/checkout:0.1.0', 'ghcr.io/evil/checkout:0.1.0']],
      },
    ],
    ['lag', 'checkout', { dev: [['checkout:0.1.0', 'checkout:0.2.0']] }],
    ['latest', 'checkout', { prod: [['checkout:0.1.0', 'checkout:latest']] }],
    [
      'sha in dev',
      'checkout',
      { dev: [['checkout:0.1.0', 'checkout:sha-1234567']] },
    ],
    [
      'sha in staging',
      'checkout',
      { staging: [['checkout:0.1.0', 'checkout:sha-1234567']] },
    ],
    [
      'env gone',
      'checkout',
      { prod: [['        - name: PORT\n          value: "8080"\n', '']] },
    ],
    ['env value', 'checkout', { prod: [['value: "8080"', 'value: "9090"']] }],
    ['replicas', 'checkout', { prod: [['replicas: 3', 'replicas: 1']] }],
    [
      'replicas staging',
      'checkout',
      { staging: [['replicas: 2', 'replicas: 1']] },
    ],
    ['replicas dev', 'checkout', { dev: [['replicas: 1', 'replicas: 5']] }],
    ['quota staging', 'checkout', { staging: [['pods: "100"', 'pods: "50"']] }],
    [
      'limits',
      'checkout',
      { prod: [['            memory: 1Gi', '            memory: 2Gi']] },
    ],
    [
      'requests > limits',
      'checkout',
      { prod: [['            cpu: 500m', '            cpu: 2000m']] },
    ],
    [
      'default-deny gone',
      'checkout',
      {
        prod: [
          ['  name: default-deny', '  name: allow-x'],
          [
            '  podSelector: {}\n  policyTypes:',
            '  podSelector: {matchLabels: {a: b}}\n  policyTypes:',
          ],
        ],
      },
    ],
    [
      'pdb gone',
      'checkout',
      { prod: [['kind: PodDisruptionBudget', 'kind: Something']] },
    ],
    [
      'namespace',
      'checkout',
      {
        prod: [['  namespace: checkout-prod', '  namespace: checkout-staging']],
      },
    ],
    [
      'label',
      'checkout',
      { prod: [['    environment: prod', '    environment: staging']] },
    ],
    [
      'psa',
      'checkout',
      { prod: [['enforce: restricted', 'enforce: baseline']] },
    ],
    ['svc port', 'checkout', { prod: [['port: 80\n', 'port: 81\n']] }],
    [
      'unknown field',
      'checkout',
      {
        prod: [
          [
            'progressDeadlineSeconds: 300',
            'progressDeadlineSeconds: 300\n  brandNew: 1',
          ],
        ],
      },
    ],
    [
      'sa',
      'checkout',
      { prod: [['serviceAccountName: checkout', 'serviceAccountName: other']] },
    ],
    [
      'grace dev',
      'checkout',
      {
        dev: [
          [
            'terminationGracePeriodSeconds: 30',
            'terminationGracePeriodSeconds: 5',
          ],
        ],
      },
    ],
    [
      'spread',
      'checkout',
      {
        prod: [
          [
            'topologyKey: topology.kubernetes.io/zone',
            'topologyKey: kubernetes.io/hostname2',
          ],
        ],
      },
    ],
    [
      'mount',
      'checkout',
      { prod: [['mountPath: /tmp', 'mountPath: /var/tmp']] },
    ],
    [
      'vol',
      'checkout',
      { prod: [['- emptyDir: {}', '- hostPath: {path: /tmp}']] },
    ],
    [
      'init order',
      'orders',
      {
        prod: [
          ['name: migrate', 'name: X'],
          ['name: warm', 'name: migrate'],
          ['name: X', 'name: warm'],
        ],
      },
    ],
    ['envoy tag', 'orders', { prod: [['envoy:v1.33.0', 'envoy:v1.34.0']] }],
    ['config key', 'orders', { prod: [['  CACHE_TTL: "60"\n', '']] }],
    [
      'secret path',
      'orders',
      { prod: [['key: prod/orders', 'key: staging/orders']] },
    ],
    [
      'host dup',
      'orders',
      { prod: [['- orders.example.com', '- orders.staging.example.com']] },
    ],
    ['gw', 'orders', { prod: [['name: public', 'name: private']] }],
    [
      'foreign url',
      'orders',
      { prod: [['https://api.payments', 'https://sandbox-staging.payments']] },
    ],
    ['cidr', 'orders', { prod: [['10.0.0.0/8', '0.0.0.0/0']] }],
    ['np port', 'orders', { prod: [['port: 5432', 'port: 5433']] }],
    ['sm', 'orders', { prod: [['interval: 30s', 'interval: 60s']] }],
    ['sm same', 'orders', { prod: [['interval: 30s', 'interval: 0.5m']] }],
    [
      'hpa',
      'orders',
      { prod: [['averageUtilization: 70', 'averageUtilization: 50']] },
    ],
    [
      'app',
      'checkout',
      {
        'application-prod': [
          [
            'path: apps/checkout/overlays/prod',
            'path: apps/checkout/overlays/staging',
          ],
        ],
      },
    ],
    [
      'app auto',
      'checkout',
      {
        'application-prod': [
          ['  syncPolicy:\n', '  syncPolicy:\n    automated: {}\n'],
        ],
      },
    ],
    [
      'proj',
      'checkout',
      { 'project-prod': [['kind: ReplicaSet', 'kind: ReplicaSets']] },
    ],
  ])('%s', (_n, s, e) => {
    process.stdout.write(`${_n}\n   ${effectOf(s, e).join('\n   ')}\n`);
    expect(dep).toBeDefined();
  });
});
