import { spawn } from 'child_process';
import { promises as fs } from 'fs';
import os from 'os';
import path from 'path';
import {
  findKustomize,
  readTextFiles,
  renderOverlay,
  writeTextFiles,
} from '@envmatrix/checkout';

const BIN = path.resolve(__dirname, '../bin/environments');
const FIXTURE = path.resolve(__dirname, '__fixtures__/deploy-config');
const SKELETON = path.resolve(
  __dirname,
  '../../../templates/multi-environment-service/skeleton',
);
const ENVIRONMENTS = ['dev', 'staging', 'prod'];

interface Run {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

async function run(
  args: readonly string[],
  options: { stdin?: string; env?: Record<string, string> } = {},
): Promise<Run> {
  return await new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [BIN, ...args], {
      env: { PATH: process.env.PATH, NO_COLOR: '1', ...options.env },
    });
    let out = '';
    let err = '';
    child.stdout.setEncoding('utf8').on('data', text => {
      out += text;
    });
    child.stderr.setEncoding('utf8').on('data', text => {
      err += text;
    });
    child.on('error', reject);
    child.on('close', code => resolve({ code, out, err }));
    child.stdin.end(options.stdin ?? '');
  });
}

it('ends without a word where nobody reads on', async () => {
  const child = spawn(process.execPath, [BIN, 'rules'], {
    env: { PATH: process.env.PATH },
  });
  let complaint = '';
  child.stderr.setEncoding('utf8').on('data', text => {
    complaint += text;
  });
  child.stdout.destroy();
  child.stdin.end();
  await new Promise(resolve => child.on('close', resolve));
  expect(complaint).toBe('');
});

