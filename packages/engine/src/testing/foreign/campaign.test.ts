import { JsonObject, isObject, toPointer } from '../../model/json';
import { parseManifests } from '../../model/parseManifests';
import { listAt, partAt, removeAt, setAt, textAt } from '../editing';
import { effect, find, judged, Objects, place } from './effect';
import { FOREIGN, ForeignRepository } from './repositories';

const container = (objects: Objects, kind = 'Deployment') =>
  partAt(find(objects, kind), '/spec/template/spec/containers/0');

const [overlays, inflated, prefixed, stateful, custom, long, gateway] = FOREIGN;
const DEPLOYMENT = 'apps/Deployment podinfo';
const SERVER = '/spec/template/spec/containers/server';

/** What is changed, and the one finding and the differences that it must bring; nothing else may appear. */
type Case = [
  string,
  ForeignRepository,
  (objects: Objects) => void,
  string[],
  string[],
];

const CASES: Case[] = [
  [
    'a tag',
    overlays,
    o => setAt(container(o), '/image', 'ghcr.io/example/podinfo:1.9.0'),
    [],
    [`lag K8S-02 preprod>live ${DEPLOYMENT} ${SERVER}/image`],
  ],
  [
    'an image from elsewhere',
    overlays,
    o => setAt(container(o), '/image', 'docker.io/evil/podinfo:2.0.0'),
    [`fail K8S-02 [live] ${DEPLOYMENT} ${SERVER}/image`],
    [`violation K8S-02 preprod>live ${DEPLOYMENT} ${SERVER}/image`],
  ],
  [
    'a tag that moves',
    overlays,
    o => setAt(container(o), '/image', 'ghcr.io/example/podinfo:latest'),
    [`fail K8S-11 [live] ${DEPLOYMENT} ${SERVER}/image`],
    [`violation K8S-11 preprod>live ${DEPLOYMENT} ${SERVER}/image`],
  ],
  [
    'the value of a variable',
    overlays,
    o => setAt(container(o), '/env/0/value', 'slow'),
    [`fail K8S-03 [live] ${DEPLOYMENT} ${SERVER}/env/MODE`],
    [`violation K8S-03 preprod>live ${DEPLOYMENT} ${SERVER}/env/MODE`],
  ],
  [
    'a variable more',
    overlays,
    o => listAt(container(o), '/env').push({ name: 'EXTRA', value: '1' }),
    [`fail K8S-03 [live] ${DEPLOYMENT} ${SERVER}/env/EXTRA`],
    [`violation K8S-03 preprod>live ${DEPLOYMENT} ${SERVER}/env/EXTRA`],
  ],
  [
    'a variable from another key',
    overlays,
    o => setAt(container(o), '/env/2/valueFrom/configMapKeyRef/key', 'stage'),
    [`fail K8S-03 [live] ${DEPLOYMENT} ${SERVER}/env/COLOR`],
    [`violation K8S-03 preprod>live ${DEPLOYMENT} ${SERVER}/env/COLOR`],
  ],
  [
    'an argument',
    overlays,
    o => setAt(container(o), '/args', ['serve']),
    [`fail K8S-02 [live] ${DEPLOYMENT} ${SERVER}/args`],
    [`violation K8S-02 preprod>live ${DEPLOYMENT} ${SERVER}/args`],
  ],
  [
    'the path of a probe',
    overlays,
    o => setAt(container(o), '/readinessProbe/httpGet/path', '/live'),
    [`fail K8S-04 [live] ${DEPLOYMENT} ${SERVER}/readinessProbe/httpGet/path`],
    [
      `violation K8S-04 preprod>live ${DEPLOYMENT} ${SERVER}/readinessProbe/httpGet/path`,
    ],
  ],
  [
    'the patience of a probe',
    overlays,
    o => setAt(container(o), '/readinessProbe/periodSeconds', 60),
    [`warn K8S-04 [live] ${DEPLOYMENT} ${SERVER}/readinessProbe/periodSeconds`],
    [
      `expected K8S-04 preprod>live ${DEPLOYMENT} ${SERVER}/readinessProbe/periodSeconds`,
    ],
  ],
  [
    'no probe',
    overlays,
    o => removeAt(container(o), '/livenessProbe'),
    [`fail K8S-04 [live] ${DEPLOYMENT} ${SERVER}/livenessProbe`],
    [`violation K8S-04 preprod>live ${DEPLOYMENT} ${SERVER}/livenessProbe`],
  ],
  [
    'a port',
    overlays,
    o => setAt(container(o), '/ports/0/name', 'web'),
    [`fail K8S-02 [live] ${DEPLOYMENT} ${SERVER}/ports/8080~1TCP/name`],
    [
      `violation K8S-02 preprod>live ${DEPLOYMENT} ${SERVER}/ports/8080~1TCP/name`,
    ],
  ],
  [
    'less memory than before production',
    overlays,
    o => setAt(container(o), '/resources/limits/memory', '128Mi'),
    [`fail K8S-10 [live] ${DEPLOYMENT} ${SERVER}/resources/limits/memory`],
    [
      `violation K8S-10 preprod>live ${DEPLOYMENT} ${SERVER}/resources/limits/memory`,
    ],
  ],
  [
    'a security context',
    overlays,
    o => setAt(container(o), '/securityContext', { privileged: true }),
    [`fail K8S-02 [live] ${DEPLOYMENT} ${SERVER}/securityContext`],
    [`violation K8S-02 preprod>live ${DEPLOYMENT} ${SERVER}/securityContext`],
  ],
  [
    'a folder of the node',
    overlays,
    o =>
      setAt(find(o, 'Deployment'), '/spec/template/spec/volumes/0', {
        name: 'cache',
        hostPath: { path: '/x' },
      }),
    [`fail K8S-07 [live] ${DEPLOYMENT} /spec/template/spec/volumes/cache`],
    [
      `violation K8S-07 preprod>live ${DEPLOYMENT} /spec/template/spec/volumes/cache/emptyDir`,
      `violation K8S-07 preprod>live ${DEPLOYMENT} /spec/template/spec/volumes/cache/hostPath`,
    ],
  ],
  [
    'a container more',
    overlays,
    o =>
      listAt(find(o, 'Deployment'), '/spec/template/spec/containers').push({
        ...structuredClone(container(o)),
        name: 'proxy',
        env: undefined,
        ports: undefined,
      }),
    [`fail K8S-02 [live] ${DEPLOYMENT} /spec/template/spec/containers/proxy`],
    [
      `violation K8S-02 preprod>live ${DEPLOYMENT} /spec/template/spec/containers/proxy`,
    ],
  ],
  [
    'a key of a ConfigMap',
    overlays,
    o => setAt(find(o, 'ConfigMap'), '/data/more', 'x'),
    ['fail K8S-22 [live] ConfigMap settings /data/more'],
    ['violation K8S-22 preprod>live ConfigMap settings /data/more'],
  ],
  [
    'a value of a ConfigMap',
    overlays,
    o => setAt(find(o, 'ConfigMap'), '/data/color', 'red'),
    [],
    ['expected K8S-22 preprod>live ConfigMap settings /data/color'],
  ],
  [
    'the type of a Service',
    overlays,
    o => setAt(find(o, 'Service'), '/spec/type', 'LoadBalancer'),
    ['fail K8S-06 [live] Service podinfo /spec/type'],
    ['violation K8S-06 preprod>live Service podinfo /spec/type'],
  ],
  [
    'the selector of a Service',
    overlays,
    o => setAt(find(o, 'Service'), '/spec/selector/tier', 'web'),
    ['fail K8S-05 [live] Service podinfo /spec/selector/tier'],
    ['violation K8S-05 preprod>live Service podinfo /spec/selector/tier'],
  ],
  [
    'the class of an Ingress',
    overlays,
    o => setAt(find(o, 'Ingress'), '/spec/ingressClassName', 'traefik'),
    [
      'fail ENV-08 [live] networking.k8s.io/Ingress podinfo /spec/ingressClassName',
    ],
    [
      'violation ENV-08 preprod>live networking.k8s.io/Ingress podinfo /spec/ingressClassName',
    ],
  ],
  [
    'no TLS',
    overlays,
    o => removeAt(find(o, 'Ingress'), '/spec/tls'),
    ['fail ENV-08 [live] networking.k8s.io/Ingress podinfo /spec/tls/0'],
    [
      'violation ENV-08 preprod>live networking.k8s.io/Ingress podinfo /spec/tls/0',
    ],
  ],
  [
    'a right more',
    overlays,
    o => listAt(find(o, 'Role'), '/rules/0/verbs').push('delete'),
    [],
    [
      'unclassified K8S-28 preprod>live rbac.authorization.k8s.io/Role podinfo /rules/configmaps/verbs',
    ],
  ],
  [
    'an object less',
    overlays,
    o => o.splice(o.indexOf(find(o, 'Role')), 1),
    ['fail K8S-01 [live] rbac.authorization.k8s.io/Role podinfo'],
    ['violation K8S-01 preprod>live rbac.authorization.k8s.io/Role podinfo'],
  ],
  [
    'an annotation',
    overlays,
    o => setAt(find(o, 'Deployment'), '/metadata/annotations', { note: 'x' }),
    [],
    [
      `unclassified K8S-28 preprod>live ${DEPLOYMENT} /metadata/annotations/note`,
    ],
  ],

  [
    'a budget that lets nothing go',
    inflated,
    o => setAt(find(o, 'PodDisruptionBudget'), '/spec/minAvailable', 9),
    [
      'fail K8S-17 [prod] policy/PodDisruptionBudget release-name-proxy /spec/minAvailable',
    ],
    [
      'violation K8S-17 dev>prod policy/PodDisruptionBudget release-name-proxy /spec/minAvailable',
    ],
  ],
  [
    'another chart',
    inflated,
    o =>
      setAt(
        find(o, 'ServiceAccount'),
        '/metadata/labels/helm.sh~1chart',
        'proxy-2.0.0',
      ),
    [],
    [
      'unclassified K8S-28 dev>prod ServiceAccount release-name-proxy /metadata/labels/helm.sh~1chart',
    ],
  ],
  [
    'the goal of an autoscaler',
    inflated,
    o =>
      setAt(
        find(o, 'HorizontalPodAutoscaler'),
        '/spec/metrics/0/resource/target/averageUtilization',
        20,
      ),
    [],
    [
      'unclassified K8S-28 dev>prod autoscaling/HorizontalPodAutoscaler release-name-proxy /spec/metrics/Resource~1cpu/resource/target/averageUtilization',
    ],
  ],

  [
    'one service of several',
    prefixed,
    o => setAt(o[2], '/spec/template/spec/containers/0/args', ['other']),
    [`fail K8S-02 [prod] apps/Deployment orders ${SERVER}/args`],
    [`violation K8S-02 staging>prod apps/Deployment orders ${SERVER}/args`],
  ],
  [
    'the port of a Service',
    prefixed,
    o => setAt(find(o, 'Service'), '/spec/ports/0/port', 81),
    ['fail K8S-06 [prod] Service cart /spec/ports'],
    [
      'violation K8S-06 staging>prod Service cart /spec/ports/80~1TCP',
      'violation K8S-06 staging>prod Service cart /spec/ports/81~1TCP',
    ],
  ],

  [
    'the time to say goodbye',
    stateful,
    o =>
      setAt(
        find(o, 'StatefulSet'),
        '/spec/template/spec/terminationGracePeriodSeconds',
        5,
      ),
    [
      'fail K8S-26 [production] apps/StatefulSet ledger /spec/template/spec/terminationGracePeriodSeconds',
    ],
    [
      'violation K8S-26 uat>production apps/StatefulSet ledger /spec/template/spec/terminationGracePeriodSeconds',
    ],
  ],
  [
    'the command of an init container',
    stateful,
    o =>
      setAt(
        find(o, 'StatefulSet'),
        '/spec/template/spec/initContainers/0/command',
        ['true'],
      ),
    [
      'fail K8S-02 [production] apps/StatefulSet ledger /spec/template/spec/initContainers/prepare/command',
    ],
    [
      'violation K8S-02 uat>production apps/StatefulSet ledger /spec/template/spec/initContainers/prepare/command',
    ],
  ],
  [
    'a sidecar less',
    stateful,
    o => listAt(find(o, 'StatefulSet'), '/spec/template/spec/containers').pop(),
    [
      'fail K8S-02 [production] apps/StatefulSet ledger /spec/template/spec/containers/exporter',
    ],
    [
      'violation K8S-02 uat>production apps/StatefulSet ledger /spec/template/spec/containers/exporter',
    ],
  ],

  [
    'the interval of a monitor',
    custom,
    o => setAt(find(o, 'ServiceMonitor'), '/spec/endpoints/0/interval', '60s'),
    [],
    [
      'unclassified K8S-28 lab>field monitoring.coreos.com/ServiceMonitor sensor /spec/endpoints/0/interval',
    ],
  ],
  [
    'a leaf of a kind that nobody knows',
    custom,
    o => setAt(find(o, 'Widget'), '/spec/nested/deep/flag', false),
    [],
    [
      'unclassified K8S-28 lab>field example.com/Widget sensor /spec/nested/deep/flag',
    ],
  ],

  [
    'a smaller quota',
    long,
    o => setAt(find(o, 'ResourceQuota'), '/spec/hard/pods', '10'),
    ['fail K8S-13 [prod] ResourceQuota compute /spec/hard/pods'],
    ['violation K8S-13 preprod>prod ResourceQuota compute /spec/hard/pods'],
  ],
  [
    'policies that let everything out',
    long,
    o => setAt(find(o, 'NetworkPolicy'), '/spec/policyTypes', ['Ingress']),
    ['fail K8S-16 [prod] environment prod'],
    [
      'violation K8S-16 preprod>prod networking.k8s.io/NetworkPolicy default-deny /spec/policyTypes',
    ],
  ],

  [
    'another type of strategy, which takes its bounds away',
    overlays,
    o => setAt(find(o, 'Deployment'), '/spec/strategy', { type: 'Recreate' }),
    [`fail K8S-26 [live] ${DEPLOYMENT} /spec/strategy/type`],
    [
      `violation K8S-26 preprod>live ${DEPLOYMENT} /spec/strategy/rollingUpdate`,
      `violation K8S-26 preprod>live ${DEPLOYMENT} /spec/strategy/type`,
    ],
  ],
  [
    'a rule more in an Ingress',
    overlays,
    o =>
      listAt(find(o, 'Ingress'), '/spec/rules').push({
        host: 'other.example.com',
        http: structuredClone(partAt(find(o, 'Ingress'), '/spec/rules/0/http')),
      }),
    ['fail ENV-08 [live] networking.k8s.io/Ingress podinfo /spec/rules/1'],
    [
      'violation ENV-08 preprod>live networking.k8s.io/Ingress podinfo /spec/rules/1',
    ],
  ],
  [
    'another port behind an Ingress, by number and no longer by name',
    overlays,
    o =>
      setAt(
        find(o, 'Ingress'),
        '/spec/rules/0/http/paths/0/backend/service/port',
        {
          number: 81,
        },
      ),
    [
      'fail ENV-08 [live] networking.k8s.io/Ingress podinfo /spec/rules/0/http/paths/Prefix ~1/backend/service/port',
    ],
    [
      'violation ENV-08 preprod>live networking.k8s.io/Ingress podinfo /spec/rules/0/http/paths/Prefix ~1/backend/service/port',
    ],
  ],
  [
    'a generated ConfigMap less, to which a variable refers',
    gateway,
    o => o.splice(o.indexOf(find(o, 'ConfigMap')), 1),
    ['fail K8S-01 [prd] ConfigMap rates-v1'],
    ['violation K8S-01 acc>prd ConfigMap rates-v1'],
  ],
  [
    'a reference to a generated ConfigMap that is not there',
    gateway,
    o =>
      setAt(
        container(o, 'Rollout'),
        '/env/1/valueFrom/configMapKeyRef/name',
        'prd-rates-v1-9t6b5kgm42',
      ),
    [
      'fail K8S-03 [prd] argoproj.io/Rollout payments-v1 /spec/template/spec/containers/server/env/RATE',
    ],
    [
      'violation K8S-03 acc>prd argoproj.io/Rollout payments-v1 /spec/template/spec/containers/server/env/RATE',
    ],
  ],
  [
    'the weight of a backend with a prefix in its name',
    gateway,
    o => setAt(find(o, 'HTTPRoute'), '/spec/rules/0/backendRefs/0/weight', 50),
    [
      'fail ENV-08 [prd] gateway.networking.k8s.io/HTTPRoute payments-v1 /spec/rules/0/backendRefs/payments-v1~180/weight',
    ],
    [
      'violation ENV-08 acc>prd gateway.networking.k8s.io/HTTPRoute payments-v1 /spec/rules/0/backendRefs/payments-v1~180/weight',
    ],
  ],
  [
    'a target of a kind that nobody knows, named as an object',
    gateway,
    o => setAt(find(o, 'Hook'), '/spec/targets/0/weight', 2),
    [],
    [
      'unclassified K8S-28 acc>prd acme.io/Hook hook-v1 /spec/targets/payments-v1/weight',
    ],
  ],
  [
    'the address of another environment',
    gateway,
    o =>
      setAt(
        find(o, 'Hook'),
        '/spec/url',
        'https://payments.acc.example.com/hook',
      ),
    ['fail K8S-24 [prd] acme.io/Hook hook-v1 /spec/url'],
    // The two have the same value, so there is no difference between them.
    [],
  ],
  [
    'a header that names the environment before',
    gateway,
    o =>
      setAt(
        find(o, 'HTTPRoute'),
        '/spec/rules/0/filters/0/requestHeaderModifier/set/0/value',
        'acc',
      ),
    [
      'fail K8S-24 [prd] gateway.networking.k8s.io/HTTPRoute payments-v1 /spec/rules/0/filters/0/requestHeaderModifier/set/X-Env/value',
    ],
    [],
  ],
  [
    'a server of the first environment, whose name is only a part',
    gateway,
    o =>
      setAt(
        find(o, 'ScaledObject'),
        '/spec/triggers/0/metadata/server',
        'kafka.int.acme.io:9092',
      ),
    [
      'fail K8S-24 [prd] keda.sh/ScaledObject payments-v1 /spec/triggers/0/metadata/server',
    ],
    [
      'violation K8S-24 acc>prd keda.sh/ScaledObject payments-v1 /spec/triggers/0/metadata/server',
    ],
  ],
  [
    'a certificate for the host of another environment',
    gateway,
    o =>
      setAt(find(o, 'Certificate'), '/spec/dnsNames', [
        'payments.acc.example.com',
      ]),
    [
      'fail K8S-24 [prd] cert-manager.io/Certificate payments-v1 /spec/dnsNames',
    ],
    [],
  ],
  [
    'an alert less, beside recording rules',
    gateway,
    o => listAt(find(o, 'PrometheusRule'), '/spec/groups/0/rules').pop(),
    [
      'fail OBS-01 [prd] monitoring.coreos.com/PrometheusRule payments-v1 /spec/groups/payments/rules/Errors',
    ],
    [
      'violation OBS-01 acc>prd monitoring.coreos.com/PrometheusRule payments-v1 /spec/groups/payments/rules/Errors',
    ],
  ],
  [
    'an alert more, before all others',
    gateway,
    o =>
      listAt(find(o, 'PrometheusRule'), '/spec/groups/0/rules').unshift({
        alert: 'Gone',
        expr: 'absent(up)',
      }),
    [
      'fail OBS-01 [prd] monitoring.coreos.com/PrometheusRule payments-v1 /spec/groups/payments/rules/Gone',
    ],
    [
      'violation OBS-01 acc>prd monitoring.coreos.com/PrometheusRule payments-v1 /spec/groups/payments/rules/Gone',
    ],
  ],
  [
    'the label of the environment on one object of many that lack it',
    gateway,
    o => setAt(find(o, 'Service'), '/metadata/labels', { environment: 'prd' }),
    [],
    [
      'unclassified K8S-28 acc>prd Service payments-v1 /metadata/labels/environment',
    ],
  ],
];

