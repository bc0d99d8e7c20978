import { validateIntent } from '../../intent';
import { verify } from '../verify';

const NAMES = ['dev', 'staging', 'prod'] as const;
type Name = (typeof NAMES)[number];

const result = validateIntent({
  apiVersion: 'environments.envmatrix.dev/v1alpha1',
  kind: 'Environments',
  metadata: { name: 'checkout', owner: 'group:default/payments' },
  isolation: 'separate',
  clusters: NAMES.map(name => ({ name, environments: [name] })),
  environments: NAMES.map((name, index) => ({
    name,
    level: index + 1,
    kind: name === 'prod' ? 'production' : 'non-production',
    cluster: name,
    namespace: `checkout-${name}`,
    delivery:
      index === 0
        ? { sync: 'automatic' }
        : { sync: 'automatic', from: NAMES[index - 1] },
  })),
});
if (!result.ok) {
  throw new Error(JSON.stringify(result.problems));
}
const { intent } = result;

type Files = Record<string, object>;

/** The same files in the root of every environment, and the backend that each needs to be one. */
function roots(make: (name: Name) => Files): Files {
  return Object.fromEntries(
    NAMES.flatMap(name => [
      [
        `live/${name}/backend.tf.json`,
        {
          terraform: {
            backend: { s3: { bucket: `state-${name}`, key: 'shop' } },
          },
        },
      ],
      ...Object.entries(make(name)).map(([file, json]): [string, object] => [
        file.startsWith('modules/') ? file : `live/${name}/${file}`,
        json,
      ]),
    ]),
  );
}

/** What one rule says, once each: outcome, environment, and why. */
function told(
  rule: string,
  files: Files,
  plans: Record<string, object> = {},
): string[] {
  const { findings } = verify({
    intent,
    manifests: {},
    now: '2026-11-20T12:00:00Z',
    rules: [rule],
    infrastructure: Object.entries(files).map(([name, json]) => ({
      name,
      text: JSON.stringify(json, null, 2),
      json,
    })),
    plans,
  });
  return [
    ...new Set(
      findings.map(({ outcome, environments, reason }) =>
        [outcome, environments.join(' '), reason].filter(Boolean).join(' '),
      ),
    ),
  ];
}

/** Outcomes alone. */
function outcomes(
  rule: string,
  files: Files,
  plans: Record<string, object> = {},
): string[] {
  return [
    ...new Set(
      told(rule, files, plans).map(text =>
        text.split(' ').slice(0, 2).join(' '),
      ),
    ),
  ];
}

const ALL_PASS = ['pass dev', 'pass staging', 'pass prod'];
const ALL_FAIL = ['fail dev', 'fail staging', 'fail prod'];
const ALL_UNKNOWN = ['unknown dev', 'unknown staging', 'unknown prod'];

interface PlannedChange {
  address: string;
  actions?: string[];
  after?: object;
  unknown?: object;
}

function plan(...changes: PlannedChange[]) {
  return {
    format_version: '1.2',
    timestamp: '2026-11-20T06:00:00Z',
    resource_changes: changes.map(
      ({ address, actions = ['create'], after = {}, unknown = {} }) => ({
        mode: 'managed',
        address,
        type: address.split('.').at(-2),
        change: { actions, after, after_unknown: unknown },
      }),
    ),
  };
}

