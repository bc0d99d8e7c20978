import { Intent, validateIntent } from '../../intent';

/**
 * Environments as other people's repositories render them: each in the shape of a layout that is common, with words of its
 * own. A function of the environment gives the manifests, so that the environments differ in what they should differ in.
 */
export interface ForeignRepository {
  readonly name: string;
  readonly intent: Intent;
  readonly manifests: Readonly<Record<string, string>>;
}

export interface Place {
  readonly name: string;
  readonly namespace: string;
  readonly replicas: number;
  readonly host: string;
  readonly tag: string;
  /** What Kustomize puts behind the names of generated objects. */
  readonly hash: string;
}

const HASHES = ['7hk4d8gt5b', '8gt5bmk29f', 'k9fd2hm4tb', 'm2c4f6h8k9'];

/** A repository of a function that renders an environment. The last environment is production, unless others are too. */
export function repository(options: {
  name: string;
  environments: readonly string[];
  namespaceOf?: (environment: string) => string;
  clusterOf?: (environment: string) => string;
  productions?: readonly string[];
  render: (place: Place) => string;
}): ForeignRepository {
  const { name, environments, render } = options;
  const last = environments.length - 1;
  const clusterOf =
    options.clusterOf ??
    (environment => (environment === environments[last] ? 'live' : 'other'));
  const places = environments.map(
    (environment, index): Place => ({
      name: environment,
      namespace: options.namespaceOf?.(environment) ?? `${name}-${environment}`,
      replicas: index === last ? Math.max(3, index + 1) : index + 1,
      host:
        index === last
          ? `${name}.example.com`
          : `${name}.${environment}.example.com`,
      tag: `2.${last - index}.0`,
      hash: HASHES[index % HASHES.length],
    }),
  );
  const result = validateIntent({
    apiVersion: 'environments.envmatrix.dev/v1alpha1',
    kind: 'Environments',
    metadata: { name, owner: 'group:default/web' },
    isolation: 'custom',
    clusters: [...new Set(environments.map(clusterOf))].map(cluster => ({
      name: cluster,
      environments: environments.filter(
        environment => clusterOf(environment) === cluster,
      ),
    })),
    environments: places.map((place, index) => ({
      name: place.name,
      level: index + 1,
      kind: (options.productions ?? [environments[last]]).includes(place.name)
        ? 'production'
        : 'non-production',
      cluster: clusterOf(place.name),
      namespace: place.namespace,
      delivery:
        index === 0
          ? { sync: 'automatic' }
          : { sync: 'automatic', from: environments[index - 1] },
    })),
  });
  if (!result.ok) {
    throw new Error(JSON.stringify(result.problems));
  }
  return {
    name,
    intent: result.intent,
    manifests: Object.fromEntries(
      places.map(place => [place.name, render(place)]),
    ),
  };
}

const deploymentOf = (options: {
  name: string;
  image: string;
  replicas: number;
  namespace?: string;
  env?: string;
  labels?: string;
}) => `apiVersion: apps/v1
kind: Deployment
metadata:
  name: ${options.name}
${
  options.namespace ? `  namespace: ${options.namespace}\n` : ''
}  labels: { app: ${options.name}${options.labels ?? ''} }
spec:
  replicas: ${options.replicas}
  selector: { matchLabels: { app: ${options.name} } }
  template:
    metadata:
      labels: { app: ${options.name}${options.labels ?? ''} }
    spec:
      containers:
        - name: server
          image: ${options.image}
          args: [serve, --verbose]
          ports: [{ name: http, containerPort: 8080 }]
          env:
            - { name: MODE, value: fast }
${
  options.env ?? ''
}          readinessProbe: { httpGet: { path: /ready, port: http } }
          livenessProbe: { httpGet: { path: /live, port: 8080 }, periodSeconds: 20 }
          resources:
            requests: { cpu: 100m, memory: 128Mi }
            limits: { cpu: '1', memory: 256Mi }
          volumeMounts: [{ name: cache, mountPath: /cache }]
      volumes: [{ name: cache, emptyDir: {} }]
`;