/** What is spelled differently and means the same. */
const SPELLINGS: [string, ForeignRepository, (objects: Objects) => void][] = [
  ['the order of objects', overlays, o => o.reverse()],
  [
    'the order of variables',
    overlays,
    o => listAt(container(o), '/env').reverse(),
  ],
  [
    'a default written out',
    overlays,
    o => setAt(container(o), '/readinessProbe/periodSeconds', 10),
  ],
  [
    'a default of the pod written out',
    overlays,
    o =>
      setAt(
        find(o, 'Deployment'),
        '/spec/template/spec/dnsPolicy',
        'ClusterFirst',
      ),
  ],
  [
    'a quantity in other words',
    overlays,
    o => setAt(container(o), '/resources/limits/cpu', '1000m'),
  ],
  [
    'memory in other words',
    overlays,
    o => setAt(container(o), '/resources/limits/memory', '262144Ki'),
  ],
  [
    'a port by its number',
    overlays,
    o => setAt(find(o, 'Service'), '/spec/ports/0/targetPort', 8080),
  ],
  [
    'the protocol written out',
    overlays,
    o => setAt(container(o), '/ports/0/protocol', 'TCP'),
  ],
  [
    'the order of verbs',
    overlays,
    o => listAt(find(o, 'Role'), '/rules/0/verbs').reverse(),
  ],
  [
    'an empty list',
    overlays,
    o => setAt(find(o, 'Deployment'), '/spec/template/spec/tolerations', []),
  ],
  [
    'a null',
    overlays,
    o => setAt(find(o, 'Deployment'), '/metadata/creationTimestamp', null),
  ],
  [
    'a status',
    overlays,
    o => setAt(find(o, 'Deployment'), '/status', { replicas: 3 }),
  ],
  [
    'the strategy that is the default',
    overlays,
    o =>
      setAt(find(o, 'Deployment'), '/spec/strategy', {
        type: 'RollingUpdate',
        rollingUpdate: { maxSurge: '25%', maxUnavailable: '25%' },
      }),
  ],
  [
    'a quota as a number',
    long,
    o => setAt(find(o, 'ResourceQuota'), '/spec/hard/pods', 50),
  ],
  [
    'a duration in other words',
    custom,
    o =>
      setAt(find(o, 'ServiceMonitor'), '/spec/endpoints/0/interval', '0m30s'),
  ],
];