describe('TF-19', () => {
  it.each<[string, string, string, string[]]>([
    [
      'a key with slashes',
      'secret_key',
      'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
      ALL_FAIL,
    ],
    ['a password with a slash in front', 'db_password', '/hunter2', ALL_FAIL],
    ['a password of words', 'db_password', '/correct/horse', ALL_FAIL],
    ['a token with a slash in front', 'token', '/Zx81kqPw', ALL_FAIL],
    ['a token that is random', 'token', 'xkcdqwrt/plmnbvcx', ALL_FAIL],
    ['a path of words', 'token', '/checkout/prod/token', ALL_PASS],
    [
      'the address of a key',
      'secret_key',
      'arn:aws:secretsmanager:eu-west-1:1:secret:a',
      ALL_PASS,
    ],
    [
      'an address of Google',
      'db_password',
      'projects/shop/secrets/db/versions/1',
      ALL_PASS,
    ],
    ['nothing', 'db_password', '', ALL_PASS],
  ])('%s in a variable file', (_, name, value, expected) => {
    expect(
      outcomes(
        'TF-19',
        roots(() => ({ 'terraform.tfvars.json': { [name]: value } })),
      ),
    ).toEqual(expected);
  });

  const inModule = (module: object): Files =>
    roots(() => ({
      'main.tf.json': { module: { db: { source: '../../modules/db' } } },
      'modules/db/main.tf.json': module,
    }));

  it.each<[string, object, string[]]>([
    [
      'a resource',
      { resource: { aws_db_instance: { this: { password: 'hunter2' } } } },
      ALL_FAIL,
    ],
    [
      'a resource that is not made',
      {
        resource: { aws_db_instance: { a: { count: 0, password: 'hunter2' } } },
      },
      ALL_FAIL,
    ],
    [
      'a default',
      { variable: { db_password: { default: 'hunter2' } } },
      ALL_FAIL,
    ],
    ['a local', { locals: { db_password: 'hunter2' } }, ALL_FAIL],
    [
      'a local with a harmless name',
      {
        locals: { db_word: 'hunter2' },
        resource: {
          aws_db_instance: { this: { password: '${local.db_word}' } },
        },
      },
      ALL_FAIL,
    ],
    [
      'a choice',
      {
        variable: { managed: {} },
        resource: {
          aws_db_instance: {
            this: { password: '${var.managed ? null : "changeme"}' },
          },
        },
      },
      ALL_FAIL,
    ],
    [
      'what is taken when there is nothing else',
      {
        variable: { given: {} },
        resource: {
          aws_db_instance: {
            this: { password: '${coalesce(var.given, "changeme")}' },
          },
        },
      },
      ALL_FAIL,
    ],
    [
      'a password from elsewhere',
      {
        variable: { db_password: {} },
        resource: {
          aws_db_instance: {
            a: { password: '${random_password.db.result}' },
            b: {
              password:
                '${jsondecode(data.aws_secret.x.secret_string)["password"]}',
            },
            c: { password: '${var.x ? null : var.db_password}' },
          },
        },
      },
      ALL_PASS,
    ],
  ])('%s of a module that every root uses', (_, module, expected) => {
    expect(outcomes('TF-19', inModule(module))).toEqual(expected);
  });

  it('names the file of the module, and not the value', () => {
    const all = told(
      'TF-19',
      inModule({
        resource: { aws_db_instance: { this: { password: 'hunter2' } } },
      }),
    );
    expect(all[2]).toBe(
      'fail prod modules/db/main.tf.json gives password as a literal',
    );
    expect(all.join()).not.toContain('hunter2');
  });
});

describe('TF-01', () => {
  it('looks at what is only called a backend', () => {
    const named = (size: (name: Name) => number) =>
      roots(name => ({
        'main.tf.json': {
          terraform: { cloud: { organization: name } },
          resource: { aws_instance: { backend: { size: size(name) } } },
        },
      }));
    expect(
      outcomes(
        'TF-01',
        named(() => 1),
      ),
    ).toEqual(ALL_PASS);
    expect(
      outcomes(
        'TF-01',
        named(name => (name === 'prod' ? 2 : 1)),
      ),
    ).toEqual(['fail dev', 'fail staging', 'pass prod']);
  });
});

describe('TF-10', () => {
  it('does not pass over a root without a plan', () => {
    const files = roots(() => ({}));
    const database = plan({ address: 'aws_db_instance.this' });
    expect(
      outcomes('TF-10', files, {
        staging: database,
        prod: database,
      }),
    ).toEqual(['pass staging', 'unknown dev']);
    expect(outcomes('TF-10', files, { prod: database })).toEqual([
      'unknown dev',
      'unknown staging',
    ]);
    expect(outcomes('TF-10', files, { staging: database })).toEqual([
      'unknown staging',
      'unknown dev',
      'unknown prod',
    ]);
  });
});

