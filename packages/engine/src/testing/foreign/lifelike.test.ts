import { verify } from '../../rules/verify';
import { NOW } from '../fixtures';
import { listAt, partAt, removeAt, setAt, textAt } from '../editing';
import { effect, find, judged, Objects, place } from './effect';
import { chart, LIFELIKE, media, pair, regions } from './lifelike';
import { ForeignRepository } from './repositories';

const spec = (objects: Objects, kind = 'Deployment') =>
  partAt(find(objects, kind), '/spec/template/spec');

const container = (objects: Objects, kind?: string) =>
  partAt(spec(objects, kind), '/containers/0');

const remove = (objects: Objects, kind: string) =>
  objects.splice(objects.indexOf(find(objects, kind)), 1);

const API = 'apps/Deployment orders-api /spec/template/spec/containers/api';
const BILLING = 'apps/Deployment billing /spec/template/spec';

/** What is changed, where, and every finding that it brings; differences that nothing explains follow them. */
type Case = [
  string,
  ForeignRepository,
  string,
  (objects: Objects) => void,
  string[],
];

const CASES: Case[] = [
  [
    'the staging endpoint of an authority, for production',
    chart,
    'prod',
    o =>
      setAt(
        find(o, 'Ingress'),
        '/metadata/annotations/cert-manager.io~1cluster-issuer',
        'letsencrypt-staging',
      ),
    [
      'fail SEC-08 [prod] networking.k8s.io/Ingress orders-api /metadata/annotations/cert-manager.io~1cluster-issuer',
    ],
  ],
  [
    'the role of another environment',
    chart,
    'prod',
    o =>
      setAt(
        find(o, 'ServiceAccount'),
        '/metadata/annotations/eks.amazonaws.com~1role-arn',
        'arn:aws:iam::111111111111:role/orders-staging',
      ),
    [
      'fail K8S-24 [prod] ServiceAccount orders /metadata/annotations/eks.amazonaws.com~1role-arn',
    ],
  ],
  [
    'another role of its own account',
    chart,
    'prod',
    o =>
      setAt(
        find(o, 'ServiceAccount'),
        '/metadata/annotations/eks.amazonaws.com~1role-arn',
        'arn:aws:iam::222222222222:role/admin',
      ),
    [
      'unclassified K8S-28 staging>prod ServiceAccount orders /metadata/annotations/eks.amazonaws.com~1role-arn',
    ],
  ],
  [
    'a sealed key less',
    chart,
    'prod',
    o => removeAt(find(o, 'SealedSecret'), '/spec/encryptedData/TOKEN'),
    [
      'fail SEC-01 [prod] bitnami.com/SealedSecret orders-secrets /spec/encryptedData/TOKEN',
    ],
  ],
  [
    'no autoscaler in production, which sets the replicas',
    chart,
    'prod',
    o => remove(o, 'HorizontalPodAutoscaler'),
    ['fail K8S-01 [prod] autoscaling/HorizontalPodAutoscaler orders-api'],
  ],
  [
    'no autoscaler in staging, as dev has none either',
    chart,
    'staging',
    o => remove(o, 'HorizontalPodAutoscaler'),
    // Which of the two is wrong, nothing tells: it is the later one.
    ['fail K8S-01 [prod] autoscaling/HorizontalPodAutoscaler orders-api'],
  ],
  [
    'nothing that spreads pods',
    chart,
    'prod',
    o => removeAt(spec(o), '/affinity'),
    ['fail K8S-18 [prod] apps/Deployment orders-api'],
  ],
  [
    'a tag that moves, beside labels with the version',
    chart,
    'prod',
    o => setAt(container(o), '/image', 'ghcr.io/acme/orders:latest'),
    [`fail K8S-11 [prod] ${API}/image`],
  ],
  [
    'another image in the environment between, of which all run another release',
    chart,
    'staging',
    o =>
      setAt(
        container(o),
        '/image',
        textAt(container(o), '/image').replace('acme', 'evil'),
      ),
    [`fail K8S-02 [staging] ${API}/image`],
  ],
  [
    'a profile that no environment is called, where each names its own',
    chart,
    'staging',
    o => setAt(container(o), '/env/1/value', 'canary'),
    [`fail K8S-03 [staging] ${API}/env/STAGE`],
  ],
  [
    'the name of another environment in another spelling',
    chart,
    'prod',
    o => setAt(container(o), '/env/1/value', 'STAGING'),
    [`fail K8S-24 [prod] ${API}/env/STAGE`],
  ],
  [
    'another Service of the cluster',
    chart,
    'prod',
    o => setAt(container(o), '/env/2/value', 'http://catalog-v2:8080'),
    [`fail K8S-03 [prod] ${API}/env/CATALOG_URL`],
  ],
  [
    'a limit below its request, which is the one of the others',
    chart,
    'prod',
    o => setAt(container(o), '/resources/limits/memory', '1Mi'),
    [`fail K8S-10 [prod] ${API}/resources/limits/memory`],
  ],
  [
    'less in the environment between than before and after',
    chart,
    'staging',
    o => setAt(container(o), '/resources/requests/cpu', '1m'),
    [`fail K8S-10 [staging] ${API}/resources/requests/cpu`],
  ],
  [
    'a budget less, beside those of other workloads',
    chart,
    'staging',
    o => remove(o, 'PodDisruptionBudget'),
    ['fail K8S-17 [staging] apps/Deployment orders-api'],
  ],

  [
    'a pod that may run as root, for all its containers',
    regions,
    'prod-us',
    o => removeAt(spec(o), '/securityContext/runAsNonRoot'),
    [`fail K8S-19 [prod-us] ${BILLING}/securityContext/runAsNonRoot`],
  ],
  [
    'no security context at all',
    regions,
    'prod-us',
    o => removeAt(spec(o), '/securityContext'),
    [`fail K8S-19 [prod-us] ${BILLING}/securityContext`],
  ],
  [
    'a container without a security context',
    regions,
    'prod-us',
    o => removeAt(container(o), '/securityContext'),
    [`fail K8S-19 [prod-us] ${BILLING}/containers/billing/securityContext`],
  ],
  [
    'a port of the node',
    regions,
    'prod-us',
    o => setAt(container(o), '/ports', [{ containerPort: 80, hostPort: 80 }]),
    [
      `fail K8S-19 [prod-us] ${BILLING}/containers/billing/ports/80~1TCP/hostPort`,
    ],
  ],
  [
    'a policy that lets everything in, in place of the one that lets nothing in',
    regions,
    'prod-us',
    o => setAt(find(o, 'NetworkPolicy'), '/spec/ingress', [{}]),
    [
      'fail K8S-16 [prod-us] networking.k8s.io/NetworkPolicy default /spec/ingress',
    ],
  ],
  [
    'fewer replicas than production needs',
    regions,
    'prod-us',
    o => setAt(find(o, 'Deployment'), '/spec/replicas', 1),
    ['fail K8S-08 [prod-us] apps/Deployment billing /spec/replicas'],
  ],
  [
    'another service that is asked for its health',
    regions,
    'prod-us',
    o => setAt(container(o), '/livenessProbe/grpc/service', 'other'),
    [
      `fail K8S-04 [prod-us] ${BILLING}/containers/billing/livenessProbe/grpc/service`,
    ],
  ],
  [
    'the host of the other production',
    regions,
    'prod-us',
    o =>
      setAt(find(o, 'VirtualService'), '/spec/hosts', ['billing.eu.acme.net']),
    [
      'fail ENV-09 [prod-eu,prod-us] networking.istio.io/VirtualService billing /spec/hosts',
    ],
  ],
  [
    'the secret of the other production, whose name has two parts',
    regions,
    'prod-us',
    o =>
      setAt(
        find(o, 'ExternalSecret'),
        '/spec/data/0/remoteRef/key',
        'prod-eu/billing',
      ),
    [
      'fail K8S-24 [prod-us] external-secrets.io/ExternalSecret billing /spec/data/KEY/remoteRef/key',
    ],
  ],
  [
    'a budget that lets nothing go, in other words',
    regions,
    'prod-us',
    o => {
      removeAt(find(o, 'PodDisruptionBudget'), '/spec/minAvailable');
      setAt(find(o, 'PodDisruptionBudget'), '/spec/maxUnavailable', 0);
    },
    [
      'fail K8S-17 [prod-us] policy/PodDisruptionBudget billing /spec/maxUnavailable',
    ],
  ],

  [
    'fewer replicas for KEDA than before production',
    media,
    'production',
    o => setAt(find(o, 'ScaledObject'), '/spec/maxReplicaCount', 1),
    [
      'fail K8S-08 [production] keda.sh/ScaledObject transcoder /spec/maxReplicaCount',
    ],
  ],
  [
    'replicas beside KEDA',
    media,
    'production',
    o => setAt(find(o, 'Deployment'), '/spec/replicas', 5),
    ['fail K8S-09 [production] apps/Deployment transcoder /spec/replicas'],
  ],
  [
    'the route of another environment',
    media,
    'production',
    o =>
      setAt(
        find(o, 'IngressRoute'),
        '/spec/routes/0/match',
        'Host(`staging.media.example.org`)',
      ),
    [
      'fail ENV-09 [staging,production] traefik.io/IngressRoute web /spec/routes/0/match',
    ],
  ],
  [
    'another path of the secret store',
    media,
    'production',
    o =>
      setAt(
        find(o, 'ExternalSecret'),
        '/spec/dataFrom/0/extract/key',
        'kv/other',
      ),
    [
      'fail SEC-01 [production] external-secrets.io/ExternalSecret s3 /spec/dataFrom/0/extract/key',
    ],
  ],
  [
    'the path of another endpoint',
    media,
    'production',
    o => setAt(find(o, 'ServiceMonitor'), '/spec/endpoints/1/path', '/other'),
    [
      'unclassified K8S-28 staging>production monitoring.coreos.com/ServiceMonitor transcoder /spec/endpoints/1/path',
    ],
  ],

  [
    'the database of the other environment, of two',
    pair,
    'production',
    o => setAt(container(o, 'StatefulSet'), '/env/0/value', 'mysql-preview'),
    [
      'fail K8S-24 [production] apps/StatefulSet preview-blog /spec/template/spec/containers/blog/env/DB_HOST',
    ],
  ],
  [
    'an object less, to which another refers, of two environments',
    pair,
    'production',
    o => remove(o, 'Service'),
    ['fail K8S-01 [production] Service preview-blog'],
  ],
  [
    'a sidecar that ends before the container starts',
    pair,
    'production',
    o => removeAt(spec(o, 'StatefulSet'), '/initContainers/0/restartPolicy'),
    [
      'unclassified K8S-28 preview>production apps/StatefulSet preview-blog /spec/template/spec/initContainers/agent/restartPolicy',
    ],
  ],
  [
    'the audience of a token',
    pair,
    'production',
    o =>
      setAt(
        spec(o, 'StatefulSet'),
        '/volumes/0/projected/sources/0/serviceAccountToken/audience',
        'x',
      ),
    [
      'fail K8S-07 [production] apps/StatefulSet preview-blog /spec/template/spec/volumes/tokens/projected/sources',
    ],
  ],
];

