import { stringify } from 'yaml';
import { Place, repository } from './repositories';

/** Objects as plain data, of one environment. */
const manifests = (objects: readonly object[]) =>
  objects
    .map(object => stringify(object, { aliasDuplicateObjects: false }))
    .join('---\n');

const RESOURCES = {
  requests: { cpu: '100m', memory: '256Mi' },
  limits: { cpu: '500m', memory: '512Mi' },
};

const SPREAD = ['topology.kubernetes.io/zone', 'kubernetes.io/hostname'];

/** What a chart inflates to with a release for each environment: prefixes, labels and selectors with its name, an HPA that dev lacks. */
export const chart = repository({
  name: 'orders',
  environments: ['dev', 'staging', 'prod'],
  render: ({ name, namespace, host, tag }) => {
    const release = `orders-${name}`;
    const selected = {
      'app.kubernetes.io/name': 'api',
      'app.kubernetes.io/instance': release,
    };
    const labels = {
      ...selected,
      'helm.sh/chart': 'orders-0.14.3',
      'app.kubernetes.io/version': tag,
      'app.kubernetes.io/managed-by': 'Helm',
    };
    const account = name === 'prod' ? '222222222222' : '111111111111';
    const metadata = { name: `${release}-api`, namespace, labels };
    const guards = [
      {
        apiVersion: 'policy/v1',
        kind: 'PodDisruptionBudget',
        metadata,
        spec: { maxUnavailable: 1, selector: { matchLabels: selected } },
      },
      {
        apiVersion: 'autoscaling/v2',
        kind: 'HorizontalPodAutoscaler',
        metadata,
        spec: {
          scaleTargetRef: {
            apiVersion: 'apps/v1',
            kind: 'Deployment',
            name: `${release}-api`,
          },
          minReplicas: name === 'prod' ? 3 : 2,
          maxReplicas: 10,
        },
      },
    ];
    return manifests([
      {
        apiVersion: 'v1',
        kind: 'ServiceAccount',
        metadata: {
          name: release,
          namespace,
          annotations: {
            'eks.amazonaws.com/role-arn': `arn:aws:iam::${account}:role/orders-${name}`,
          },
        },
      },
      {
        apiVersion: 'bitnami.com/v1alpha1',
        kind: 'SealedSecret',
        metadata: { name: `${release}-secrets`, namespace },
        spec: { encryptedData: { DB: `AgB${name}==`, TOKEN: `AgC${name}==` } },
      },
      {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata,
        spec: {
          ...(name === 'dev' ? { replicas: 1 } : {}),
          selector: { matchLabels: selected },
          template: {
            metadata: {
              labels,
              annotations: { 'checksum/config': `${name}0f` },
            },
            spec: {
              serviceAccountName: release,
              containers: [
                {
                  name: 'api',
                  image: `ghcr.io/acme/orders:${tag}`,
                  args: ['serve', `--profile=${name}`],
                  ports: [{ name: 'http', containerPort: 8080 }],
                  env: [
                    {
                      name: 'OTEL_RESOURCE_ATTRIBUTES',
                      value: `deployment.environment=${name},service.version=${tag}`,
                    },
                    { name: 'STAGE', value: name.toUpperCase() },
                    { name: 'CATALOG_URL', value: 'http://catalog:8080' },
                  ],
                  envFrom: [
                    {
                      prefix: 'S_',
                      secretRef: { name: `${release}-secrets` },
                    },
                  ],
                  readinessProbe: {
                    httpGet: {
                      path: '/ready',
                      port: 'http',
                      httpHeaders: [{ name: 'Host', value: host }],
                    },
                  },
                  resources: RESOURCES,
                },
              ],
              affinity: {
                podAntiAffinity: {
                  preferredDuringSchedulingIgnoredDuringExecution: SPREAD.map(
                    topologyKey => ({
                      weight: 100,
                      podAffinityTerm: {
                        topologyKey,
                        labelSelector: { matchLabels: selected },
                      },
                    }),
                  ),
                },
              },
            },
          },
        },
      },
      ...(name === 'dev' ? [] : guards),
      {
        apiVersion: 'networking.k8s.io/v1',
        kind: 'Ingress',
        metadata: {
          ...metadata,
          annotations: {
            'cert-manager.io/cluster-issuer':
              name === 'prod' ? 'letsencrypt-prod' : 'letsencrypt-staging',
          },
        },
        spec: {
          ingressClassName: 'nginx',
          rules: [
            {
              host,
              http: {
                paths: [
                  {
                    path: '/',
                    pathType: 'Prefix',
                    backend: {
                      service: {
                        name: `${release}-api`,
                        port: { name: 'http' },
                      },
                    },
                  },
                ],
              },
            },
          ],
        },
      },
      {
        apiVersion: 'batch/v1',
        kind: 'Job',
        metadata: { name: `${release}-migrate`, namespace },
        spec: {
          template: {
            spec: {
              restartPolicy: 'Never',
              containers: [
                {
                  name: 'migrate',
                  image: `ghcr.io/acme/orders:${tag}`,
                  envFrom: [{ secretRef: { name: `${release}-secrets` } }],
                  resources: RESOURCES,
                },
              ],
            },
          },
        },
      },
    ]);
  },
});