const serviceOf = (name: string, namespace?: string) => `apiVersion: v1
kind: Service
metadata:
  name: ${name}
${namespace ? `  namespace: ${namespace}\n` : ''}spec:
  selector: { app: ${name} }
  ports: [{ name: http, port: 80, targetPort: http }]
`;

/** A base with patches in overlays, as the documentation of Kustomize has it: namespaces, host names, a ConfigMap with a hash. */
const overlays = repository({
  name: 'podinfo',
  environments: ['qa', 'preprod', 'live'],
  render: ({ name, namespace, replicas, host, tag, hash }) =>
    [
      deploymentOf({
        name: 'podinfo',
        namespace,
        replicas,
        image: `ghcr.io/example/podinfo:${tag}`,
        env: `            - { name: URL, value: 'https://${host}' }\n            - { name: COLOR, valueFrom: { configMapKeyRef: { name: settings-${hash}, key: color } } }\n`,
      }),
      serviceOf('podinfo', namespace),
      `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: settings-${hash}, namespace: ${namespace} }\ndata: { color: blue, stage: ${name} }\n`,
      `apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: { name: podinfo, namespace: ${namespace} }\nspec:\n  ingressClassName: nginx\n  tls: [{ hosts: [${host}], secretName: podinfo-tls }]\n  rules: [{ host: ${host}, http: { paths: [{ path: /, pathType: Prefix, backend: { service: { name: podinfo, port: { name: http } } } }] } }]\n`,
      `apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata: { name: podinfo, namespace: ${namespace} }\nrules: [{ apiGroups: [''], resources: [configmaps], verbs: [get, list] }]\n`,
    ].join('---\n'),
});

/** The same namespace in a cluster of its own for each environment, and what a chart of Helm inflates to. */
const inflated = repository({
  name: 'ingress-proxy',
  environments: ['dev', 'prod'],
  namespaceOf: () => 'proxy',
  clusterOf: environment => environment,
  render: ({ replicas, tag, namespace }) =>
    [
      `# Source: proxy/templates/serviceaccount.yaml\napiVersion: v1\nkind: ServiceAccount\nmetadata:\n  name: release-name-proxy\n  namespace: ${namespace}\n  labels: { helm.sh/chart: proxy-1.2.3, app.kubernetes.io/managed-by: Helm }\nautomountServiceAccountToken: true\n`,
      deploymentOf({
        name: 'release-name-proxy',
        namespace,
        replicas,
        image: `docker.io/example/proxy:${tag}`,
        labels: ', helm.sh/chart: proxy-1.2.3',
      }),
      serviceOf('release-name-proxy', namespace),
      `apiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: { name: release-name-proxy, namespace: ${namespace} }\nspec: { minAvailable: 1, selector: { matchLabels: { app: release-name-proxy } } }\n`,
      `apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: { name: release-name-proxy, namespace: ${namespace} }\nspec:\n  scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: other }\n  minReplicas: 1\n  maxReplicas: 5\n  metrics: [{ type: Resource, resource: { name: cpu, target: { type: Utilization, averageUtilization: 80 } } }]\n`,
    ].join('---\n'),
});

/** Several services in one repository, one namespace for each environment, with prefixes in the names. */
const prefixed = repository({
  name: 'shop',
  environments: ['dev', 'staging', 'prod'],
  namespaceOf: environment => environment,
  render: ({ name, namespace, replicas, tag }) =>
    ['cart', 'orders']
      .flatMap(service => [
        deploymentOf({
          name: `${name}-${service}`,
          namespace,
          replicas,
          image: `registry.example.com/shop/${service}:${tag}`,
        }),
        serviceOf(`${name}-${service}`, namespace),
      ])
      .join('---\n'),
});