/** What is spelled differently and means the same. */
const SPELLINGS: [string, ForeignRepository, (objects: Objects) => void][] = [
  [
    'what the API server fills into containers',
    chart,
    o =>
      Object.assign(container(o), {
        stdin: false,
        stdinOnce: false,
        tty: false,
      }),
  ],
  [
    'what it fills into pods',
    chart,
    o => setAt(spec(o), '/preemptionPolicy', 'PreemptLowerPriority'),
  ],
  [
    'a source of variables that has to be there',
    chart,
    o => setAt(container(o), '/envFrom/0/secretRef/optional', false),
  ],
  [
    'the order of what pods are kept away from',
    chart,
    o =>
      listAt(
        spec(o),
        '/affinity/podAntiAffinity/preferredDuringSchedulingIgnoredDuringExecution',
      ).reverse(),
  ],
  ['an affinity of nothing', regions, o => setAt(spec(o), '/affinity', {})],
  [
    'what jobs are by default',
    chart,
    o =>
      Object.assign(partAt(find(o, 'Job'), '/spec'), {
        completionMode: 'NonIndexed',
        suspend: false,
        podReplacementPolicy: 'TerminatingOrFailed',
      }),
  ],
  [
    'the service of a health check that is the default',
    regions,
    o => setAt(container(o), '/livenessProbe/grpc/service', ''),
  ],
  [
    'how nodes are counted',
    regions,
    o =>
      Object.assign(partAt(spec(o), '/topologySpreadConstraints/0'), {
        nodeAffinityPolicy: 'Honor',
        nodeTaintsPolicy: 'Ignore',
      }),
  ],
  [
    'what External Secrets fills in',
    regions,
    o => {
      setAt(find(o, 'ExternalSecret'), '/spec/refreshInterval', '1h0m0s');
      setAt(find(o, 'ExternalSecret'), '/spec/target', {
        name: 'billing',
        creationPolicy: 'Owner',
        deletionPolicy: 'Retain',
      });
    },
  ],
  [
    'a path of a secret store with what is filled in',
    media,
    o =>
      Object.assign(
        partAt(find(o, 'ExternalSecret'), '/spec/dataFrom/0/extract'),
        {
          conversionStrategy: 'Default',
          decodingStrategy: 'None',
          metadataPolicy: 'None',
        },
      ),
  ],
  [
    'the order of endpoints',
    media,
    o => listAt(find(o, 'ServiceMonitor'), '/spec/endpoints').reverse(),
  ],
  [
    'a duration of a certificate in other words',
    media,
    o =>
      Object.assign(partAt(find(o, 'Certificate'), '/spec'), {
        duration: '2160h0m0s',
        renewBefore: '21600m',
      }),
  ],
  [
    'what KEDA fills in',
    media,
    o =>
      Object.assign(partAt(find(o, 'ScaledObject'), '/spec'), {
        pollingInterval: 30,
        scaleTargetRef: {
          apiVersion: 'apps/v1',
          kind: 'Deployment',
          name: 'transcoder',
        },
      }),
  ],
  [
    'what a StatefulSet is by default',
    pair,
    o => {
      const own = partAt(find(o, 'StatefulSet'), '/spec');
      setAt(own, '/updateStrategy', {
        type: 'RollingUpdate',
        rollingUpdate: { partition: 0 },
      });
      setAt(own, '/persistentVolumeClaimRetentionPolicy', {
        whenDeleted: 'Retain',
        whenScaled: 'Retain',
      });
      Object.assign(partAt(own, '/volumeClaimTemplates/0'), {
        apiVersion: 'v1',
        kind: 'PersistentVolumeClaim',
        status: { phase: 'Pending' },
      });
    },
  ],
  [
    'the life of a token that is the default, and the order of what is projected',
    pair,
    o => {
      const projected = partAt(spec(o, 'StatefulSet'), '/volumes/0/projected');
      setAt(
        projected,
        '/sources/0/serviceAccountToken/expirationSeconds',
        3600,
      );
      listAt(projected, '/sources').reverse();
    },
  ],
  [
    'the families of addresses of a Service',
    pair,
    o =>
      Object.assign(partAt(find(o, 'Service'), '/spec'), {
        ipFamilyPolicy: 'SingleStack',
        ipFamilies: ['IPv4'],
      }),
  ],
  [
    'the group of a subject of the core group',
    pair,
    o => setAt(find(o, 'RoleBinding'), '/subjects/0/apiGroup', ''),
  ],
];