const REGIONS: Readonly<Record<string, string>> = {
  'prod-eu': 'eu',
  'prod-us': 'us',
};

/** Two productions in regions of their own, of different size, in restricted namespaces. */
export const regions = repository({
  name: 'billing',
  environments: ['staging', 'prod-eu', 'prod-us'],
  productions: ['prod-eu', 'prod-us'],
  clusterOf: environment => environment,
  render: ({ name, namespace, tag }) =>
    manifests([
      {
        apiVersion: 'v1',
        kind: 'Namespace',
        metadata: {
          name: namespace,
          labels: { 'pod-security.kubernetes.io/enforce': 'restricted' },
        },
      },
      {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name: 'billing', namespace },
        spec: {
          replicas: { staging: 2, 'prod-eu': 6 }[name] ?? 4,
          selector: { matchLabels: { app: 'billing' } },
          template: {
            metadata: { labels: { app: 'billing' } },
            spec: {
              securityContext: {
                runAsNonRoot: true,
                seccompProfile: { type: 'RuntimeDefault' },
              },
              containers: ['billing', 'proxy'].map(container => ({
                name: container,
                image: `public.ecr.aws/acme/${container}:${tag}`,
                securityContext: {
                  allowPrivilegeEscalation: false,
                  capabilities: { drop: ['ALL'] },
                },
                livenessProbe: { grpc: { port: 9000 } },
                resources: RESOURCES,
              })),
              topologySpreadConstraints: SPREAD.map(topologyKey => ({
                maxSkew: 1,
                topologyKey,
                whenUnsatisfiable: 'DoNotSchedule',
                labelSelector: { matchLabels: { app: 'billing' } },
              })),
            },
          },
        },
      },
      {
        apiVersion: 'policy/v1',
        kind: 'PodDisruptionBudget',
        metadata: { name: 'billing', namespace },
        spec: {
          minAvailable: name === 'staging' ? 1 : 2,
          selector: { matchLabels: { app: 'billing' } },
        },
      },
      {
        apiVersion: 'networking.k8s.io/v1',
        kind: 'NetworkPolicy',
        metadata: { name: 'default', namespace },
        spec: { podSelector: {}, policyTypes: ['Ingress', 'Egress'] },
      },
      {
        apiVersion: 'networking.istio.io/v1',
        kind: 'VirtualService',
        metadata: { name: 'billing', namespace },
        spec: {
          hosts: [`billing.${REGIONS[name] ?? name}.acme.net`],
          http: [{ route: [{ destination: { host: 'billing' } }] }],
        },
      },
      {
        apiVersion: 'external-secrets.io/v1',
        kind: 'ExternalSecret',
        metadata: { name: 'billing', namespace },
        spec: {
          secretStoreRef: { name: 'aws', kind: 'SecretStore' },
          data: [{ secretKey: 'KEY', remoteRef: { key: `${name}/billing` } }],
        },
      },
    ]),
});

/** Traefik, KEDA, images by digest, secrets by path, monitors of several endpoints; environments by their long names. */
export const media = repository({
  name: 'media',
  environments: ['development', 'staging', 'production'],
  render: place => manifests(mediaObjects(place)),
});

