import { diff } from '../differences/diff';
import { intentOf, NOW } from '../testing';
import { buildModels } from './environmentModel';
import { parseManifests } from './parseManifests';

const object = (kind: string, name: string, more = '') =>
  `apiVersion: ${
    kind === 'Deployment' ? 'apps/v1' : 'v1'
  }\nkind: ${kind}\nmetadata:\n  name: ${name}\n${more}---\n`;

function subjects(texts: Record<string, string>): Record<string, string[]> {
  const manifests = new Map(
    Object.entries(texts).map(([name, text]) => [
      name,
      parseManifests([{ name, text }]),
    ]),
  );
  return Object.fromEntries(
    [...buildModels(intentOf(), manifests)].map(([name, { objects }]) => [
      name,
      [...objects.keys()],
    ]),
  );
}

function differencesOf(dev: string, staging: string) {
  return diff({
    intent: intentOf(),
    manifests: {
      dev: [{ name: 'dev', text: dev }],
      staging: [{ name: 'staging', text: staging }],
    },
    from: 'dev',
    to: 'staging',
    now: NOW,
  }).map(({ class: judged, subject, pointer }) =>
    [judged, subject, pointer].filter(Boolean).join(' '),
  );
}

describe('objects are the same in two environments', () => {
  it.each<[string, string, string, string]>([
    [
      'by suffix',
      object('Service', 'checkout-dev'),
      object('Service', 'checkout-staging'),
      'Service checkout',
    ],
    [
      'by prefix',
      object('Service', 'dev-checkout'),
      object('Service', 'staging-checkout'),
      'Service checkout',
    ],
    [
      'where one has no word',
      object('Service', 'checkout-dev'),
      object('Service', 'checkout'),
      'Service checkout',
    ],
    [
      'by the name of the environment alone',
      object('Namespace', 'dev'),
      object('Namespace', 'staging'),
      'Namespace {environment}',
    ],
    [
      'with generated suffixes',
      object('ConfigMap', 'settings-5t696gbtdt'),
      object('ConfigMap', 'settings-459bd6dt8g'),
      'ConfigMap settings',
    ],
    [
      'where both have a word that is no suffix',
      object('ConfigMap', 'dev-tools'),
      object('ConfigMap', 'dev-tools'),
      'ConfigMap dev-tools',
    ],
    [
      'as the namespace of the intent',
      object('Namespace', 'checkout-dev'),
      object('Namespace', 'checkout-staging'),
      'Namespace checkout',
    ],
  ])('%s', (_what, dev, staging, subject) => {
    expect(subjects({ dev, staging })).toEqual({
      dev: [subject],
      staging: [subject],
    });
  });

  it('keeps two objects apart that only the word tells apart', () => {
    const both = (name: string) =>
      object('Service', 'checkout') + object('Service', `checkout-${name}`);
    expect(subjects({ dev: both('dev'), staging: both('staging') })).toEqual({
      dev: ['Service checkout', 'Service checkout-{environment}'],
      staging: ['Service checkout', 'Service checkout-{environment}'],
    });
  });

  it('is one object, whichever version of its group it has', () => {
    const dev = object('Deployment', 'checkout');
    expect(
      subjects({ dev, staging: dev.replace('apps/v1', 'apps/v1beta1') }),
    ).toEqual({
      dev: ['apps/Deployment checkout'],
      staging: ['apps/Deployment checkout'],
    });
  });

  it('keeps apart what has the same name in the namespace of somebody else', () => {
    expect(
      subjects({
        dev:
          object('ConfigMap', 'a', '  namespace: checkout-dev\n') +
          object('ConfigMap', 'a', '  namespace: monitoring\n'),
      }).dev,
    ).toEqual(['ConfigMap a', 'ConfigMap a (monitoring)']);
  });

  it('takes the same object twice for one', () => {
    const twice = object('Namespace', 'checkout-dev').repeat(2);
    expect(subjects({ dev: twice }).dev).toEqual(['Namespace checkout']);
  });
});

const pod = (environment: string, spec: string) =>
  `apiVersion: apps/v1
kind: Deployment
metadata:
  name: checkout-${environment}
  namespace: checkout-${environment}
spec:
  template:
    spec:
${spec.replace(/^/gm, '      ')}
`;

