import { Edits, effectOf, Service } from '../testing';

/** What is changed in which service, and everything that is found beyond what was found before. */
const CASES: [string, Service, Edits, string[]][] = [
  [
    'K8S-13: the quota of staging is smaller',
    'checkout',
    { staging: [['pods: "100"', 'pods: "50"']] },
    [
      'fail K8S-13 [prod] ResourceQuota compute /spec/hard/pods',
      'violation K8S-13 staging>prod ResourceQuota compute /spec/hard/pods',
    ],
  ],
  [
    'K8S-13: the quota of dev is larger',
    'checkout',
    { dev: [['pods: "20"', 'pods: "200"']] },
    [
      'fail K8S-13 [dev] ResourceQuota compute /spec/hard/pods',
      'violation K8S-13 dev>staging ResourceQuota compute /spec/hard/pods',
    ],
  ],
  [
    'K8S-13: another resource is limited',
    'checkout',
    { prod: [['    pods: "100"', '    services: "100"']] },
    [
      'fail K8S-13 [prod] ResourceQuota compute /spec/hard/pods',
      'fail K8S-13 [prod] ResourceQuota compute /spec/hard/services',
      'violation K8S-13 staging>prod ResourceQuota compute /spec/hard/pods',
      'violation K8S-13 staging>prod ResourceQuota compute /spec/hard/services',
    ],
  ],
  [
    'K8S-14: other defaults in production',
    'orders',
    { prod: [['      cpu: 500m\n', '      cpu: 600m\n']] },
    [
      'fail K8S-14 [prod] LimitRange limits /spec/limits/Container/default/cpu',
      'violation K8S-14 staging>prod LimitRange limits /spec/limits/Container/default/cpu',
    ],
  ],
  [
    'K8S-14: no limit range beside a quota on limits',
    'checkout',
    {
      prod: [
        ['apiVersion: v1\nkind: LimitRange', 'apiVersion: v1\nkind: Other'],
      ],
    },
    [
      'fail K8S-01 [prod] Other defaults',
      'fail K8S-14 [prod] ResourceQuota compute',
      'fail PIPE-03 [prod] argoproj.io/AppProject checkout-prod /spec/namespaceResourceWhitelist',
      'violation K8S-14 staging>prod LimitRange defaults',
      'violation K8S-01 staging>prod Other defaults',
    ],
  ],
  [
    'K8S-15: the quota has no room for the surge',
    'checkout',
    { prod: [['    requests.cpu: "16"', '    requests.cpu: 1900m']] },
    [
      'fail K8S-15 [prod] ResourceQuota compute /spec/hard/requests.cpu',
      'violation K8S-15 staging>prod ResourceQuota compute /spec/hard/requests.cpu',
    ],
  ],
  [
    'K8S-15: too few pods',
    'checkout',
    { dev: [['pods: "20"', 'pods: "1"']] },
    [
      'fail K8S-15 [dev] ResourceQuota compute /spec/hard/pods',
      'violation K8S-15 dev>staging ResourceQuota compute /spec/hard/pods',
    ],
  ],
  [
    'K8S-16: nothing is denied by default',
    'checkout',
    {
      prod: [
        ['  name: default-deny', '  name: default-denied'],
        [
          'apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata:\n  labels:\n    app.kubernetes.io/name: checkout\n    app.kubernetes.io/part-of: shop\n    backstage.io/kubernetes-id: checkout\n    environment: prod\n  name: default-denied',
          'apiVersion: networking.k8s.io/v1\nkind: Unenforced\nmetadata:\n  labels:\n    app.kubernetes.io/name: checkout\n    app.kubernetes.io/part-of: shop\n    backstage.io/kubernetes-id: checkout\n    environment: prod\n  name: default-denied',
        ],
      ],
    },
    [
      'fail K8S-01 [prod] networking.k8s.io/Unenforced default-denied',
      'fail K8S-16 [prod] environment prod',
      'fail PIPE-03 [prod] argoproj.io/AppProject checkout-prod /spec/namespaceResourceWhitelist',
      'violation K8S-16 staging>prod networking.k8s.io/NetworkPolicy default-deny',
      'violation K8S-01 staging>prod networking.k8s.io/Unenforced default-denied',
    ],
  ],
  [
    'K8S-16: egress is not denied',
    'orders',
    {
      prod: [
        [
          '  podSelector: {}\n  policyTypes:\n  - Ingress\n  - Egress',
          '  podSelector: {}\n  policyTypes:\n  - Ingress',
        ],
      ],
    },
    [
      'fail K8S-16 [prod] environment prod',
      'violation K8S-16 staging>prod networking.k8s.io/NetworkPolicy default-deny /spec/policyTypes',
    ],
  ],
  [
    'K8S-16: everything is allowed',
    'orders',
    {
      dev: [
        [
          '  - ports:\n    - port: 5432\n',
          '  - {}\n  - ports:\n    - port: 5432\n',
        ],
      ],
    },
    [
      'fail K8S-16 [dev] networking.k8s.io/NetworkPolicy orders /spec/egress',
      'violation K8S-16 dev>staging networking.k8s.io/NetworkPolicy orders /spec/egress/*',
    ],
  ],
  [
    'K8S-16: another port is open',
    'orders',
    { prod: [['port: 5432', 'port: 5433']] },
    [
      'fail K8S-16 [prod] networking.k8s.io/NetworkPolicy orders /spec/egress/ipBlock.cidr=10.0.0.0~18,ipBlock.except=[10.1.0.0~116]/ports',
      'violation K8S-16 staging>prod networking.k8s.io/NetworkPolicy orders /spec/egress/ipBlock.cidr=10.0.0.0~18,ipBlock.except=[10.1.0.0~116]/ports/5432~1TCP',
      'violation K8S-16 staging>prod networking.k8s.io/NetworkPolicy orders /spec/egress/ipBlock.cidr=10.0.0.0~18,ipBlock.except=[10.1.0.0~116]/ports/5433~1TCP',
    ],
  ],
  [
    'K8S-16: other addresses',
    'orders',
    { prod: [['10.0.0.0/8', '10.0.0.0/16']] },
    [
      'fail K8S-16 [prod] networking.k8s.io/NetworkPolicy orders /spec/egress',
      'violation K8S-16 staging>prod networking.k8s.io/NetworkPolicy orders /spec/egress/ipBlock.cidr=10.0.0.0~116,ipBlock.except=[10.1.0.0~116]',
      'violation K8S-16 staging>prod networking.k8s.io/NetworkPolicy orders /spec/egress/ipBlock.cidr=10.0.0.0~18,ipBlock.except=[10.1.0.0~116]',
    ],
  ],
  [
    'K8S-16: rules, peers and ports in another order',
    'orders',
    {
      prod: [
        [
          '    - port: 53\n      protocol: UDP\n    - port: 53\n',
          '    - port: 53\n    - port: 53\n      protocol: UDP\n',
        ],
      ],
    },
    [],
  ],
];

describe('rules on quotas and network policies', () => {
  it.each(CASES)('%s', (_what, service, edits, found) => {
    expect(effectOf(service, edits)).toEqual(found);
  });
});
