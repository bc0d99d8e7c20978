import { Edit } from './edit';

/** One thing done wrong to a generated deploy-config repository, and what has to notice. */
export interface DeployConfigMutation {
  readonly name: string;
  /** Name of the combination that it is done to; the first one unless another has what is needed. */
  readonly combination?: string;
  readonly file: string;
  readonly from: string | RegExp;
  readonly to: string;
  /** What else has to be changed for it. */
  readonly also?: readonly Edit[];
  readonly caught:
    | { readonly by: 'rule'; readonly rule: string; readonly warns?: true }
    | { readonly by: 'kustomize'; readonly says: string }
    | { readonly by: 'types'; readonly says: string }
    | { readonly by: 'argo'; readonly says: string }
    | { readonly by: 'vault'; readonly says: string };
}

const base = (file: string) => `apps/checkout/base/${file}`;
const overlay = (environment: string, file: string) =>
  `apps/checkout/overlays/${environment}/${file}`;
const rule = (id: string) => ({ by: 'rule' as const, rule: id });

const PATCH = 'deployment-patch.yaml';
const KUSTOMIZATION = 'kustomization.yaml';
const SECRETS = 'autoscaled, secrets, windows';
const GATEWAY = 'gateway, own names';

/** It means to change one key, and Kustomize takes it for all of them. */
const FEWER_KEYS = `patches:
  - patch: |-
      apiVersion: external-secrets.io/v1
      kind: ExternalSecret
      metadata:
        name: checkout
      spec:
        data:
          - secretKey: DATABASE_URL
            remoteRef:
              key: environment/checkout
              property: DATABASE_URL
              conversionStrategy: Default
              decodingStrategy: None
              metadataPolicy: None
`;

