import { validateIntent } from '../intent';
import { backendOf } from './backend';
import { buildTerraform } from './buildTerraform';
import { configurationOf, writtenBlocks } from './configuration';
import { isKnown, UNKNOWN } from './expression/evaluate';
import { TerraformFile, TerraformRoot } from './types';

const result = validateIntent({
  apiVersion: 'environments.envmatrix.dev/v1alpha1',
  kind: 'Environments',
  metadata: { name: 'shop', owner: 'group:default/shop' },
  isolation: 'shared-nonprod',
  clusters: [
    { name: 'nonprod', environments: ['dev'] },
    { name: 'live', environments: ['prod'] },
  ],
  environments: ['dev', 'prod'].map((name, index) => ({
    name,
    level: index + 1,
    kind: name === 'prod' ? 'production' : 'non-production',
    cluster: name === 'prod' ? 'live' : 'nonprod',
    namespace: `shop-${name}`,
    delivery:
      index === 0 ? { sync: 'automatic' } : { sync: 'automatic', from: 'dev' },
  })),
});
if (!result.ok) {
  throw new Error(JSON.stringify(result.problems));
}
const { intent } = result;

type Files = Readonly<Record<string, unknown>>;

const filesOf = (files: Files): TerraformFile[] =>
  Object.entries(files).map(([name, json]) => ({
    name,
    text: JSON.stringify(json) ?? '',
    json,
  }));

function rootOf(files: Files, name = 'prod'): TerraformRoot {
  const found = buildTerraform({ intent, files: filesOf(files) })?.roots.find(
    root => root.name === name,
  );
  if (!found) {
    throw new Error(`there is no root ${name}`);
  }
  return found;
}

const settingOf = (root: TerraformRoot, name: string) =>
  root.settings.get(name)?.value;

const called = (source: string, more: object = {}) => ({
  module: { db: [{ source, ...more }] },
});

const DATABASE = { resource: { aws_db_instance: { main: [{}] } } };

describe('modules of a root', () => {
  const addresses = (root: TerraformRoot) =>
    root.blocks.map(({ address }) => address);
  const unread = (root: TerraformRoot) =>
    root.unread.map(({ address, reason }) => `${address} is ${reason}`);

  it('are looked into', () => {
    const root = rootOf({
      'envs/prod/main.tf': called('../../modules/db'),
      'modules/db/main.tf': DATABASE,
    });
    expect(addresses(root)).toEqual([
      'module.db',
      'module.db.aws_db_instance.main',
    ]);
    expect(unread(root)).toEqual([]);
  });

  it.each<[string, Files, string]>([
    [
      'are not there',
      { 'envs/prod/main.tf': called('../../modules/db') },
      'module.db is not in the repository',
    ],
    [
      'lead out of the repository, to what looks like a folder of it',
      {
        'envs/prod/main.tf': called('../../../../../modules/db'),
        'modules/db/main.tf': DATABASE,
      },
      'module.db is outside of the repository',
    ],
    [
      'are chosen by what is not known',
      { 'envs/prod/main.tf': called('./${var.which}') },
      'module.db is called by a source that takes a value from outside',
    ],
    [
      'are too deep',
      {
        'envs/prod/main.tf': called('./m/1'),
        ...Object.fromEntries(
          [1, 2, 3, 4, 5, 6, 7].map(depth => [
            `envs/prod/m/${depth}/main.tf`,
            called(`../${depth + 1}`),
          ]),
        ),
      },
      'module.db.module.db.module.db.module.db.module.db.module.db is more than 5 modules deep',
    ],
  ])('that %s are listed as not read', (_, files, expected) => {
    const root = rootOf(files);
    expect(unread(root)).toEqual([expected]);
    expect(addresses(root)).not.toContain('module.db.aws_db_instance.main');
  });

  it('do not call themselves, however often they try to', () => {
    const root = rootOf({
      'envs/prod/main.tf': called('../../modules/db'),
      'modules/db/main.tf': {
        module: Object.fromEntries(
          Array.from({ length: 30 }, (_, index) => [
            `again${index}`,
            [{ source: '../db' }],
          ]),
        ),
      },
    });
    expect(root.unread).toHaveLength(30);
    expect(new Set(root.unread.map(({ reason }) => reason))).toEqual(
      new Set(['called by itself']),
    );
  });

  it('are looked into a thousand times and not more', () => {
    const many = (target: string) => ({
      module: Object.fromEntries(
        Array.from({ length: 12 }, (_, index) => [
          `m${index}`,
          [{ source: `../${target}` }],
        ]),
      ),
    });
    const root = rootOf({
      'envs/prod/main.tf': called('../../modules/1'),
      ...Object.fromEntries(
        [1, 2, 3, 4].map(depth => [
          `modules/${depth}/main.tf`,
          many(`${depth + 1}`),
        ]),
      ),
      'modules/5/main.tf': DATABASE,
    });
    expect(root.unread.length).toBeGreaterThan(0);
    expect(root.unread[0].reason).toBe('one of more than 1000 modules');
    expect(root.blocks.length).toBeLessThan(15_000);
  });

  it.each<[string, object, boolean]>([
    ['may not be called', { count: '${var.other}' }, true],
    ['may be called for nothing', { for_each: '${var.other}' }, true],
    ['are called for something', { for_each: { a: '${var.other}' } }, false],
  ])('that %s', (_, more, isOpen) => {
    const root = rootOf({
      'envs/prod/main.tf': called('../../modules/db', more),
      'modules/db/main.tf': DATABASE,
    });
    expect(root.blocks.map(({ values }) => values.count === UNKNOWN)).toEqual([
      isOpen,
      isOpen,
    ]);
  });

  it('have paths as Terraform gives them', () => {
    const root = rootOf({
      'envs/prod/main.tf': {
        ...called('../../modules/db'),
        locals: [
          {
            module: '${path.module}',
            root: '${path.root}',
            name: '${basename(abspath(path.module))}',
          },
        ],
      },
      'modules/db/main.tf': {
        resource: {
          a: { b: [{ module: '${path.module}', root: '${path.root}' }] },
        },
      },
    });
    expect(settingOf(root, 'module')).toBe('.');
    expect(settingOf(root, 'root')).toBe('.');
    expect(settingOf(root, 'name')).toBe('prod');
    expect(root.blocks.at(-1)?.values).toEqual({
      module: '../../modules/db',
      root: '.',
    });
  });
});

