import { Edits, effectOf, Service } from '../testing';

/** What is changed in which service, and everything that is found beyond what was found before. */
const CASES: [string, Service, Edits, string[]][] = [
  [
    'PIPE-01: another repository',
    'checkout',
    {
      'application-prod': [
        [
          'repoURL: https://git.example.com/acme/checkout-deploy-config',
          'repoURL: https://git.example.com/evil/config',
        ],
      ],
    },
    [
      'fail PIPE-01 [prod] argoproj.io/Application checkout-prod /spec/source/repoURL',
    ],
  ],
  [
    'PIPE-01: the same repository, in other words',
    'checkout',
    {
      'application-prod': [
        [
          'repoURL: https://git.example.com/acme/checkout-deploy-config',
          'repoURL: https://Git.example.com/acme/checkout-deploy-config.git',
        ],
      ],
    },
    [],
  ],
  [
    'PIPE-01: another branch',
    'checkout',
    {
      'application-staging': [
        ['targetRevision: main', 'targetRevision: develop'],
      ],
    },
    [
      'fail PIPE-01 [staging] argoproj.io/Application checkout-staging /spec/source/targetRevision',
    ],
  ],
  [
    'PIPE-01: production may be pinned to a commit',
    'checkout',
    {
      'application-prod': [
        [
          'targetRevision: main',
          'targetRevision: 0123456789abcdef0123456789abcdef01234567',
        ],
      ],
    },
    [],
  ],
  [
    'PIPE-01: staging may not',
    'checkout',
    {
      'application-staging': [
        [
          'targetRevision: main',
          'targetRevision: 0123456789abcdef0123456789abcdef01234567',
        ],
      ],
    },
    [
      'fail PIPE-01 [staging] argoproj.io/Application checkout-staging /spec/source/targetRevision',
    ],
  ],
  [
    'PIPE-01: the overlay of another environment',
    'checkout',
    { 'application-prod': [['overlays/prod', 'overlays/staging']] },
    [
      'fail PIPE-01 [prod] argoproj.io/Application checkout-prod /spec/source/path',
    ],
  ],
  [
    'PIPE-01: another namespace and cluster',
    'checkout',
    {
      'application-prod': [
        [
          '    name: prod\n    namespace: checkout-prod',
          '    name: nonprod\n    namespace: checkout',
        ],
      ],
    },
    [
      'fail PIPE-01 [prod] argoproj.io/Application checkout-prod /spec/destination/namespace',
      'fail PIPE-01 [prod] argoproj.io/Application checkout-prod /spec/destination/name',
    ],
  ],
  [
    'PIPE-01: the project that allows everything',
    'checkout',
    { 'application-dev': [['project: checkout-dev', 'project: default']] },
    [
      'fail PIPE-01 [dev] argoproj.io/Application checkout-dev /spec/project',
      'unknown PIPE-03 [dev] argoproj.io/AppProject default',
    ],
  ],
  [
    'PIPE-02: production syncs by itself',
    'checkout',
    {
      'application-prod': [
        ['  syncPolicy:\n', '  syncPolicy:\n    automated: {}\n'],
      ],
    },
    [
      'fail PIPE-02 [prod] argoproj.io/Application checkout-prod /spec/syncPolicy/automated',
    ],
  ],
  [
    'PIPE-02: automation that is switched off',
    'checkout',
    {
      'application-prod': [
        [
          '  syncPolicy:\n',
          '  syncPolicy:\n    automated: { enabled: false }\n',
        ],
      ],
    },
    [],
  ],
  [
    'PIPE-02: dev does not heal',
    'checkout',
    { 'application-dev': [['selfHeal: true', 'selfHeal: false']] },
    [
      'fail PIPE-02 [dev] argoproj.io/Application checkout-dev /spec/syncPolicy/automated',
    ],
  ],
  [
    'PIPE-02: staging does not sync by itself',
    'checkout',
    { 'application-staging': [['automated:', 'automatic:']] },
    [
      'fail PIPE-02 [staging] argoproj.io/Application checkout-staging /spec/syncPolicy/automated',
    ],
  ],
  [
    'PIPE-03: any repository',
    'checkout',
    {
      'project-prod': [
        ['- https://git.example.com/acme/checkout-deploy-config', "- '*'"],
      ],
    },
    [
      'fail PIPE-03 [prod] argoproj.io/AppProject checkout-prod /spec/sourceRepos/0',
    ],
  ],
  [
    'PIPE-03: any cluster',
    'checkout',
    { 'project-dev': [['- name: nonprod', "- name: '*'"]] },
    [
      'fail PIPE-03 [dev] argoproj.io/AppProject checkout-dev /spec/destinations/0/name',
    ],
  ],
  [
    'PIPE-03: any cluster resource',
    'checkout',
    { 'project-staging': [['kind: Namespace', "kind: '*'"]] },
    [
      'fail PIPE-03 [staging] argoproj.io/AppProject checkout-staging /spec/clusterResourceWhitelist/0/kind',
    ],
  ],
  [
    'PIPE-03: a kind in the manifests is not permitted',
    'checkout',
    { 'project-prod': [['kind: NetworkPolicy', 'kind: Ingress']] },
    [
      'fail PIPE-03 [prod] argoproj.io/AppProject checkout-prod /spec/namespaceResourceWhitelist',
    ],
  ],
  [
    'PIPE-03: pods are hidden',
    'checkout',
    {
      'project-prod': [
        ['kind: ReplicaSet', 'kind: ControllerRevision'],
        ['      kind: Pod\n', '      kind: Pods\n'],
      ],
    },
    [
      'warn PIPE-03 [prod] argoproj.io/AppProject checkout-prod /spec/namespaceResourceWhitelist',
    ],
  ],
  [
    'PIPE-03: the project is defined somewhere else',
    'checkout',
    {
      'application-staging': [['project: checkout-staging', 'project: shared']],
    },
    ['unknown PIPE-03 [staging] argoproj.io/AppProject shared'],
  ],
];

describe('rules on Argo CD', () => {
  it.each(CASES)('%s', (_what, service, edits, found) => {
    expect(effectOf(service, edits)).toEqual(found);
  });
});
