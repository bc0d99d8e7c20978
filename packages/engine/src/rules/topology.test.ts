import { Edits, effectOf, Service } from '../testing';

/** What is changed in which service, and everything that is found beyond what was found before. */
const CASES: [string, Service, Edits, string[]][] = [
  [
    'ENV-01: an Application for an environment that nobody declared',
    'checkout',
    { 'application-dev': [['environment: dev', 'environment: qa']] },
    [
      'fail ENV-01 [] argoproj.io/Application checkout-dev',
      'fail ENV-01 [dev] argoproj.io/Application checkout',
    ],
  ],
  [
    'ENV-03: an object in the namespace of another environment',
    'checkout',
    { prod: [['  namespace: checkout-prod', '  namespace: checkout-staging']] },
    ['fail ENV-03 [prod] ResourceQuota compute /metadata/namespace'],
  ],
  [
    'ENV-03: an object in a namespace of nobody',
    'checkout',
    { dev: [['  namespace: checkout-dev', '  namespace: elsewhere']] },
    [
      'fail ENV-03 [dev] ResourceQuota compute /metadata/namespace',
      'violation ENV-03 dev>staging ResourceQuota compute /metadata/namespace',
    ],
  ],
  [
    'ENV-07: production enforces less',
    'checkout',
    { prod: [['/enforce: restricted', '/enforce: baseline']] },
    [
      'fail ENV-07 [prod] Namespace checkout /metadata/labels/pod-security.kubernetes.io~1enforce',
      'violation ENV-07 staging>prod Namespace checkout /metadata/labels/pod-security.kubernetes.io~1enforce',
    ],
  ],
  [
    'ENV-07: another version is enforced in dev',
    'checkout',
    { dev: [['/enforce-version: latest', '/enforce-version: v1.33']] },
    [
      'fail ENV-07 [dev] Namespace checkout /metadata/labels/pod-security.kubernetes.io~1enforce-version',
      'violation ENV-07 dev>staging Namespace checkout /metadata/labels/pod-security.kubernetes.io~1enforce-version',
    ],
  ],
  [
    'ENV-07: what is warned of is less strict than what is enforced',
    'orders',
    { prod: [['/warn: restricted', '/warn: privileged']] },
    [
      'fail ENV-07 [prod] Namespace orders /metadata/labels/pod-security.kubernetes.io~1warn',
      'violation ENV-07 staging>prod Namespace orders /metadata/labels/pod-security.kubernetes.io~1warn',
    ],
  ],
  [
    'ENV-07: warnings of a stricter version may differ',
    'checkout',
    { prod: [['/warn-version: latest', '/warn-version: v1.34']] },
    [],
  ],
  [
    'ENV-08: another gateway in production',
    'orders',
    { prod: [['name: public', 'name: private']] },
    [
      'fail ENV-08 [prod] gateway.networking.k8s.io/HTTPRoute orders /spec/parentRefs',
      'violation ENV-08 staging>prod gateway.networking.k8s.io/HTTPRoute orders /spec/parentRefs/private~1https',
      'violation ENV-08 staging>prod gateway.networking.k8s.io/HTTPRoute orders /spec/parentRefs/public~1https',
    ],
  ],
  [
    'ENV-08: another backend in staging',
    'orders',
    {
      staging: [
        ['      port: 80\n---', '      port: 81\n---'],
        ['    - name: orders\n', '    - name: other\n'],
      ],
    },
    [
      'fail ENV-08 [staging] gateway.networking.k8s.io/HTTPRoute orders /spec/rules/0/backendRefs',
      'violation ENV-08 dev>staging gateway.networking.k8s.io/HTTPRoute orders /spec/rules/0/backendRefs/orders~180',
      'violation ENV-08 dev>staging gateway.networking.k8s.io/HTTPRoute orders /spec/rules/0/backendRefs/other~181',
      'violation ENV-08 staging>prod gateway.networking.k8s.io/HTTPRoute orders /spec/rules/0/backendRefs/orders~180',
      'violation ENV-08 staging>prod gateway.networking.k8s.io/HTTPRoute orders /spec/rules/0/backendRefs/other~181',
    ],
  ],
  [
    'ENV-09: production answers to the host of staging',
    'orders',
    { prod: [['- orders.example.com', '- orders.staging.example.com']] },
    [
      'fail ENV-09 [staging,prod] gateway.networking.k8s.io/HTTPRoute orders /spec/hostnames',
    ],
  ],
  [
    'ENV-09: a wildcard in production',
    'orders',
    { prod: [['- orders.example.com', "- '*.example.com'"]] },
    [
      'fail ENV-09 [prod] gateway.networking.k8s.io/HTTPRoute orders /spec/hostnames',
      'violation ENV-09 staging>prod gateway.networking.k8s.io/HTTPRoute orders /spec/hostnames',
    ],
  ],
  [
    'ENV-09: another host is what is expected',
    'orders',
    { prod: [['- orders.example.com', '- shop.example.org']] },
    [],
  ],
];

describe('rules on topology and exposure', () => {
  it.each(CASES)('%s', (_what, service, edits, found) => {
    expect(effectOf(service, edits)).toEqual(found);
  });
});