export const DEPLOY_CONFIG_MUTATIONS: readonly DeployConfigMutation[] = [
  {
    name: 'a floating tag in production',
    file: overlay('prod', KUSTOMIZATION),
    from: 'newTag: "0.1.0"',
    to: 'newTag: latest',
    caught: rule('K8S-11'),
  },
  {
    name: 'another image in staging',
    file: overlay('staging', KUSTOMIZATION),
    from: 'newName: ghcr.io/acme/checkout',
    to: 'newName: ghcr.io/acme/checkout-debug',
    caught: rule('K8S-02'),
  },
  {
    name: 'the environment label of another environment',
    file: overlay('staging', KUSTOMIZATION),
    from: 'environment: staging',
    to: 'environment: prod',
    caught: rule('K8S-23'),
  },
  {
    name: 'the namespace of another environment',
    file: overlay('staging', KUSTOMIZATION),
    from: 'namespace: checkout-staging',
    to: 'namespace: checkout-dev',
    caught: rule('ENV-03'),
  },
  {
    name: 'fewer replicas in production than in staging',
    file: overlay('prod', PATCH),
    from: 'replicas: 3',
    to: 'replicas: 1',
    caught: rule('K8S-08'),
  },
  {
    name: 'requests above limits',
    file: overlay('prod', PATCH),
    from: 'cpu: 500m',
    to: 'cpu: "2"',
    caught: rule('K8S-10'),
  },
  {
    name: 'a variable that only production has',
    file: overlay('prod', PATCH),
    from: '            - name: LOG_LEVEL',
    to: '            - name: FEATURE_X\n              value: "on"\n            - name: LOG_LEVEL',
    caught: rule('K8S-03'),
  },
  {
    name: 'another readiness path in production',
    file: overlay('prod', PATCH),
    from: '          resources:',
    to: '          readinessProbe:\n            httpGet:\n              path: /other\n              port: http\n          resources:',
    caught: rule('K8S-04'),
  },
  {
    name: 'a container that may do more in production',
    file: overlay('prod', PATCH),
    from: '          resources:',
    to: '          securityContext:\n            readOnlyRootFilesystem: false\n          resources:',
    caught: rule('K8S-02'),
  },
  {
    name: 'a quota of staging that is not that of production',
    file: overlay('staging', 'resource-quota.yaml'),
    from: 'pods: "100"',
    to: 'pods: "50"',
    caught: rule('K8S-13'),
  },
  {
    name: 'a quota that does not carry the pods',
    file: overlay('dev', 'resource-quota.yaml'),
    from: 'limits.cpu: "4"',
    to: 'limits.cpu: 100m',
    caught: rule('K8S-15'),
  },
  {
    name: 'a limit range that staging lacks',
    file: overlay('staging', KUSTOMIZATION),
    from: '  - limit-range.yaml\n',
    to: '',
    caught: rule('K8S-14'),
  },
  {
    name: 'nothing denied by default',
    file: base('networkpolicy.yaml'),
    from: 'name: default-deny\nspec:\n  podSelector: {}\n  policyTypes:\n    - Ingress\n    - Egress',
    to: 'name: default-deny\nspec:\n  podSelector: {}\n  policyTypes:\n    - Ingress',
    caught: rule('K8S-16'),
  },
  {
    name: 'no disruption budget',
    file: 'apps/checkout/components/production-ready/kustomization.yaml',
    from: 'resources:\n  - poddisruptionbudget.yaml\n',
    to: '',
    caught: rule('K8S-17'),
  },
  {
    name: 'a disruption budget that lets no pod go',
    file: 'apps/checkout/components/production-ready/poddisruptionbudget.yaml',
    from: 'maxUnavailable: 1',
    to: 'maxUnavailable: 0',
    caught: rule('K8S-17'),
  },
  {
    name: 'pods that are not spread over zones',
    file: 'apps/checkout/components/production-ready/spread.yaml',
    from: 'topology.kubernetes.io/zone',
    to: 'example.com/rack',
    caught: rule('K8S-18'),
  },
  {
    name: 'production without what keeps it up',
    file: overlay('prod', KUSTOMIZATION),
    from: 'components:\n  - ../../components/production-ready\n',
    to: '',
    caught: rule('K8S-17'),
  },
  {
    name: 'pods that the namespace refuses',
    file: base('deployment.yaml'),
    from: 'runAsNonRoot: true',
    to: 'runAsNonRoot: false',
    caught: rule('K8S-19'),
  },
  {
    name: 'a pod security standard of production alone',
    file: overlay('prod', KUSTOMIZATION),
    from: 'patches:\n',
    to: 'patches:\n  - target: { kind: Namespace }\n    patch: |-\n      - op: replace\n        path: /metadata/labels/pod-security.kubernetes.io~1enforce\n        value: privileged\n',
    caught: rule('ENV-07'),
  },
  {
    name: 'another port of the Service in production',
    file: overlay('prod', KUSTOMIZATION),
    from: 'patches:\n',
    to: 'patches:\n  - target: { kind: Service }\n    patch: |-\n      - op: replace\n        path: /spec/ports/0/port\n        value: 8080\n',
    caught: rule('K8S-06'),
  },
  {
    name: 'a secret in git',
    file: overlay('dev', KUSTOMIZATION),
    from: 'resources:\n',
    to: 'secretGenerator:\n  - name: key\n    literals: [TOKEN=hunter2]\nresources:\n',
    caught: rule('SEC-03'),
  },
  {
    name: 'an API version that is gone',
    combination: SECRETS,
    file: base('external-secret.yaml'),
    from: 'external-secrets.io/v1',
    to: 'external-secrets.io/v1beta1',
    caught: rule('K8S-20'),
  },
  {
    name: 'the path of another environment in Vault',
    combination: SECRETS,
    file: overlay('staging', 'environment.yaml'),
    from: 'name: staging',
    to: 'name: prod',
    caught: rule('K8S-24'),
  },
  {
    name: 'the role of another environment in Vault',
    combination: SECRETS,
    file: overlay('dev', 'environment.yaml'),
    from: 'vault-role: checkout_dev\n',
    to: 'vault-role: checkout_staging\n',
    caught: rule('SEC-02'),
  },
  {
    name: 'replicas beside an autoscaler',
    combination: SECRETS,
    file: overlay('prod', PATCH),
    from: 'spec:\n  template:',
    to: 'spec:\n  replicas: 3\n  template:',
    caught: rule('K8S-09'),
  },
  {
    name: 'the host of another environment',
    combination: GATEWAY,
    file: overlay('staging', 'environment.yaml'),
    from: 'checkout.staging.example.com',
    to: 'checkout.example.com',
    caught: rule('ENV-09'),
  },
  {
    name: 'a wildcard host in production',
    combination: GATEWAY,
    file: overlay('prod', 'environment.yaml'),
    from: '"checkout.example.com"',
    to: '"*.example.com"',
    caught: rule('ENV-09'),
  },
  {
    name: 'production syncs by itself',
    file: 'argocd/applications/checkout-prod.yaml',
    from: '  syncPolicy:\n',
    to: '  syncPolicy:\n    automated: { prune: true, selfHeal: true }\n',
    caught: rule('PIPE-02'),
  },
  {
    name: 'an Application that follows another branch',
    file: 'argocd/applications/checkout-staging.yaml',
    from: 'targetRevision: main',
    to: 'targetRevision: staging',
    caught: rule('PIPE-01'),
  },
  {
    name: 'the overlay of another environment',
    file: 'argocd/applications/checkout-prod.yaml',
    from: 'overlays/prod',
    to: 'overlays/staging',
    caught: rule('PIPE-01'),
  },
  {
    name: 'the project that permits everything',
    file: 'argocd/applications/checkout-prod.yaml',
    from: 'project: checkout-prod',
    to: 'project: default',
    caught: rule('PIPE-01'),
  },
  {
    name: 'a project that may reach every namespace',
    file: 'argocd/projects/checkout-prod.yaml',
    from: 'namespace: checkout-prod',
    to: 'namespace: "*"',
    caught: rule('PIPE-03'),
  },
  {
    name: 'a project that takes any repository',
    file: 'argocd/projects/checkout-dev.yaml',
    from: /- https:\S+/,
    to: '- "*"',
    caught: rule('PIPE-03'),
  },
  {
    name: 'a project that forbids a kind in git',
    file: 'argocd/projects/checkout-dev.yaml',
    from: '    - group: ""\n      kind: LimitRange\n',
    to: '',
    caught: rule('PIPE-03'),
  },
  {
    name: 'a project that hides pods',
    file: 'argocd/projects/checkout-dev.yaml',
    from: '    - group: ""\n      kind: Pod\n',
    to: '',
    caught: { by: 'rule', rule: 'PIPE-03', warns: true },
  },
  {
    name: 'no Application for an environment',
    file: 'argocd/applications/checkout-dev.yaml',
    from: /kind: Application\n/,
    to: 'kind: Elsewhere\n',
    caught: rule('ENV-01'),
  },
  {
    name: 'a patch of what does not exist',
    file: overlay('prod', PATCH),
    from: 'name: checkout\nspec:',
    to: 'name: checkuot\nspec:',
    caught: { by: 'kustomize', says: 'no matches for Id' },
  },
  {
    name: 'a field that kustomize does not know',
    file: overlay('prod', KUSTOMIZATION),
    from: 'resources:\n',
    to: 'resource: []\nresources:\n',
    caught: { by: 'kustomize', says: 'unknown field' },
  },
  {
    name: 'a file that is not there',
    file: base(KUSTOMIZATION),
    from: '  - service.yaml',
    to: '  - services.yaml',
    caught: { by: 'kustomize', says: 'services.yaml' },
  },
  {
    name: 'a value of environment.yaml that is not there',
    combination: GATEWAY,
    file: overlay('prod', 'environment.yaml'),
    from: '  host:',
    to: '  hostname:',
    caught: { by: 'kustomize', says: 'data.host' },
  },
  {
    name: 'a field of a Deployment that does not exist',
    file: base('deployment.yaml'),
    from: 'revisionHistoryLimit: 5',
    to: 'revisionHistory: 5',
    caught: { by: 'types', says: 'revisionHistory' },
  },
  {
    name: 'a kind of path that an HTTPRoute does not know',
    combination: GATEWAY,
    file: base('httproute.yaml'),
    from: 'type: PathPrefix',
    to: 'type: Prefix',
    caught: { by: 'types', says: 'Prefix' },
  },
  {
    name: 'a number in place of a text in an Application',
    file: 'argocd/applications/checkout-prod.yaml',
    from: 'targetRevision: main',
    to: 'targetRevision: 20',
    caught: { by: 'types', says: "not assignable to type 'string'" },
  },
  {
    name: 'a namespace that a sync may delete',
    file: base('namespace.yaml'),
    from: 'Prune=false,Delete=false',
    to: 'Delete=false',
    caught: { by: 'argo', says: 'lacks Prune=false' },
  },
  {
    name: 'a project that comes after its applications',
    file: 'argocd/projects/checkout-prod.yaml',
    from: 'sync-wave: "-1"',
    to: 'sync-wave: "1"',
    caught: {
      by: 'argo',
      says: 'AppProject checkout-prod comes no sooner than what names it',
    },
  },
  {
    name: 'a sync that is never tried again',
    file: 'argocd/platform/checkout-monitoring.yaml',
    from: / {4}retry:\n(?: {6}.*\n)+/,
    to: '',
    caught: { by: 'argo', says: 'is not tried again after a failure' },
  },
  {
    name: 'an ApplicationSet that takes production with it',
    combination: 'two regions',
    file: 'argocd/applicationsets/checkout-prod.yaml',
    from: '    preserveResourcesOnDeletion: true\n',
    to: '',
    caught: {
      by: 'argo',
      says: 'checkout-prod takes all that runs with it when it goes',
    },
  },
  {
    name: 'a region that signs in to Vault as another',
    combination: 'two regions, applicationset, secrets',
    file: 'argocd/applicationsets/checkout-prod.yaml',
    from: 'kubernetes/mountPath',
    to: 'kubernetes/role',
    caught: {
      by: 'argo',
      says: 'checkout-prod signs in to Vault as another cluster',
    },
  },
  {
    name: 'a route without what the API server fills in',
    combination: GATEWAY,
    file: base('httproute.yaml'),
    from: '          weight: 1\n',
    to: '',
    caught: { by: 'argo', says: 'HTTPRoute checkout is OutOfSync for ever' },
  },
  {
    name: 'a secret without what the API server fills in',
    combination: SECRETS,
    file: base('external-secret.yaml'),
    from: /^ +conversionStrategy: Default\n/m,
    to: '',
    caught: {
      by: 'argo',
      says: 'ExternalSecret checkout is OutOfSync for ever',
    },
  },
  {
    name: 'a rollout that fails after ten minutes',
    file: base('deployment.yaml'),
    from: '  progressDeadlineSeconds: 300\n',
    to: '',
    caught: { by: 'argo', says: 'may fail for minutes before it says so' },
  },
  {
    name: 'an image that no container has, which kustomize passes over',
    file: overlay('prod', KUSTOMIZATION),
    from: '- name: checkout\n    newName',
    to: '- name: checkuot\n    newName',
    caught: rule('K8S-21'),
  },
  {
    name: 'a patch whose target is not there, which kustomize passes over',
    combination: 'made-up secrets in dev, baseline',
    file: overlay('dev', KUSTOMIZATION),
    from: 'kind: SecretStore\n',
    to: 'kind: SecretStores\n',
    caught: rule('K8S-21'),
  },
  {
    name: 'a policy that reads the path of another environment',
    combination: SECRETS,
    file: 'vault/policies/checkout-dev.hcl',
    from: 'path "secret/data/dev/checkout"',
    to: 'path "secret/data/prod/checkout"',
    caught: { by: 'vault', says: 'reads secret/data/prod/checkout' },
  },
  {
    name: 'a policy that reads all environments',
    combination: SECRETS,
    file: 'vault/policies/checkout-dev.hcl',
    from: 'path "secret/data/dev/checkout"',
    to: 'path "secret/data/+/checkout"',
    caught: { by: 'vault', says: 'reads secret/data/+/checkout' },
  },
  {
    name: 'a policy that may write',
    combination: SECRETS,
    file: 'vault/policies/checkout-prod.hcl',
    from: '["read"]',
    to: '["read", "update"]',
    caught: { by: 'vault', says: 'may read, update at secret/data/prod' },
  },
  {
    name: 'a policy without the part that the API adds',
    combination: SECRETS,
    file: 'vault/policies/checkout-prod.hcl',
    from: 'secret/data/prod',
    to: 'secret/prod',
    caught: { by: 'vault', says: 'and should secret/data/prod/checkout' },
  },
  {
    name: 'a role that every namespace may take on',
    combination: SECRETS,
    file: 'vault/roles/checkout_prod.json',
    from: '["checkout-prod"],\n  "audience"',
    to: '["*"],\n  "audience"',
    caught: {
      by: 'vault',
      says: 'role checkout_prod of prod binds namespaces *',
    },
  },
  {
    name: 'a role that every ServiceAccount may take on',
    combination: SECRETS,
    file: 'vault/roles/checkout_prod.json',
    from: '"bound_service_account_names": ["checkout"]',
    to: '"bound_service_account_names": ["*"]',
    caught: {
      by: 'vault',
      says: 'role checkout_prod of prod binds ServiceAccounts *',
    },
  },
  {
    name: 'a role with the policy of another environment',
    combination: SECRETS,
    file: 'vault/roles/checkout_dev.json',
    from: '"checkout-dev"],\n  "token_ttl"',
    to: '"checkout-prod"],\n  "token_ttl"',
    caught: { by: 'vault', says: 'policy checkout-dev is of no role' },
  },
  {
    name: 'a role with a policy that is not there',
    combination: SECRETS,
    file: 'vault/roles/checkout_dev.json',
    from: '"checkout-dev"],\n  "token_ttl"',
    to: '"checkout-development"],\n  "token_ttl"',
    caught: {
      by: 'vault',
      says: 'has policy checkout-development, which is nowhere',
    },
  },
  {
    name: 'a store of the whole cluster, for every environment',
    combination: SECRETS,
    file: base('secret-store.yaml'),
    from: 'kind: SecretStore',
    to: 'kind: ClusterSecretStore',
    also: [
      {
        file: base('external-secret.yaml'),
        from: 'kind: SecretStore',
        to: 'kind: ClusterSecretStore',
      },
    ],
    caught: rule('SEC-02'),
  },
  {
    name: 'a store of the whole cluster that environments share by its conditions',
    combination: SECRETS,
    file: base('secret-store.yaml'),
    from: /kind: SecretStore([^]*)spec:\n/,
    to: 'kind: ClusterSecretStore$1spec:\n  conditions: [{ namespaceSelector: { matchLabels: { team: payments } } }]\n',
    also: [
      {
        file: base('external-secret.yaml'),
        from: 'kind: SecretStore',
        to: 'kind: ClusterSecretStore',
      },
    ],
    caught: rule('SEC-02'),
  },
  {
    name: 'secrets of a store that is the platform’s',
    combination: SECRETS,
    file: base('external-secret.yaml'),
    from: 'kind: SecretStore',
    to: 'kind: ClusterSecretStore',
    caught: { by: 'vault', says: 'reads secret/data/prod/checkout' },
  },
  {
    name: 'a key that repeats the mount of Vault',
    combination: SECRETS,
    file: base('external-secret.yaml'),
    from: /key: environment/g,
    to: 'key: secret/environment',
    also: [
      {
        file: 'apps/checkout/components/environment/kustomization.yaml',
        from: 'index: 0',
        to: 'index: 1',
      },
    ],
    caught: { by: 'rule', rule: 'SEC-01', warns: true },
  },
  {
    name: 'a key of one environment that repeats the mount of Vault',
    combination: SECRETS,
    file: overlay('prod', 'environment.yaml'),
    from: 'name: prod',
    to: 'name: secret/prod',
    caught: { by: 'rule', rule: 'SEC-01', warns: true },
  },
  {
    name: 'the environment in selectors',
    file: overlay('prod', KUSTOMIZATION),
    from: 'includeSelectors: false',
    to: 'includeSelectors: true',
    caught: rule('K8S-05'),
  },
  {
    name: 'the environment in selectors, by common labels',
    file: overlay('prod', KUSTOMIZATION),
    from: 'patches:\n',
    to: 'commonLabels:\n  environment: prod\npatches:\n',
    caught: rule('K8S-05'),
  },
  {
    name: 'a patch that replaces the keys of a secret in production',
    combination: SECRETS,
    file: overlay('prod', KUSTOMIZATION),
    from: 'patches:\n',
    to: FEWER_KEYS,
    caught: rule('SEC-01'),
  },
  {
    name: 'a patch that replaces the keys of a secret everywhere',
    combination: SECRETS,
    file: base(KUSTOMIZATION),
    from: 'labels:\n',
    to: `${FEWER_KEYS}labels:\n`,
    caught: { by: 'rule', rule: 'K8S-21', warns: true },
  },
];