describe('TF-04', () => {
  const backend = (config: object) =>
    roots(() => ({ 'backend.tf.json': { terraform: { backend: config } } }));
  it.each<[string, object, string[]]>([
    ['an HTTP backend that is completed later', { http: {} }, ALL_UNKNOWN],
    [
      'an HTTP backend without a lock',
      { http: { address: 'https://state.example.com/a' } },
      ALL_FAIL,
    ],
    [
      'encryption that is not known',
      {
        s3: { bucket: 'a', key: 'b', use_lockfile: true, encrypt: '${var.e}' },
      },
      ALL_UNKNOWN,
    ],
    [
      'no encryption',
      { s3: { bucket: 'a', key: 'b', use_lockfile: true, encrypt: false } },
      ALL_FAIL,
    ],
  ])('%s', (_, config, expected) => {
    expect(outcomes('TF-04', backend(config))).toEqual(expected);
  });
});

describe('TF-07', () => {
  const classes = (values: Partial<Record<Name, string>>) =>
    roots(name => ({
      'main.tf.json': {
        variable: { db_instance_class: {} },
        resource: { aws_vpc: { this: {} } },
      },
      'terraform.tfvars.json':
        name in values ? { db_instance_class: values[name] } : {},
    }));
  it('compares CPUs and memory, each by itself', () => {
    const found = classes({
      dev: 'db.r7g.large',
      staging: 'db.m7g.large',
      prod: 'db.c7g.xlarge',
    });
    expect(told('TF-07', found)).toEqual([
      'fail staging dev is larger than staging: db.r7g.large and db.m7g.large',
      'pass staging',
      'pass prod',
    ]);
    const counted = roots(name => ({
      'main.tf.json': { variable: { node_type: {}, node_count: {} } },
      'terraform.tfvars.json':
        name === 'prod'
          ? { node_type: 'c7g.xlarge', node_count: 2 }
          : { node_type: 'r7g.large', node_count: 3 },
    }));
    expect(outcomes('TF-07', counted)).toContain('fail prod');
  });

  it('knows which environment it cannot compare', () => {
    expect(
      outcomes('TF-07', classes({ dev: 'db.t4g.small', prod: 'db.m7g.large' })),
    ).toEqual(['pass dev', 'pass prod', 'unknown staging']);
    expect(
      outcomes(
        'TF-07',
        classes({
          dev: 'db.t4g.small',
          staging: 'db.nobody.knows',
          prod: 'db.m7g.large',
        }),
      ),
    ).toEqual(['pass dev', 'pass prod', 'unknown staging']);
    const counts = roots(name => ({
      'main.tf.json': {
        variable: { count: {} },
        resource: {
          aws_instance: {
            this: {
              instance_type: 'm7g.large',
              count: name === 'staging' ? '${var.n}' : 2,
            },
          },
        },
      },
    }));
    expect(outcomes('TF-07', counts)).toEqual([
      'pass dev',
      'pass prod',
      'unknown staging',
    ]);
  });
});

describe('TF-17', () => {
  it('knows which network it cannot compare', () => {
    const networks = roots(name => ({
      'main.tf.json': {
        variable: { vpc_cidr: {} },
        resource: { aws_vpc: { this: { cidr_block: '${var.vpc_cidr}' } } },
      },
      'terraform.tfvars.json':
        name === 'staging'
          ? {}
          : { vpc_cidr: name === 'dev' ? '10.1.0.0/16' : '10.2.0.0/16' },
    }));
    expect(outcomes('TF-17', networks)).toEqual([
      'pass dev',
      'pass prod',
      'unknown staging',
    ]);
    const pool = roots(name => ({
      'main.tf.json': {
        resource: {
          aws_vpc: {
            this:
              name === 'prod'
                ? { ipv4_ipam_pool_id: 'pool' }
                : {
                    cidr_block: name === 'dev' ? '10.1.0.0/16' : '10.2.0.0/16',
                  },
          },
        },
      },
    }));
    expect(outcomes('TF-17', pool)).toEqual([
      'pass dev',
      'pass staging',
      'unknown prod',
    ]);
  });
});