describe('environments', () => {
  let folder: string;
  let manifests: Record<string, string>;

  const file = (name: string) => path.join(folder, name);
  const intent = path.join(FIXTURE, 'environments.yaml');

  function given(changed: Record<string, string> = {}): string[] {
    return [
      '--intent',
      intent,
      ...ENVIRONMENTS.flatMap(name => [
        '--manifests',
        `${name}=${changed[name] ?? file(`${name}.yaml`)}`,
      ]),
    ];
  }

  async function write(name: string, text: string | Buffer): Promise<string> {
    await fs.mkdir(path.dirname(file(name)), { recursive: true });
    await fs.writeFile(file(name), text);
    return file(name);
  }

  beforeAll(async () => {
    folder = await fs.mkdtemp(path.join(os.tmpdir(), 'environments-cli-'));
    manifests = {};
    for (const name of ENVIRONMENTS) {
      const result = await renderOverlay({
        root: FIXTURE,
        overlay: `apps/checkout/overlays/${name}`,
      });
      if ('problem' in result) {
        throw new Error(result.problem);
      }
      manifests[name] = result.manifests;
      await write(`${name}.yaml`, result.manifests);
    }
  });

  afterAll(async () => {
    await fs.rm(folder, { recursive: true, force: true });
  });

  it('says what the portal and the template say of the same repository', async () => {
    const { out, err } = await run([
      'verify',
      '--deploy-config',
      FIXTURE,
      '--format',
      'json',
    ]);
    expect(err).toBe('');
    const { findings, differences } = JSON.parse(out);
    const told: unknown = JSON.parse(
      await fs.readFile(
        path.resolve(__dirname, '__fixtures__/verified.json'),
        'utf8',
      ),
    );
    expect({ findings, differences }).toEqual(told);
  });

  it('explains its rules', async () => {
    const { out } = await run(['rules', 'k8s-04']);
    expect(out).toMatch(/^K8S-04 {2}.*probe/i);
    const { out: all } = await run(['rules', '--format', 'json']);
    expect(JSON.parse(all).rules).toHaveLength(95);
    const { code, err } = await run(['rules', 'K8S-99']);
    expect(code).toBe(2);
    expect(err).toContain('no rule K8S-99');
  });

  it('writes the entries that accept what is wrong', async () => {
    const broken = await write(
      'broken.yaml',
      manifests.prod.replace(/replicas: \d+/, 'replicas: 1'),
    );
    const { out } = await run([
      'verify',
      ...given({ prod: broken }),
      '--accept',
      'Until the second node is there',
    ]);
    expect(out).toMatch(
      /^- rule: K8S-08\n {2}subject: apps\/Deployment checkout/m,
    );
    expect(out).toContain('reason: Until the second node is there');
  });

  describe('verify', () => {
    it('renders a repository, and finds nothing wrong with it', async () => {
      expect(await findKustomize()).toBeDefined();
      const { code, out, err } = await run([
        'verify',
        '--deploy-config',
        FIXTURE,
      ]);
      expect(err).toBe('');
      expect(out).toContain(
        'Nothing fails, and every difference has a reason.',
      );
      expect(code).toBe(0);
    });

    it('gives what the engine found as JSON, and exit code 1 where something fails', async () => {
      const broken = await write(
        'broken.yaml',
        manifests.prod.replace('path: /readyz', 'path: /ready'),
      );
      const { code, out, err } = await run([
        'verify',
        ...given({ prod: broken }),
        '--format',
        'json',
      ]);
      expect(code).toBe(1);
      expect(err).toBe('');
      const result = JSON.parse(out);
      expect(Object.keys(result)).toEqual([
        'findings',
        'differences',
        'summary',
      ]);
      expect(result.summary.outcomes.fail).toBe(1);
      expect(
        result.findings.filter(
          ({ outcome }: { outcome: string }) => outcome === 'fail',
        ),
      ).toMatchObject([
        {
          rule: 'K8S-04',
          environments: ['prod'],
          values: { dev: '/readyz', staging: '/readyz', prod: '/ready' },
          locations: { prod: expect.stringMatching(/broken\.yaml:\d+$/) },
        },
      ]);
    });

    it('tells a person what is wrong, where, and what to do', async () => {
      const broken = await write(
        'broken.yaml',
        manifests.prod.replace('path: /readyz', 'path: /ready'),
      );
      const { out } = await run(['verify', ...given({ prod: broken })]);
      expect(out).toMatch(/FAIL +K8S-04 +Probes are the same everywhere +prod/);
      expect(out).toMatch(/prod +\/ready +.*broken\.yaml:\d+/);
      expect(out).toContain('→ Define the probe in the base');
      expect(out).toContain('Something is wrong.');
      expect(out).not.toContain('\u001b[');
    });

    it('colours where colours are wanted', async () => {
      const { out } = await run(['verify', ...given()], {
        env: { NO_COLOR: '', FORCE_COLOR: '1' },
      });
      expect(out).toContain('\u001b[');
    });

    it('exits with 1 where a difference has no reason', async () => {
      const odd = await write(
        'odd.yaml',
        manifests.prod.replace(
          'progressDeadlineSeconds: 300',
          'progressDeadlineSeconds: 300\n  paused: true',
        ),
      );
      const { code, out } = await run(['verify', ...given({ prod: odd })]);
      expect(code).toBe(1);
      expect(out).toContain('DIFFERENCES WITHOUT A REASON');
      expect(out).toContain('/spec/paused');
    });

    it('writes JUnit and SARIF', async () => {
      const broken = await write(
        'broken.yaml',
        manifests.prod.replace('path: /readyz', 'path: "/<&>"'),
      );
      const junit = await run([
        'verify',
        ...given({ prod: broken }),
        '--format',
        'junit',
      ]);
      expect(junit.code).toBe(1);
      expect(junit.out).toMatch(/^<\?xml version="1.0" encoding="UTF-8"\?>/);
      expect(junit.out).toContain(
        '<testsuite name="K8S-04 Probes are the same everywhere" tests="1" failures="1"',
      );
      expect(junit.out).toContain('/&lt;&amp;&gt;');
      const sarif = await run([
        'verify',
        ...given({ prod: broken }),
        '--format',
        'sarif',
      ]);
      const { version, runs } = JSON.parse(sarif.out);
      expect(version).toBe('2.1.0');
      expect(runs[0].results).toMatchObject([
        {
          ruleId: 'K8S-04',
          level: 'error',
          locations: [
            {
              physicalLocation: {
                artifactLocation: {
                  uri: expect.stringMatching(/broken\.yaml$/),
                },
                region: { startLine: expect.any(Number) },
              },
            },
          ],
        },
      ]);
      const ids = runs[0].tool.driver.rules.map(({ id }: { id: string }) => id);
      expect(ids).toContain('K8S-04');
    });

    it('reads directories and standard input', async () => {
      const documents = manifests.staging.split('\n---\n');
      await write('staging/a.yaml', documents.slice(0, 3).join('\n---\n'));
      await write('staging/more/b.yml', documents.slice(3).join('\n---\n'));
      await write('staging/README.md', 'not a manifest');
      const { code, out, err } = await run(
        ['verify', ...given({ staging: file('staging'), prod: '-' })],
        { stdin: manifests.prod },
      );
      expect(err).toBe('');
      expect(out).toContain('Nothing fails');
      expect(code).toBe(0);
    });

    it('applies the rules that are asked for', async () => {
      const broken = await write(
        'broken.yaml',
        manifests.prod.replace('path: /readyz', 'path: /ready'),
      );
      const { code, out } = await run([
        'verify',
        ...given({ prod: broken }),
        '--rules',
        'k8s-02, K8S-08',
        '--format',
        'json',
      ]);
      expect(code).toBe(0);
      expect(
        new Set(
          JSON.parse(out).findings.map(({ rule }: { rule: string }) => rule),
        ),
      ).toEqual(new Set(['K8S-02', 'K8S-08']));
    });

    it('reports overlays of environments that nobody declared', async () => {
      const copy = path.join(folder, 'extra');
      await writeTextFiles(copy, await readTextFiles(FIXTURE));
      await writeTextFiles(copy, [
        {
          path: 'apps/checkout/overlays/old/kustomization.yaml',
          content: 'resources: [../../base]\n',
        },
      ]);
      const { code, out } = await run(['verify', '--deploy-config', copy]);
      expect(code).toBe(1);
      expect(out).toContain(
        'apps/checkout/overlays/old belongs to no environment of the intent',
      );
    });
  });

  describe('wrong input is one line, and exit code 2', () => {
    it.each<[string, () => Promise<string[]> | string[], RegExp]>([
      ['no command', () => [], /say what to do: verify, diff, plan or render/],
      ['an unknown command', () => ['verfy'], /unknown command 'verfy'/],
      [
        'an unknown option',
        () => ['verify', '--foo'],
        /unknown option '--foo'/,
      ],
      [
        'no intent',
        () => ['verify', '--manifests', 'dev=x'],
        /required option '--intent <file>' not specified/,
      ],
      [
        'an intent that is not there',
        () => ['verify', '--intent', '/nowhere/e.yaml'],
        /\/nowhere\/e\.yaml cannot be read: it does not exist/,
      ],
      [
        'an intent that is none',
        async () => [
          'verify',
          '--intent',
          await write('bad.yaml', 'apiVersion: v1\nkind: Pod\n'),
        ],
        /bad\.yaml:1: apiVersion .*\(and \d+ more\)/,
      ],
      [
        'no manifests',
        () => ['verify', '--intent', intent],
        /name the manifests of every environment with --manifests/,
      ],
      [
        'an environment without manifests',
        () =>
          given()
            .slice(0, 6)
            .reduce<string[]>((args, arg) => [...args, arg], ['verify']),
        /there are no manifests of prod, which the intent declares/,
      ],
      [
        'manifests of an unknown environment',
        () => ['verify', ...given(), '--manifests', `qa=${intent}`],
        /'qa' is not an environment of the intent; they are dev, staging, prod/,
      ],
      [
        'manifests without an environment',
        () => ['verify', '--intent', intent, '--manifests', 'file.yaml'],
        /is not of the form environment=FILE/,
      ],
      [
        'manifests that are not there',
        () => ['verify', ...given({ dev: '/nowhere' })],
        /\/nowhere cannot be read: it does not exist/,
      ],
      [
        'an empty directory',
        async () => {
          await fs.mkdir(file('empty'), { recursive: true });
          return ['verify', ...given({ dev: file('empty') })];
        },
        /contains no \.yaml, \.yml or \.json file/,
      ],
      [
        'standard input twice',
        () => ['verify', ...given({ dev: '-', prod: '-' })],
        /standard input has the manifests of dev already/,
      ],
      [
        'broken YAML',
        async () => [
          'verify',
          ...given({ dev: await write('tab.yaml', 'a: b\n\tc: d\n') }),
        ],
        /tab\.yaml:2: is not valid YAML/,
      ],
      [
        'what is not UTF-8',
        async () => [
          'verify',
          ...given({
            dev: await write(
              'latin.yaml',
              Buffer.from([0x61, 0x3a, 0x20, 0xe9, 0x0a]),
            ),
          }),
        ],
        /latin\.yaml is not a text in UTF-8/,
      ],
      [
        'an unknown rule',
        () => ['verify', ...given(), '--rules', 'K8S-99'],
        /no rule K8S-99; there are ENV-01/,
      ],
      [
        'an unknown format',
        () => ['verify', ...given(), '--format', 'xml'],
        /option '--format <format>' argument 'xml' is invalid/,
      ],
      [
        'a repository that is not there',
        () => ['verify', '--intent', intent, '--deploy-config', '/nowhere'],
        /\/nowhere cannot be read/,
      ],
      [
        'an unknown environment to compare',
        () => ['diff', ...given(), '--from', 'dev', '--to', 'qa'],
        /'qa' is not an environment of checkout/,
      ],
      [
        'a way that no promotion goes',
        () => [
          'plan',
          '--from',
          'dev',
          '--to',
          'prod',
          '--service',
          'checkout',
          '--deploy-config',
          FIXTURE,
        ],
        /prod is promoted from staging, not from dev/,
      ],
      [
        'the plan of another service',
        () => [
          'plan',
          '--from',
          'staging',
          '--to',
          'prod',
          '--service',
          'orders',
          '--deploy-config',
          FIXTURE,
        ],
        /--service orders: the intent is the one of checkout/,
      ],
    ])('%s', async (_what, args, message) => {
      const { code, out, err } = await run(await args());
      expect(out).toBe('');
      expect(err).toMatch(message);
      expect(err).toMatch(/^environments: [^\n]+\n$/);
      expect(code).toBe(2);
    });

    it('an overlay that does not render', async () => {
      const copy = path.join(folder, 'unrendered');
      await writeTextFiles(copy, await readTextFiles(FIXTURE));
      await fs.rm(path.join(copy, 'apps/checkout/base/service.yaml'));
      const { code, out, err } = await run(['verify', '--deploy-config', copy]);
      expect(out).toBe('');
      expect(err).toMatch(/^environments: .*service\.yaml[^\n]*\n$/);
      expect(code).toBe(2);
    });

    it('no program to render with', async () => {
      const { code, err } = await run(['verify', '--deploy-config', FIXTURE], {
        env: { PATH: '/nowhere' },
      });
      expect(err).toMatch(
        /^environments: Neither kubectl nor kustomize is installed[^\n]*\n$/,
      );
      expect(code).toBe(2);
    });
  });

  it('diff shows what two environments differ in', async () => {
    const args = ['diff', '--from', 'staging', '--to', 'prod', ...given()];
    const text = await run(args);
    expect(text.code).toBe(0);
    expect(text.out).toMatch(/expected +\/spec\/replicas +2 → 3/);
    const { differences } = JSON.parse(
      (await run([...args, '--format', 'json'])).out,
    );
    expect(differences).toHaveLength(2);
    expect(differences[0]).toMatchObject({
      from: 'staging',
      to: 'prod',
      pointer: '/spec/replicas',
      before: 2,
      after: 3,
    });
  });

  it('plan shows what a promotion changes', async () => {
    const copy = path.join(folder, 'released');
    await writeTextFiles(copy, await readTextFiles(FIXTURE));
    const overlay = 'apps/checkout/overlays/staging/kustomization.yaml';
    const released = await fs.readFile(path.join(copy, overlay), 'utf8');
    await fs.writeFile(
      path.join(copy, overlay),
      released.replace('"0.1.0"', '"0.2.0"'),
    );
    const args = [
      'plan',
      '--from',
      'staging',
      '--to',
      'prod',
      '--service',
      'checkout',
      '--deploy-config',
      copy,
    ];
    const text = await run(args);
    expect(text.err).toBe('');
    expect(text.code).toBe(0);
    expect(text.out).toContain('release   0.1.0 → 0.2.0');
    expect(text.out).toContain('- newTag: "0.1.0"');
    expect(text.out).toContain('+ newTag: "0.2.0"');
    const plan = JSON.parse((await run([...args, '--format', 'json'])).out);
    expect(plan).toMatchObject({
      from: 'staging',
      to: 'prod',
      revision: 'working tree',
      release: { from: '0.1.0', to: '0.2.0' },
      files: [{ path: overlay.replace('staging', 'prod') }],
      changes: [{ class: 'lag', after: 'ghcr.io/acme/checkout:0.2.0' }],
      restarts: ['apps/Deployment checkout'],
      findings: { starts: [], stops: [], stays: [] },
      gates: [{ id: 'health', state: 'unknown' }],
      way: 'pull-request',
    });
    const nothing = await run([
      'plan',
      '--from',
      'dev',
      '--to',
      'staging',
      '--service',
      'checkout',
      '--deploy-config',
      FIXTURE,
      '--format',
      'json',
    ]);
    expect(JSON.parse(nothing.out)).toMatchObject({ files: [], way: 'sync' });
  });

  it('render writes both repositories, leaves releases alone, and tells what was edited', async () => {
    const out = path.join(folder, 'rendered');
    const args = [
      'render',
      '--intent',
      intent,
      '--skeleton',
      SKELETON,
      '--out',
      out,
    ];
    const first = await run(args);
    expect(first.err).toBe('');
    expect(first.code).toBe(0);
    expect(first.out).toContain('written deploy-config/environments.yaml');
    expect(first.out).toContain('written infrastructure/environments.yaml');
    expect(await run([...args, '--check'])).toEqual({
      code: 0,
      out: 'Everything is as it is generated.\n',
      err: '',
    });

    const overlay = path.join(
      out,
      'deploy-config/apps/checkout/overlays/dev/kustomization.yaml',
    );
    const text = await fs.readFile(overlay, 'utf8');
    await fs.writeFile(overlay, text.replace('"0.1.0"', '"0.7.0"'));
    expect((await run([...args, '--check'])).code).toBe(0);

    await fs.appendFile(overlay, '# edited\n');
    await fs.rm(path.join(out, 'infrastructure/README.md'));
    const checked = await run([...args, '--check']);
    expect(checked).toEqual({
      code: 1,
      out: 'missing infrastructure/README.md\nchanged deploy-config/apps/checkout/overlays/dev/kustomization.yaml\n',
      err: '',
    });
    expect(
      (await run([...args, '--check', '--only', 'infrastructure'])).out,
    ).toBe('missing infrastructure/README.md\n');

    expect((await run([...args, '--only', 'deploy-config'])).out).toBe(
      'rewritten deploy-config/apps/checkout/overlays/dev/kustomization.yaml\n',
    );
    const renewed = await fs.readFile(overlay, 'utf8');
    expect(renewed).toBe(text.replace('"0.1.0"', '"0.7.0"'));
  });

  it('render knows every gate, and finds no difference afterwards', async () => {
    const gates = [
      '- soak: 24h',
      '- approval: { by: [group:default/release-managers] }',
      "- freeze: { deny: [{ cron: '0 16 * * FRI', duration: 64h }] }",
      '- parity: true',
      '- syncWindow: true',
    ];
    const text = await fs.readFile(intent, 'utf8');
    const gated = await write(
      'gated.yaml',
      text.replace(
        // The last environment is production.
        /^([\s\S]*\n( +)- health: true)\n/,
        (_, before, indent) => `${[before, ...gates].join(`\n${indent}`)}\n`,
      ),
    );
    const out = path.join(folder, 'gated');
    const args = ['render', '--intent', gated, '--skeleton', SKELETON];
    const first = await run([...args, '--out', out]);
    expect(first.err).toBe('');
    expect(first.code).toBe(0);
    expect(
      await fs.readFile(path.join(out, 'deploy-config/CODEOWNERS'), 'utf8'),
    ).toMatch(/overlays\/prod\/\S* @\S+release-managers$/m);
    expect(await run([...args, '--out', out, '--check'])).toEqual({
      code: 0,
      out: 'Everything is as it is generated.\n',
      err: '',
    });
  });

  it('render refuses an intent that contradicts itself', async () => {
    const other = await write(
      'other.yaml',
      (
        await fs.readFile(intent, 'utf8')
      ).replace('isolation: shared-nonprod', 'isolation: separate'),
    );
    const { code, err, out } = await run([
      'render',
      '--intent',
      other,
      '--skeleton',
      SKELETON,
      '--out',
      path.join(folder, 'never'),
    ]);
    expect(out).toBe('');
    expect(err).toMatch(/^environments: clusters\.0[^\n]*\n$/);
    expect(code).toBe(2);
  });

  it('helps', async () => {
    const { code, out } = await run(['--help']);
    expect(code).toBe(0);
    for (const command of ['verify', 'diff', 'plan', 'render']) {
      expect(out).toContain(command);
    }
  });
});