function mediaObjects({ name, namespace, replicas }: Place): object[] {
  const domain = `${name === 'production' ? '' : `${name}.`}media.example.org`;
  const metadata = (object: string) => ({ name: object, namespace });
  return [
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: metadata('transcoder'),
      spec: {
        selector: { matchLabels: { app: 'transcoder' } },
        template: {
          metadata: { labels: { app: 'transcoder' } },
          spec: {
            containers: [
              {
                name: 'transcoder',
                image: `ghcr.io/example/transcoder@sha256:${(name ===
                'production'
                  ? 'a'
                  : 'b'
                ).repeat(64)}`,
                env: [
                  {
                    name: 'RAILS_ENV',
                    value: name === 'development' ? 'dev' : name,
                  },
                ],
                resources: RESOURCES,
              },
            ],
          },
        },
      },
    },
    {
      apiVersion: 'keda.sh/v1alpha1',
      kind: 'ScaledObject',
      metadata: metadata('transcoder'),
      spec: {
        scaleTargetRef: { name: 'transcoder' },
        minReplicaCount: replicas === 1 ? 0 : replicas,
        maxReplicaCount: replicas * 4,
        triggers: [{ type: 'rabbitmq', metadata: { value: '20' } }],
      },
    },
    {
      apiVersion: 'traefik.io/v1alpha1',
      kind: 'IngressRoute',
      metadata: metadata('web'),
      spec: {
        routes: [
          {
            match: `Host(\`${domain}\`) && PathPrefix(\`/\`)`,
            kind: 'Rule',
            services: [{ name: 'web', port: 80 }],
          },
        ],
      },
    },
    {
      apiVersion: 'external-secrets.io/v1',
      kind: 'ExternalSecret',
      metadata: metadata('s3'),
      spec: {
        refreshInterval: '1h',
        secretStoreRef: { name: 'vault', kind: 'ClusterSecretStore' },
        dataFrom: [{ extract: { key: `kv/${name}/media/s3` } }],
      },
    },
    {
      apiVersion: 'cert-manager.io/v1',
      kind: 'Certificate',
      metadata: metadata('web'),
      spec: {
        secretName: 'web-tls',
        dnsNames: [domain],
        duration: '2160h',
        renewBefore: '360h',
        issuerRef: {
          name: name === 'production' ? 'letsencrypt' : 'letsencrypt-staging',
          kind: 'ClusterIssuer',
        },
      },
    },
    {
      apiVersion: 'monitoring.coreos.com/v1',
      kind: 'ServiceMonitor',
      metadata: metadata('transcoder'),
      spec: {
        selector: { matchLabels: { app: 'transcoder' } },
        endpoints: [
          { port: 'metrics', interval: '30s' },
          { port: 'admin', path: '/admin/metrics' },
        ],
      },
    },
  ];
}

/** Two environments alone, and a service whose name begins as one of them is called. */
export const pair = repository({
  name: 'blog',
  environments: ['preview', 'production'],
  render: ({ name, namespace, replicas, tag }) => {
    const object = `preview-blog-${name}`;
    const metadata = { name: object, namespace };
    return manifests([
      {
        apiVersion: 'apps/v1',
        kind: 'StatefulSet',
        metadata,
        spec: {
          replicas,
          serviceName: object,
          selector: { matchLabels: { app: 'blog' } },
          template: {
            metadata: { labels: { app: 'blog' } },
            spec: {
              initContainers: [
                {
                  name: 'agent',
                  image: 'example/agent:1.0.0',
                  restartPolicy: 'Always',
                },
              ],
              containers: [
                {
                  name: 'blog',
                  image: `ghost:${tag}`,
                  env: [{ name: 'DB_HOST', value: `mysql-${name}` }],
                  resources: RESOURCES,
                  volumeMounts: [{ name: 'tokens', mountPath: '/tokens' }],
                },
              ],
              volumes: [
                {
                  name: 'tokens',
                  projected: {
                    sources: [
                      { serviceAccountToken: { path: 'token' } },
                      { configMap: { name: 'settings' } },
                    ],
                  },
                },
              ],
            },
          },
          volumeClaimTemplates: [
            {
              metadata: { name: 'data' },
              spec: {
                accessModes: ['ReadWriteOnce'],
                resources: { requests: { storage: '1Gi' } },
              },
            },
          ],
        },
      },
      {
        apiVersion: 'v1',
        kind: 'Service',
        metadata,
        spec: { selector: { app: 'blog' }, ports: [{ port: 80 }] },
      },
      {
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'RoleBinding',
        metadata: { name: 'blog', namespace },
        roleRef: {
          apiGroup: 'rbac.authorization.k8s.io',
          kind: 'Role',
          name: 'blog',
        },
        subjects: [{ kind: 'ServiceAccount', name: 'blog', namespace }],
      },
    ]);
  },
});

export const LIFELIKE = [chart, regions, media, pair];