describe('TF-08', () => {
  const database = (body: object) => ({
    'main.tf.json': { module: { db: { source: 'acme/rds/aws', ...body } } },
  });
  const resource = (type: string, body: object) => ({
    'main.tf.json': { resource: { [type]: { this: body } } },
  });
  const variable = (value: unknown, type?: string) => ({
    'main.tf.json': { variable: { db_multi_az: type ? { type } : {} } },
    'terraform.tfvars.json': { db_multi_az: value },
  });
  it.each<[string, Files, string]>([
    ['a module that says nothing', database({}), 'unknown'],
    ['a module that says so', database({ multi_az: true }), 'pass'],
    ['a module that says no', database({ multi_az: false }), 'fail'],
    ['a module that leaves it open', database({ multi_az: null }), 'unknown'],
    ['a module of Google', database({ availability_type: 'REGIONAL' }), 'pass'],
    ['one in a zone', database({ availability_type: 'ZONAL' }), 'fail'],
    [
      'a database that may not be made',
      resource('aws_db_instance', { count: '${var.n}', multi_az: false }),
      'unknown',
    ],
    [
      'databases that may not be made',
      resource('aws_db_instance', { for_each: '${var.n}' }),
      'unknown',
    ],
    [
      'a block that may be there',
      resource('azurerm_postgresql_flexible_server', {
        dynamic: {
          high_availability: [
            { for_each: '${var.n}', content: [{ mode: 'ZoneRedundant' }] },
          ],
        },
      }),
      'unknown',
    ],
    [
      'no such block',
      resource('azurerm_postgresql_flexible_server', {}),
      'fail',
    ],
    ['text for a truth value', variable('true', 'bool'), 'pass'],
    ['text for a truth value, no', variable('false', '${bool}'), 'fail'],
    ['text', variable('true'), 'unknown'],
    ['a number', variable(1, 'bool'), 'unknown'],
    [
      'null, with a database',
      {
        ...variable(null),
        ...resource('aws_db_instance', { multi_az: true }),
      },
      'pass',
    ],
    ['null alone', variable(null), 'unknown'],
    [
      'a module that is not in the repository',
      {
        'main.tf.json': {
          module: { db: { source: '../../../elsewhere/modules/store' } },
        },
      },
      'unknown',
    ],
    [
      'such a module, where a variable says that there is no database',
      {
        'main.tf.json': {
          variable: { db_multi_az: {}, create_database: {} },
          module: { db: { source: '../../../elsewhere/modules/store' } },
        },
        'terraform.tfvars.json': { db_multi_az: true, create_database: false },
      },
      'not-applicable',
    ],
  ])('%s', (_, files, expected) => {
    expect(
      outcomes(
        'TF-08',
        roots(() => files),
      ),
    ).toContain(`${expected} prod`);
  });
});

describe('TF-08, of a module that is not in the repository', () => {
  it('says why nothing is known of it', () => {
    const files = roots(() => ({
      'main.tf.json': {
        module: { db: { source: '../../../elsewhere/modules/store' } },
      },
    }));
    expect(told('TF-08', files)).toContainEqual(
      expect.stringMatching(
        /^unknown prod .*module\.db, from \.\.\/\.\.\/\.\.\/elsewhere\/modules\/store, is outside of the repository\. Pass --plan prod=FILE/,
      ),
    );
  });
});

describe('TF-09', () => {
  const parts = Object.fromEntries(
    NAMES.flatMap(name =>
      ['edge', 'data'].map(part => [
        `live/${name}/${part}/backend.tf.json`,
        { terraform: { backend: { s3: { bucket: name, key: part } } } },
      ]),
    ),
  );
  it('does not fail by the plan of one part alone', () => {
    const other = plan({ address: 'aws_vpc.this' });
    const firewall = plan({ address: 'aws_wafv2_web_acl.this' });
    const found = (plans: Record<string, object>) =>
      outcomes('TF-09', parts, plans).filter(text => text.endsWith('prod'));
    expect(found({ 'prod/data': other })).toEqual(['unknown prod']);
    expect(found({ 'prod/data': other, 'prod/edge': other })).toEqual([
      'fail prod',
    ]);
    expect(found({ 'prod/data': other, 'prod/edge': firewall })).toEqual([
      'pass prod',
    ]);
  });
  it('does not count a firewall that may not be made', () => {
    const maybe = (body: object) =>
      roots(() => ({
        'main.tf.json': {
          variable: { n: {} },
          resource: { aws_wafv2_web_acl: { this: body } },
        },
      }));
    expect(outcomes('TF-09', maybe({}))).toContain('pass prod');
    expect(outcomes('TF-09', maybe({ count: 0 }))).toContain('fail prod');
    expect(outcomes('TF-09', maybe({ for_each: '${var.n}' }))).toContain(
      'unknown prod',
    );
    expect(outcomes('TF-09', maybe({ count: '${var.n}' }))).toContain(
      'unknown prod',
    );
  });
});