/** Suffixes in the names, a database with storage of its own, jobs, and no namespace in the manifests at all. */
const stateful = repository({
  name: 'ledger',
  environments: ['test', 'uat', 'production'],
  render: ({ name, tag }) =>
    [
      `apiVersion: apps/v1\nkind: StatefulSet\nmetadata: { name: ledger-${name} }\nspec:\n  serviceName: ledger-${name}\n  replicas: 3\n  selector: { matchLabels: { app: ledger } }\n  template:\n    metadata: { labels: { app: ledger } }\n    spec:\n      terminationGracePeriodSeconds: 60\n      initContainers: [{ name: prepare, image: 'busybox:1.36.1', command: [sh, -c, 'mkdir -p /data'] }]\n      containers:\n        - name: ledger\n          image: example/ledger:${tag}\n          ports: [{ containerPort: 5432 }]\n          resources: { requests: { cpu: 250m, memory: 1Gi }, limits: { cpu: '1', memory: 1Gi } }\n          volumeMounts: [{ name: data, mountPath: /data }]\n        - name: exporter\n          image: example/exporter:0.9.1\n          resources: { requests: { cpu: 10m, memory: 16Mi }, limits: { cpu: 50m, memory: 32Mi } }\n  volumeClaimTemplates: [{ metadata: { name: data }, spec: { accessModes: [ReadWriteOnce], resources: { requests: { storage: 10Gi } } } }]\n`,
      `apiVersion: v1\nkind: Service\nmetadata: { name: ledger-${name} }\nspec: { clusterIP: None, selector: { app: ledger }, ports: [{ port: 5432 }] }\n`,
      `apiVersion: batch/v1\nkind: CronJob\nmetadata: { name: backup-${name} }\nspec:\n  schedule: '0 3 * * *'\n  jobTemplate: { spec: { template: { spec: { restartPolicy: OnFailure, containers: [{ name: backup, image: 'example/backup:3.1.0', args: [--all], resources: { requests: { cpu: 10m, memory: 16Mi }, limits: { cpu: 50m, memory: 32Mi } } }] } } } }\n`,
    ].join('---\n'),
});

/** Kinds that nobody has heard of, beside those of the operators that everybody runs. */
const custom = repository({
  name: 'sensor',
  environments: ['lab', 'field'],
  render: ({ namespace, replicas, tag, host }) =>
    [
      deploymentOf({
        name: 'sensor',
        namespace,
        replicas,
        image: `quay.io/example/sensor:${tag}`,
      }),
      `apiVersion: monitoring.coreos.com/v1\nkind: ServiceMonitor\nmetadata: { name: sensor, namespace: ${namespace} }\nspec: { selector: { matchLabels: { app: sensor } }, endpoints: [{ port: http, interval: 30s }] }\n`,
      `apiVersion: monitoring.coreos.com/v1\nkind: PrometheusRule\nmetadata: { name: sensor, namespace: ${namespace} }\nspec: { groups: [{ name: sensor, rules: [{ alert: Down, expr: 'up == 0', for: 5m, labels: { severity: warning } }] }] }\n`,
      `apiVersion: example.com/v1beta1\nkind: Widget\nmetadata: { name: sensor, namespace: ${namespace} }\nspec: { size: 3, modes: [fast, safe], nested: { deep: { flag: true } } }\n`,
      `apiVersion: cert-manager.io/v1\nkind: Certificate\nmetadata: { name: sensor, namespace: ${namespace} }\nspec: { secretName: sensor-tls, dnsNames: [${host}], issuerRef: { name: main, kind: ClusterIssuer } }\n`,
      `apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: { name: sensor, namespace: ${namespace} }\nspec: { podSelector: { matchLabels: { app: sensor } }, policyTypes: [Ingress], ingress: [{ from: [{ podSelector: {} }], ports: [{ port: 8080 }] }] }\n`,
    ].join('---\n'),
});