describe('values of a root', () => {
  it('that double at each step are not looked at', () => {
    const doubling = (make: (name: string) => unknown) =>
      Object.fromEntries([
        ['a0', ['x']],
        ...Array.from({ length: 40 }, (_, index) => [
          `a${index + 1}`,
          make(`local.a${index}`),
        ]),
      ]);
    for (const make of [
      (name: string) => `\${concat(${name}, ${name})}`,
      (name: string) => `\${[${name}, ${name}]}`,
      (name: string) => [`\${${name}}`, `\${${name}}`],
    ]) {
      const root = rootOf({
        'envs/prod/main.tf': { locals: [{ ...doubling(make), b: '${1 + 1}' }] },
      });
      expect(isKnown(settingOf(root, 'a40'))).toBe(false);
      expect(settingOf(root, 'a3')).not.toBe(UNKNOWN);
      expect(settingOf(root, 'b')).toBe(2);
    }
  });

  it('may have names that objects of the language have', () => {
    const names: unknown = JSON.parse('{"__proto__": {"a": 1}, "b": 2}');
    const root = rootOf({
      'envs/prod/main.tf': { variable: { b: [{}] } },
      'envs/prod/terraform.tfvars': names,
    });
    expect(Object.keys(root.variables)).toEqual(['__proto__', 'b']);
    expect(root.variables.a).toBeUndefined();
    expect(settingOf(root, '__proto__')).toEqual({ a: 1 });
    expect(settingOf(root, 'b')).toBe(2);
  });

  it.each<[string, Record<string, unknown>, unknown, unknown]>([
    ['a number in quotes', { type: '${number}' }, '3', 3],
    ['a truth value in quotes', { type: '${bool}' }, 'true', true],
    ['a number as a text', { type: '${string}' }, 3, '3'],
    ['a type in quotes', { type: 'string' }, 3, '3'],
    ['what a type refuses', { type: '${number}' }, 'many', UNKNOWN],
    ['a type that is not understood', { type: '${thing}' }, 'a', UNKNOWN],
    ['any', { type: '${any}' }, { a: '1' }, { a: '1' }],
    ['a list', { type: '${list(string)}' }, [1, 'a'], ['1', 'a']],
    ['a set', { type: '${set(string)}' }, ['b', 'a', 'b'], ['a', 'b']],
    ['a map', { type: '${map(number)}' }, { a: '1' }, { a: 1 }],
    ['a tuple', { type: '${tuple([string, bool])}' }, [1, true], ['1', true]],
    [
      'an object',
      {
        type: '${object({ a = optional(string, "x"), b = list(number), c = optional(bool) })}',
      },
      { b: ['1'], other: 1 },
      { a: 'x', b: [1], c: null },
    ],
    [
      'an object without what it needs',
      { type: '${object({ b = string })}' },
      {},
      UNKNOWN,
    ],
    ['nothing', { default: 1 }, null, null],
    [
      'nothing where there must be one',
      { default: 1, nullable: false },
      null,
      1,
    ],
    ['an expression', { type: '${number}' }, '${-1}', -1],
  ])('have the types of their variables: %s', (_, body, given, expected) => {
    const root = rootOf({
      'envs/prod/main.tf': { variable: { v: [body] } },
      'envs/prod/terraform.tfvars': { v: given },
    });
    expect(settingOf(root, 'v')).toEqual(expected);
  });

  it('have the types of their variables by default and in modules too', () => {
    const root = rootOf({
      'envs/prod/main.tf': {
        ...called('../../modules/db', { size: '3' }),
        variable: { v: [{ type: '${number}', default: '3' }] },
      },
      'modules/db/main.tf': {
        variable: { size: [{ type: '${number}' }] },
        resource: { a: { b: [{ size: '${var.size}' }] } },
      },
    });
    expect(settingOf(root, 'v')).toBe(3);
    expect(root.blocks.at(-1)?.values).toEqual({ size: 3 });
  });
});