describe('TF-12', () => {
  const cluster = (after: object, unknown: object) =>
    plan({
      address: 'aws_eks_cluster.this',
      after: {
        enabled_cluster_log_types: ['api'],
        encryption_config: [{}],
        vpc_config: [after],
      },
      unknown: { vpc_config: [unknown] },
    });
  const sql = (after: object, unknown: object) =>
    plan({
      address: 'google_sql_database_instance.this',
      after: { deletion_protection: true, settings: [after] },
      unknown: { settings: [unknown] },
    });
  it.each<[string, object, string]>([
    [
      'networks that are not known',
      cluster(
        { endpoint_public_access: true },
        { public_access_cidrs: true, vpc_id: true },
      ),
      'unknown',
    ],
    [
      'one network that is not known',
      cluster(
        { endpoint_public_access: true, public_access_cidrs: [null] },
        { public_access_cidrs: [true] },
      ),
      'unknown',
    ],
    [
      'all networks beside one that is not known',
      cluster(
        {
          endpoint_public_access: true,
          public_access_cidrs: ['0.0.0.0/0', null],
        },
        { public_access_cidrs: [false, true] },
      ),
      'fail',
    ],
    [
      'a private endpoint',
      cluster(
        { endpoint_public_access: false },
        { public_access_cidrs: true, vpc_id: true },
      ),
      'pass',
    ],
    [
      'no networks, where everything is known that matters',
      cluster({ endpoint_public_access: true }, { vpc_id: true }),
      'fail',
    ],
    [
      'an address that may be public',
      sql(
        {
          backup_configuration: [{ enabled: true }],
          ip_configuration: [{}],
        },
        { ip_configuration: [{ ipv4_enabled: true }], version: true },
      ),
      'unknown',
    ],
    [
      'backups that are not known',
      sql(
        { backup_configuration: [{}] },
        { backup_configuration: [{ enabled: true }] },
      ),
      'unknown',
    ],
  ])('%s', (_, prod, expected) => {
    expect(
      outcomes(
        'TF-12',
        roots(() => ({})),
        { prod },
      ),
    ).toEqual([`${expected} prod`]);
  });
});

describe('TF-03', () => {
  const backends = (type: string, make: (name: Name) => object) =>
    outcomes(
      'TF-03',
      Object.fromEntries(
        NAMES.map(name => [
          `live/${name}/backend.tf.json`,
          { terraform: { backend: { [type]: make(name) } } },
        ]),
      ),
    );
  it.each<[string, string, (name: Name) => object, string[]]>([
    [
      'secrets in namespaces of their own',
      'kubernetes',
      name => ({ secret_suffix: 'shop', namespace: name }),
      ALL_PASS,
    ],
    [
      'secrets in clusters of their own',
      'kubernetes',
      name => ({ secret_suffix: 'shop', config_context: name }),
      ALL_PASS,
    ],
    [
      'secrets in the cluster that is reached',
      'kubernetes',
      () => ({ secret_suffix: 'shop' }),
      ALL_UNKNOWN,
    ],
    [
      'secrets in the same cluster',
      'kubernetes',
      () => ({ secret_suffix: 'shop', config_context: 'one' }),
      ALL_FAIL,
    ],
    ['a database that is given later', 'pg', () => ({}), ALL_UNKNOWN],
    ['schemas of one name', 'pg', () => ({ schema_name: 'shop' }), ALL_UNKNOWN],
    ['schemas of their own', 'pg', name => ({ schema_name: name }), ALL_PASS],
    [
      'databases of their own',
      'pg',
      name => ({ conn_str: `postgres://state/${name}` }),
      ALL_PASS,
    ],
    [
      'one database',
      'pg',
      () => ({ conn_str: 'postgres://state/all' }),
      ALL_FAIL,
    ],
    [
      'a prefix that is not known',
      'gcs',
      name => ({ bucket: `state-${name}`, prefix: '${var.prefix}' }),
      ALL_UNKNOWN,
    ],
    [
      'a path that is not known',
      'local',
      () => ({ path: '${var.path}' }),
      ALL_UNKNOWN,
    ],
    ['a backend that nobody knows', 'other', () => ({}), ALL_UNKNOWN],
  ])('%s', (_, type, make, expected) => {
    expect(backends(type, make)).toEqual(expected);
  });
});