/** Six environments in a row, with policies and quotas. */
const long = repository({
  name: 'claims',
  environments: ['dev', 'sit', 'uat', 'perf', 'preprod', 'prod'],
  render: ({ name, namespace, replicas, tag }) =>
    [
      `apiVersion: v1\nkind: Namespace\nmetadata: { name: ${namespace}, labels: { environment: ${name}, pod-security.kubernetes.io/enforce: baseline } }\n`,
      `apiVersion: v1\nkind: ResourceQuota\nmetadata: { name: compute, namespace: ${namespace}, labels: { environment: ${name} } }\nspec: { hard: { requests.cpu: '20', requests.memory: 40Gi, limits.cpu: '40', limits.memory: 80Gi, pods: '50' } }\n`,
      `apiVersion: v1\nkind: LimitRange\nmetadata: { name: defaults, namespace: ${namespace}, labels: { environment: ${name} } }\nspec: { limits: [{ type: Container, default: { cpu: 500m, memory: 256Mi }, defaultRequest: { cpu: 100m, memory: 128Mi } }] }\n`,
      `apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: { name: default-deny, namespace: ${namespace}, labels: { environment: ${name} } }\nspec: { podSelector: {}, policyTypes: [Ingress, Egress] }\n`,
      deploymentOf({
        name: 'claims',
        namespace,
        replicas,
        image: `example.azurecr.io/claims:${tag}`,
        labels: `, environment: ${name}`,
      }),
    ].join('---\n'),
});

/** Prefixes and suffixes in every name, Gateway API, Argo Rollouts, KEDA, and rules of Prometheus that select by namespace. */
const gateway = repository({
  name: 'payments',
  environments: ['int', 'acc', 'prd'],
  render: ({ name, namespace, replicas, host, tag, hash }) =>
    [
      deploymentOf({
        name: `${name}-payments-v1`,
        replicas,
        image: `acme.azurecr.io/payments:${tag}`,
        env: `            - { name: RATE, valueFrom: { configMapKeyRef: { name: ${name}-rates-v1-${hash}, key: rate } } }\n`,
      })
        .replace('apps/v1', 'argoproj.io/v1alpha1')
        .replace('kind: Deployment', 'kind: Rollout'),
      serviceOf(`${name}-payments-v1`),
      `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: ${name}-rates-v1-${hash} }\ndata: { rate: '1' }\n`,
      `apiVersion: gateway.networking.k8s.io/v1\nkind: HTTPRoute\nmetadata: { name: ${name}-payments-v1 }\nspec:\n  parentRefs: [{ name: public, namespace: gateways, sectionName: https }]\n  hostnames: [${host}]\n  rules:\n    - matches: [{ path: { type: PathPrefix, value: / } }]\n      filters: [{ type: RequestHeaderModifier, requestHeaderModifier: { set: [{ name: X-Env, value: ${name} }] } }]\n      backendRefs: [{ name: ${name}-payments-v1, port: 80 }]\n`,
      `apiVersion: cert-manager.io/v1\nkind: Certificate\nmetadata: { name: ${name}-payments-v1 }\nspec: { secretName: ${name}-payments-v1-tls, dnsNames: [${host}], issuerRef: { name: letsencrypt, kind: ClusterIssuer } }\n`,
      `apiVersion: keda.sh/v1alpha1\nkind: ScaledObject\nmetadata: { name: ${name}-payments-v1 }\nspec: { scaleTargetRef: { name: ${name}-payments-v1 }, triggers: [{ type: kafka, metadata: { topic: pay, server: 'kafka.${name}.acme.io:9092', lagThreshold: '50' } }] }\n`,
      `apiVersion: acme.io/v1\nkind: Hook\nmetadata: { name: ${name}-hook-v1 }\nspec: { url: 'https://${host}/hook', targets: [{ name: ${name}-payments-v1, weight: 1 }] }\n`,
      `apiVersion: monitoring.coreos.com/v1\nkind: PrometheusRule\nmetadata: { name: ${name}-payments-v1 }\nspec: { groups: [{ name: payments, rules: [{ record: 'payments:errors', expr: 'rate(errors{namespace="${namespace}"}[5m])' }, { alert: Errors, expr: 'payments:errors > 1', for: 5m, labels: { severity: critical } }] }] }\n`,
    ].join('---\n'),
});

export const FOREIGN: readonly ForeignRepository[] = [
  overlays,
  inflated,
  prefixed,
  stateful,
  custom,
  long,
  gateway,
];
