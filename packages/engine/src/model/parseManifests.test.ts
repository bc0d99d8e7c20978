import assert from 'assert';
import { objectAt, valueAt } from './json';
import { ManifestError } from './ManifestError';
import { parseManifests } from './parseManifests';

const parse = (text: string) => parseManifests([{ name: 'm.yaml', text }]);

const service = (name: string) =>
  `apiVersion: v1\nkind: Service\nmetadata:\n  name: ${name}\n`;

describe('parseManifests', () => {
  it('reads several documents, and says where each object and each leaf stands', () => {
    const [first, second] = parse(
      `# a comment\n${service('a')}---\n\n${service('b')}spec:
  ports:
    - name: http

      port: 80
    - port: 9090
  type:
    ClusterIP
`,
    );
    expect(first).toMatchObject({
      kind: 'Service',
      group: '',
      name: 'a',
      location: 'm.yaml:2',
    });
    expect(second.location).toBe('m.yaml:8');
    const spec = objectAt(second.value, 'spec');
    const ports = valueAt(spec, 'ports');
    assert(Array.isArray(ports));
    expect(second.locate(spec, 'ports')).toBe('m.yaml:13');
    expect(second.locate(ports, '1')).toBe('m.yaml:17');
    expect(second.locate(ports[0], 'port')).toBe('m.yaml:16');
    expect(second.locate(spec, 'type')).toBe('m.yaml:18');
    expect(second.locate(spec, 'absent')).toBeUndefined();
  });

  it.each([
    ['nothing', ''],
    ['only comments', '# nothing here\n'],
    ['empty documents', '---\n---\n\n---\n'],
    ['null', 'null\n'],
  ])('finds no object in %s', (_what, text) => {
    expect(parse(text)).toEqual([]);
  });

  it('reads JSON, lists, and leaves out what is for local tools only', () => {
    const objects = parse(
      `{"apiVersion":"v1","kind":"List","items":[
        {"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"}},
        {"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"b","annotations":{"config.kubernetes.io/local-config":"true"}}},
        {"apiVersion":"apps/v1","kind":"DeploymentList","items":[{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"c"}}]}
      ]}`,
    );
    expect(objects.map(object => `${object.kind} ${object.name}`)).toEqual([
      'ConfigMap a',
      'Deployment c',
    ]);
    expect(objects[1].location).toBe('m.yaml:4');
  });

  it('reads numbers as the API server does', () => {
    const [object] = parse(
      `${service(
        'a',
      )}spec: { mode: 0644, octal: 0o17, hex: 0x1F, text: 0999, day: 2026-01-01, yes: yes, minus: -7 }\n`,
    );
    expect(object.value.spec).toEqual({
      mode: 420,
      octal: 15,
      hex: 31,
      text: 999,
      day: '2026-01-01',
      yes: 'yes',
      minus: -7,
    });
  });

  it('follows anchors and merge keys', () => {
    const [object] = parse(
      `${service(
        'a',
      )}base: &base\n  x: 1\n  y: 2\nmore:\n  <<: *base\n  y: 3\n`,
    );
    expect(object.value.more).toEqual({ x: 1, y: 3 });
  });

  const bomb = [
    'apiVersion: v1',
    'kind: ConfigMap',
    'metadata: { name: bomb }',
    'a: &a [x, x, x, x, x, x, x, x, x, x]',
    ...'bcdefghij'.split('').map((letter, index) => {
      const previous = 'abcdefghij'[index];
      return `${letter}: &${letter} [${Array(10).fill(`*${previous}`)}]`;
    }),
  ].join('\n');

  it.each([
    ['tabs for indentation', 'kind: a\n\tb: c\n', 2, /is not valid YAML/],
    [
      'a key twice',
      `${service('a')}spec:\n  a: 1\n  a: 2\n`,
      7,
      /duplicated mapping key/,
    ],
    ['an unknown anchor', 'a: *nowhere\n', 1, /unidentified alias/],
    ['an unknown tag', 'a: !!js/function x\n', 1, /unknown tag/],
    ['a bomb of aliases', bomb, 1, /expands through aliases/],
    [
      'an alias to itself',
      'a: &a\n  b: *a\n',
      1,
      /alias to itself|unidentified alias/,
    ],
    ['deep nesting', `a: ${'['.repeat(5000)}`, 1, /nesting|cannot be read/],
    [
      'a text',
      `${service('a')}---\njust text\n`,
      6,
      /is a string, not a Kubernetes object/,
    ],
    ['a list', '- a\n- b\n', 1, /is a list, not a Kubernetes object/],
    ['no kind', 'metadata: { name: a }\n', 1, /has no kind/],
    [
      'no version',
      'kind: A\nmetadata: { name: a }\n',
      1,
      /A has no apiVersion/,
    ],
    ['no name', 'apiVersion: v1\nkind: A\n', 1, /A has no metadata.name/],
    [
      'a directive of a template',
      'kind: A\n{{- if .Values.a }}\nb: c\n{{- end }}\n',
      2,
      /was a template left unrendered\?/,
    ],
    [
      'a template',
      'apiVersion: v1\nkind: A\nmetadata: { name: {{ .Values.name }} }\n',
      3,
      /template left unrendered/,
    ],
    [
      'a kustomization',
      'apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n',
      1,
      /render it first/,
    ],
    [
      'far too much',
      `a: ${'x'.repeat(17 * 1024 * 1024)}`,
      1,
      /larger than 16 MiB/,
    ],
  ])('refuses %s, with file and line', (_what, text, line, problem) => {
    let thrown: unknown;
    try {
      parse(text);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(ManifestError);
    expect(thrown).toMatchObject({
      file: 'm.yaml',
      line,
      message: expect.stringMatching(problem),
    });
    expect(String(thrown)).toContain(`m.yaml:${line}: `);
  });
});