describe('repositories in the shapes found in life', () => {
  it.each(LIFELIKE.map(repository => [repository.name, repository] as const))(
    '%s: differs in nothing that nobody would want',
    (_, repository) => {
      const { differences, findings } = judged(repository);
      expect(
        differences
          .filter(
            ({ class: judgement }) =>
              judgement === 'unclassified' || judgement === 'violation',
          )
          .map(place),
      ).toEqual([]);
      // What a repository of this kind lacks is told; nothing of it is a mistake of one environment.
      expect(
        findings
          .filter(({ outcome }) => outcome === 'fail' || outcome === 'warn')
          .map(({ rule }) => rule)
          .filter(rule => !/^K8S-(16|17|18|23)$/.test(rule)),
      ).toEqual([]);
    },
  );

  it.each(CASES)(
    '%s is found, and nothing else',
    (_, repository, environment, change, expected) => {
      const found = effect(repository, change, environment);
      expect([
        ...found.findings,
        ...found.differences.filter(text => text.startsWith('unclassified')),
      ]).toEqual(expected);
    },
  );

  it.each(SPELLINGS)('%s is no difference', (_, repository, change) => {
    for (const environment of Object.keys(repository.manifests)) {
      expect(effect(repository, change, environment)).toEqual({
        findings: [],
        gone: [],
        differences: [],
      });
    }
  });

  it('says nothing of Applications where a repository has none', () => {
    const { intent, manifests } = chart;
    const { findings } = verify({
      intent,
      now: NOW,
      manifests: Object.fromEntries(
        Object.entries(manifests).map(([name, text]) => [
          name,
          [{ name, text }],
        ]),
      ),
      argocd: [],
    });
    expect(
      findings
        .filter(({ rule }) => rule === 'ENV-01')
        .map(({ outcome, reason }) => [outcome, reason]),
    ).toEqual([
      ['unknown', expect.stringContaining('has no Argo CD Application')],
    ]);
  });
});