describe('files of variables', () => {
  const MAIN = {
    terraform: [{ backend: { s3: [{}] } }],
    variable: { v: [{ default: 'none' }] },
  };
  const taken = (files: Files, name = 'prod') =>
    rootOf(files, name).tfvars.map(file => file.name);

  it('in the folder of an environment are those that are taken', () => {
    expect(
      taken({
        'envs/prod/main.tf': MAIN,
        'envs/prod/old.tfvars': { v: 'old' },
        'envs/prod/dev.tfvars': { v: 'dev' },
        'envs/prod/production.tfvars': {},
        'envs/prod/prod.tfvars': {},
        'envs/prod/common.tfvars': {},
        'envs/prod/b.auto.tfvars': {},
        'envs/prod/terraform.tfvars': {},
      }),
    ).toEqual([
      'envs/prod/terraform.tfvars',
      'envs/prod/b.auto.tfvars',
      'envs/prod/common.tfvars',
      'envs/prod/production.tfvars',
      'envs/prod/prod.tfvars',
    ]);
  });

  it('for every environment stand beside those for one', () => {
    expect(
      taken({
        'main.tf': MAIN,
        'terraform.tfvars': {},
        'vars/common.tfvars': {},
        'vars/old.tfvars': {},
        'vars/dev.tfvars': {},
        'vars/prod.tfvars': {},
      }),
    ).toEqual(['terraform.tfvars', 'vars/common.tfvars', 'vars/prod.tfvars']);
  });

  it('that complete a backend and cannot be read complete nothing', () => {
    const root = rootOf({
      'envs/prod/main.tf': MAIN,
      'envs/prod/backend.conf': undefined,
    });
    expect(root.backend?.completedBy).toBeUndefined();
    expect(
      rootOf({
        'envs/prod/main.tf': MAIN,
        'envs/prod/backend.conf': { bucket: 'a' },
      }).backend?.config,
    ).toEqual({ bucket: 'a' });
  });
});

describe('override files', () => {
  const written = (type: string, ...bodies: unknown[]) =>
    writtenBlocks(
      configurationOf(
        filesOf({
          'main.tf': { [type]: bodies.slice(0, -1) },
          'main_override.tf': { [type]: bodies.slice(-1) },
        }),
      ),
      type,
    );

  it('override a local in whichever block it stands', () => {
    expect(
      written('locals', { a: 1 }, { b: 2 }, { b: 3, c: 4 }).map(
        ({ body }) => body,
      ),
    ).toEqual([{ a: 1 }, { b: 3 }, { c: 4 }]);
    const root = rootOf({
      'envs/prod/main.tf': { locals: [{ a: 1 }, { b: 2 }] },
      'envs/prod/override.tf': { locals: [{ b: 3 }] },
    });
    expect(root.settings.get('b')).toMatchObject({
      value: 3,
      file: { name: 'envs/prod/override.tf' },
    });
  });

  it('override settings of Terraform and providers one by one', () => {
    expect(
      written(
        'terraform',
        { required_version: '1', backend: { s3: [{}] } },
        { required_providers: [{ aws: { version: '5' }, tls: {} }] },
        { cloud: [{}], required_providers: [{ aws: { version: '6' } }] },
      ).map(({ body }) => body),
    ).toEqual([
      { required_version: '1' },
      { required_providers: [{ tls: {} }] },
      { cloud: [{}], required_providers: [{ aws: { version: '6' } }] },
    ]);
  });

  it('override the backend', () => {
    const files = filesOf({
      'a.tf': { terraform: [{ required_version: '1' }] },
      'b.tf': { terraform: [{ backend: { s3: [{ bucket: 'a' }] } }] },
      'override.tf': { terraform: [{ backend: { local: [{}] } }] },
    });
    expect(backendOf(configurationOf(files))).toMatchObject({
      type: 'local',
      config: {},
      file: { name: 'override.tf' },
    });
  });
});