describe('repositories that are not ours', () => {
  it.each(FOREIGN.map(repository => [repository.name, repository] as const))(
    '%s: differs only in what is expected, and in the release',
    (_, repository) => {
      const { differences } = judged(repository);
      expect(
        differences
          .filter(
            ({ class: judgement }) =>
              judgement === 'unclassified' || judgement === 'violation',
          )
          .map(place),
      ).toEqual([]);
      expect(
        differences.some(({ class: judgement }) => judgement === 'lag'),
      ).toBe(true);
    },
  );

  it.each(CASES)(
    '%s is found, and nothing else',
    (_, repository, change, findings, differences) => {
      const found = effect(repository, change);
      expect(found.differences).toEqual(differences);
      expect(found.findings).toEqual(findings);
      expect(found.gone).toEqual([]);
    },
  );

  it.each(SPELLINGS)('%s is no difference', (_, repository, change) => {
    expect(effect(repository, change)).toEqual({
      findings: [],
      gone: [],
      differences: [],
    });
  });

  it('every leaf that is changed is found, in the object and at the place where it is', () => {
    for (const repository of FOREIGN) {
      const last = Object.keys(repository.manifests).at(-1) ?? '';
      const objects = parseManifests([
        { name: last, text: repository.manifests[last] },
      ]).map(({ value }) => value);
      objects.forEach((object, index) => {
        for (const path of stringLeaves(object)) {
          const found = effect(repository, all => {
            const pointer = toPointer(path);
            setAt(all[index], pointer, `${textAt(all[index], pointer)}x`);
          });
          expect([
            repository.name,
            path.join('/'),
            found.differences.length + found.findings.length > 0,
          ]).toEqual([repository.name, path.join('/'), true]);
        }
      });
    }
  });
});

/** Strings of an object that are its own: not its identity, which makes it another one. */
function stringLeaves(value: unknown, path: string[] = []): string[][] {
  if (typeof value === 'string') {
    const field = path.at(-1) ?? '';
    const isIdentity =
      path.length <= 1 ||
      path[0] === 'metadata' ||
      /^(name|kind|apiVersion)$/.test(field);
    return isIdentity ? [] : [path];
  }
  if (Array.isArray(value)) {
    return value.flatMap((entry, index) =>
      stringLeaves(entry, [...path, String(index)]),
    );
  }
  return isObject(value)
    ? Object.entries(value as JsonObject).flatMap(([key, entry]) =>
        stringLeaves(entry, [...path, key]),
      )
    : [];
}
