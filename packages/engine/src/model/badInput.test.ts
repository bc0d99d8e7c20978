import fc from 'fast-check';
import { intentOf, NOW } from '../testing';
import { verify } from '../rules/verify';
import { ManifestError } from './ManifestError';
import { parseManifests } from './parseManifests';

const read = (text: string) => parseManifests([{ name: 'prod.yaml', text }]);

function errorOf(work: () => void): unknown {
  try {
    work();
    return undefined;
  } catch (error) {
    return error;
  }
}

const OBJECT =
  'apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: a, namespace: b }\nspec:\n  replicas: 3\n  template: { spec: { containers: [{ name: a, image: "b:1", env: [{ name: X, value: "1" }] }] } }\n';

/** Doubles with every line: a few lines of it are more than any memory. */
const bomb = (levels: number) =>
  [
    'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: bomb }\ndata:\n  a0: &a0 [x, x]',
    ...Array.from(
      { length: levels },
      (_, index) =>
        `  a${index + 1}: &a${index + 1} [*a${index}, *a${index}, *a${index}]`,
    ),
  ].join('\n');

describe('bad input', () => {
  it.each<[string, string, RegExp]>([
    ['a bomb of aliases', bomb(40), /prod\.yaml:\d+: /],
    ['a key twice', 'kind: A\nkind: B\n', /prod\.yaml:2: .*duplicate/i],
    [
      'a list',
      '- a\n- b\n',
      /prod\.yaml:1: is a list, not a Kubernetes object/,
    ],
    [
      'a text',
      'just words\n',
      /prod\.yaml:1: is a string, not a Kubernetes object/,
    ],
    ['no kind', 'apiVersion: v1\nmetadata: { name: a }\n', /prod\.yaml:1: /],
    [
      'a template that nobody rendered',
      `${OBJECT}  port: {{ .Values.port }}\n`,
      /prod\.yaml:7: /,
    ],
    ['a tab', 'kind: A\n\tname: b\n', /prod\.yaml:\d+: /],
    ['nothing but brackets', '['.repeat(50_000), /prod\.yaml:\d+: /],
    [
      'a text larger than any environment',
      `a: ${'x'.repeat(17 * 1024 * 1024)}`,
      /prod\.yaml:1: is larger than 16 MiB/,
    ],
  ])('%s is one error with file and line', (_, text, message) => {
    expect(() => read(text)).toThrow(ManifestError);
    expect(() => read(text)).toThrow(message);
  });

  it.each<[string, string]>([
    ['a byte order mark', `\uFEFF${OBJECT}`],
    ['lines that end as on Windows', OBJECT.replace(/\n/g, '\r\n')],
    ['empty documents', `---\n---\n${OBJECT}---\n\n---\n`],
    ['comments alone', `# nothing\n---\n${OBJECT}`],
    [
      'JSON',
      JSON.stringify({
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: 'a' },
      }),
    ],
  ])('%s is read', (_, text) => {
    expect(read(text)).toHaveLength(1);
  });

  it('whatever the text, there is an answer or one error with file and line, in bounded time', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        ...OBJECT.split('\n'),
        '---',
        '- ',
        '&a x',
        '*a',
        '<<: *a',
        '{{ x }}',
        '? [a]',
        '!!binary abc',
        '"\\x00"',
        '\t',
        'a: [b, {c: d}]',
        '|',
        '>-',
        ': :',
        '\u0000',
        '\uD800',
      ),
      fc.string({ maxLength: 20 }),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), pieces => {
        const error = errorOf(() => read(pieces.join('\n')));
        expect(
          error === undefined ||
            (error instanceof ManifestError &&
              /prod\.yaml:\d+/.test(error.message)),
        ).toBe(true);
      }),
      {
        numRuns: 500,
        interruptAfterTimeLimit: 120_000,
        markInterruptAsFailure: true,
      },
    );
  });

  it('whatever an object holds, every rule has an answer', () => {
    const strange = fc.jsonValue({ maxDepth: 3 });
    const object = fc.record({
      apiVersion: fc.constantFrom(
        'apps/v1',
        'v1',
        'batch/v1',
        'networking.k8s.io/v1',
        'policy/v1',
        'autoscaling/v2',
        'external-secrets.io/v1',
        'example.com/v1',
      ),
      kind: fc.constantFrom(
        'Deployment',
        'StatefulSet',
        'Service',
        'ConfigMap',
        'Secret',
        'CronJob',
        'Ingress',
        'NetworkPolicy',
        'PodDisruptionBudget',
        'HorizontalPodAutoscaler',
        'ExternalSecret',
        'SecretStore',
        'Namespace',
        'ResourceQuota',
        'LimitRange',
        'Thing',
      ),
      metadata: fc.record({
        name: fc.constantFrom('a', 'b'),
        labels: strange,
        annotations: strange,
      }),
      spec: fc.oneof(
        strange,
        fc.record({
          selector: strange,
          template: fc.oneof(
            strange,
            fc.record({
              metadata: strange,
              spec: fc.oneof(
                strange,
                fc.record({
                  containers: fc.oneof(
                    strange,
                    fc.array(strange, { maxLength: 2 }),
                  ),
                  volumes: strange,
                  securityContext: strange,
                }),
              ),
            }),
          ),
          rules: strange,
          tls: strange,
          ports: strange,
          hard: strange,
          limits: strange,
          data: strange,
          provider: strange,
          metrics: strange,
        }),
      ),
      data: strange,
    });
    fc.assert(
      fc.property(
        fc.array(object, { maxLength: 3 }),
        fc.array(object, { maxLength: 3 }),
        (dev, prod) => {
          const text = (objects: unknown[]) =>
            objects.map(value => JSON.stringify(value)).join('\n---\n');
          const result = verify({
            intent: intentOf(),
            now: NOW,
            manifests: {
              dev: [{ name: 'dev', text: text(dev) }],
              staging: [{ name: 'staging', text: text(dev) }],
              prod: [{ name: 'prod', text: text(prod) }],
            },
          });
          expect(result.findings.length).toBeGreaterThan(0);
        },
      ),
      {
        numRuns: 300,
        interruptAfterTimeLimit: 120_000,
        markInterruptAsFailure: true,
      },
    );
  });
});
