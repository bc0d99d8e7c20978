import fs from 'fs';
import path from 'path';
import { parse } from 'yaml';
import { ConfigReader } from '@backstage/config';
import {
  COMPLETE_EXAMPLE,
  configurationDocument,
} from './__testUtils__/configuration/configurationDocument';
import { configuredPackages } from './__testUtils__/configuration/configuredPackages';
import { ConfigKey } from './__testUtils__/configuration/ConfigKey';
import { readConfigKeys } from './__testUtils__/configuration/readConfigKeys';
import { typeProblems } from './__testUtils__/configuration/typeProblems';
import { readConfig } from './readConfig';

const DOCUMENT = path.join(__dirname, '../../../docs/configuration.md');

const packages = configuredPackages();
const plugins = packages.filter(({ folder }) => folder.startsWith('plugins/'));

describe('the reference of the configuration', () => {
  const document = fs.readFileSync(DOCUMENT, 'utf8');

  it('is what docs/configuration.md says; npm run configuration writes it', () => {
    expect(document).toBe(configurationDocument(packages));
  });

  it('has a row for every key of every config.d.ts, and for no other', () => {
    const rows = [
      ...document
        .split('## What is read of other plugins')[0]
        .matchAll(/^\| `([^`]+)` \|/gm),
    ].map(([, key]) => key);
    expect(rows).toEqual(
      packages.flatMap(({ keys }) => keys.map(key => key.path)),
    );
    expect(rows).toEqual(
      expect.arrayContaining([
        'environments.definitions[].argocd.destination',
        'environments.sources.registry.<host>.hosts',
        'app.signIn.provider',
      ]),
    );
  });

  it('says of every key what it does, what holds without it, and what it looks like', () => {
    const silent = packages
      .flatMap(({ keys }) => keys)
      .filter(
        key =>
          key.description === '' ||
          (!key.isGroup && key.example === undefined) ||
          (!key.isGroup && !key.isRequired && key.defaultValue === undefined),
      );
    expect(silent).toEqual([]);
  });

  it.each(packages)('has examples in $name that are of its types', each => {
    expect(typeProblems([each.file], assembled(each.keys))).toEqual([]);
  });

  it('has one example with every key of the plugins, which they read', () => {
    const example: unknown = parse(COMPLETE_EXAMPLE);
    expect(
      typeProblems(
        plugins.map(({ file }) => file),
        example,
      ),
    ).toEqual([]);
    const used = new Set(pathsOf(example));
    const unused = plugins
      .flatMap(({ keys }) => keys.filter(({ isGroup }) => !isGroup))
      .filter(key => ![...used].some(name => patternOf(key.path).test(name)))
      .map(key => key.path);
    // What nobody should copy, because it is in an example.
    expect(unused).toEqual([
      'environments.sources.argocd.<instance>.tls.skipVerify',
    ]);
    expect(readConfig(new ConfigReader(parse(COMPLETE_EXAMPLE)))).toMatchObject(
      {
        trackingIntervalMs: 15_000,
        definitions: [{ name: 'dev' }, { name: 'prod', sync: 'manual' }],
        exceptions: [{ rule: 'K8S-03' }],
        previewTemplate: 'template:default/acme-service',
      },
    );
  });
});

describe('what is read of a config.d.ts', () => {
  const read = (members: string) =>
    readConfigKeys('config.d.ts', `export interface Config { ${members} }`);

  it('is each key with its type, and groups that are described', () => {
    expect(
      read(`a?: {
        /** Many
         * of them. */
        b?: { [name: string]: {
          /** Kinds.
           * @defaultValue \`x\`
           * @example y
           * @visibility secret
           */
          kind?: 'x' | 'y';
        } };
      }`),
    ).toEqual([
      expect.objectContaining({
        path: 'a.b',
        type: 'map',
        isGroup: true,
        description: 'Many of them.',
      }),
      {
        path: 'a.b.<name>.kind',
        type: '`x` or `y`',
        isGroup: false,
        isRequired: false,
        description: 'Kinds.',
        defaultValue: '`x`',
        example: 'y',
        visibility: 'secret',
      },
    ]);
  });

  it('is refused where it has no words for a type', () => {
    expect(() => read('a?: { b?: Date };')).toThrow(
      "config.d.ts: a.b is 'Date', which the reference of the configuration has no words for",
    );
    expect(() => read('a(): void;')).toThrow('neither a property');
  });

  it('is wrong where an example has another type, or another key', () => {
    const [{ file }] = plugins;
    expect(typeProblems([file], { environments: { tracking: 5 } })).toEqual([
      expect.stringContaining("Type 'number' has no properties in common"),
    ]);
    expect(typeProblems([file], { environments: { trackign: {} } })).toEqual([
      expect.stringMatching(/trackign.*does not exist/),
    ]);
  });
});

/** Configuration with the example of every key, and one entry in every list and map. */
function assembled(keys: readonly ConfigKey[]): unknown {
  const root: Record<string, unknown> = {};
  for (const { path: key, example } of keys) {
    if (example !== undefined) {
      set(root, key.split('.'), parse(example));
    }
  }
  return root;
}

function set(
  target: Record<string, unknown>,
  [name, ...rest]: readonly string[],
  value: unknown,
) {
  if (rest.length === 0) {
    target[name] = value;
    return;
  }
  const key = name.replace(/\[\]$/, '');
  const isList = key !== name;
  const known = target[key];
  const existing: unknown = Array.isArray(known) ? known[0] : known;
  const next = isRecord(existing) ? existing : {};
  target[key] = isList ? [next] : next;
  set(next, rest, value);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** `a.b[].c` of everything below a value. */
function pathsOf(value: unknown, at = ''): string[] {
  if (Array.isArray(value)) {
    return [at, ...value.flatMap(entry => pathsOf(entry, `${at}[]`))];
  }
  return isRecord(value)
    ? [
        at,
        ...Object.entries(value).flatMap(([key, child]) =>
          pathsOf(child, at === '' ? key : `${at}.${key}`),
        ),
      ]
    : [at];
}

/** What an adopter names has dots of its own: `ghcr.io`. */
function patternOf(key: string): RegExp {
  const escaped = key.replace(/[.[\]]/g, '\\$&');
  return new RegExp(`^${escaped.replace(/<[^>]+>/g, '[^/]+')}$`);
}