describe('two ways to say the same', () => {
  it.each<[string, string, string]>([
    [
      'no list and an empty one',
      'containers: []\nvolumes: []',
      'volumes: null',
    ],
    [
      'quantities',
      'containers: [{ name: a, resources: { limits: { cpu: 1, memory: 1Gi } } }]',
      'containers: [{ name: a, resources: { limits: { cpu: 1000m, memory: 1024Mi } } }]',
    ],
    [
      'protocols',
      'containers: [{ name: a, ports: [{ containerPort: 80 }] }]',
      'containers: [{ name: a, ports: [{ containerPort: 80, protocol: TCP }] }]',
    ],
    [
      'file modes',
      'volumes: [{ name: a, configMap: { name: b, defaultMode: 0644 } }]',
      'volumes: [{ name: a, configMap: { name: b, defaultMode: 420 } }]',
    ],
    ['the older name of a field', 'serviceAccount: a', 'serviceAccountName: a'],
    [
      'defaults',
      'containers: [{ name: a, livenessProbe: { httpGet: { port: 80 } } }]',
      'dnsPolicy: ClusterFirst\nrestartPolicy: Always\ncontainers: [{ name: a, terminationMessagePolicy: File, livenessProbe: { failureThreshold: 3, timeoutSeconds: 1, httpGet: { port: 80, scheme: HTTP } } }]',
    ],
    [
      'ports by name and number',
      'containers: [{ name: a, ports: [{ name: http, containerPort: 80 }], livenessProbe: { httpGet: { port: http } } }]',
      'containers: [{ name: a, ports: [{ name: http, containerPort: 80 }], livenessProbe: { httpGet: { port: 80 } } }]',
    ],
    [
      'references to what is named by environment',
      'serviceAccountName: checkout-dev\nvolumes: [{ name: a, secret: { secretName: dev-tls } }]',
      'serviceAccountName: checkout-staging\nvolumes: [{ name: a, secret: { secretName: staging-tls } }]',
    ],
    [
      'a reference to what all share',
      'imagePullSecrets: [{ name: dev-registry }]',
      'imagePullSecrets: [{ name: dev-registry }]',
    ],
    [
      'capabilities in another order',
      'containers: [{ name: a, securityContext: { capabilities: { drop: [A, B] } } }]',
      'containers: [{ name: a, securityContext: { capabilities: { drop: [B, A] } } }]',
    ],
    [
      'the pull policy that the tag means',
      'containers: [{ name: a, image: "b:1" }]',
      'containers: [{ name: a, image: "b:1", imagePullPolicy: IfNotPresent }]',
    ],
    [
      'empty maps',
      'securityContext: {}\ncontainers: [{ name: a, resources: {} }]',
      'containers: [{ name: a }]',
    ],
  ])('%s', (_what, dev, staging) => {
    expect(differencesOf(pod('dev', dev), pod('staging', staging))).toEqual([]);
  });
});

describe('two things that look alike', () => {
  const at = '/spec/template/spec';

  it.each<[string, string, string, string[]]>([
    [
      'an empty directory and none',
      'volumes: [{ name: a, emptyDir: {} }]',
      'volumes: []',
      [`violation apps/Deployment checkout ${at}/volumes/a`],
    ],
    [
      'commands in another order',
      'containers: [{ name: a, args: [x, y] }]',
      'containers: [{ name: a, args: [y, x] }]',
      [`violation apps/Deployment checkout ${at}/containers/a/args`],
    ],
    [
      'a text and a number',
      'containers: [{ name: a, env: [{ name: X, value: "1" }] }]',
      'containers: [{ name: a, env: [{ name: X, value: 1 }] }]',
      [`violation apps/Deployment checkout ${at}/containers/a/env/X`],
    ],
    [
      'an empty variable and none',
      'containers: [{ name: a, env: [{ name: X }] }]',
      'containers: [{ name: a }]',
      [`violation apps/Deployment checkout ${at}/containers/a/env/X`],
    ],
    [
      'the same port over another protocol',
      'containers: [{ name: a, ports: [{ containerPort: 80 }] }]',
      'containers: [{ name: a, ports: [{ containerPort: 80, protocol: UDP }] }]',
      [
        `violation apps/Deployment checkout ${at}/containers/a/ports/80~1TCP`,
        `violation apps/Deployment checkout ${at}/containers/a/ports/80~1UDP`,
      ],
    ],
  ])('%s', (_what, dev, staging, expected) => {
    expect(differencesOf(pod('dev', dev), pod('staging', staging))).toEqual(
      expected,
    );
  });
});
