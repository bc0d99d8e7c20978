import { spawnSync } from 'child_process';
import fs from 'fs';
import os from 'os';
import path from 'path';

const BIN = path.resolve(__dirname, '../bin/environments');
const SKELETON = path.resolve(
  __dirname,
  '../../../templates/multi-environment-service/skeleton',
);
const INTENT = path.resolve(
  __dirname,
  '__fixtures__/deploy-config/environments.yaml',
);

const LAYER =
  '  - { folder: deploy-config.acme, repository: deploy-config }\nfiles:\n';
const BASE = 'apps/__service__/base';

/** A scanner of the organisation may ask every service. */
const SCANNER = `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: scanner
spec:
  podSelector:
    matchLabels:
      app.kubernetes.io/name: {= service =}
  policyTypes: [Ingress]
  ingress:
    - from:
        - namespaceSelector:
            matchLabels:
              kubernetes.io/metadata.name: scanner
      ports:
        - port: {= port =}
          protocol: TCP
`;

jest.setTimeout(120_000);

describe('a layer of one’s own', () => {
  let folder: string;

  beforeEach(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'layer-'));
    fs.cpSync(SKELETON, path.join(folder, 'skeleton'), { recursive: true });
    const rules = path.join(folder, 'skeleton/skeleton.yaml');
    const text = fs.readFileSync(rules, 'utf8');
    fs.writeFileSync(rules, text.replace('files:\n', LAYER));
  });

  afterEach(() => {
    fs.rmSync(folder, { recursive: true, force: true });
  });

  function ours(file: string): string {
    return fs.readFileSync(
      path.join(SKELETON, 'deploy-config', BASE, file),
      'utf8',
    );
  }

  function lay(file: string, text: string): void {
    const target = path.join(folder, 'skeleton/deploy-config.acme', BASE, file);
    fs.mkdirSync(path.dirname(target), { recursive: true });
    fs.writeFileSync(target, text);
  }

  function rendered(file: string): string {
    return fs.readFileSync(
      path.join(folder, 'out/deploy-config/apps/checkout/base', file),
      'utf8',
    );
  }

  function run(...args: string[]) {
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [BIN, ...args],
      {
        cwd: folder,
        env: { PATH: process.env.PATH, NO_COLOR: '1' },
        encoding: 'utf8',
        timeout: 60_000,
      },
    );
    return { status, stdout, stderr };
  }

  // prettier-ignore
  const render = () =>
    run('render', '--intent', INTENT, '--skeleton', 'skeleton', '--out', 'out');

  // prettier-ignore
  const verify = () =>
    run('verify', '--intent', INTENT, '--deploy-config', 'out/deploy-config', '--infrastructure', 'out/infrastructure');

  it('replaces a file and adds one, which is held to the same rules', () => {
    lay(
      'kustomization.yaml',
      ours('kustomization.yaml').replace(
        '  - networkpolicy.yaml\n',
        '  - networkpolicy.yaml\n  - scanner.yaml\n',
      ),
    );
    lay('scanner.yaml', SCANNER);

    expect(render()).toMatchObject({ status: 0, stderr: '' });

    expect(rendered('kustomization.yaml')).toContain('  - scanner.yaml\n');
    expect(rendered('scanner.yaml')).toContain(
      'app.kubernetes.io/name: checkout\n',
    );
    expect(rendered('service.yaml')).toContain('kind: Service');
    const { status, stdout } = verify();
    expect(stdout).toContain(
      'Nothing fails, and every difference has a reason.',
    );
    expect(status).toBe(0);
  });

  it('is refused with its file where it does not render', () => {
    lay(
      'deployment.yaml',
      ours('deployment.yaml').replace(' port =', ' porrt ='),
    );
    const { status, stderr } = render();
    expect(stderr).toMatch(
      /^environments: [^\n]*skeleton file deploy-config\.acme\/apps\/__service__\/base\/deployment\.yaml: undefined variable: porrt[^\n]*\n$/,
    );
    expect(status).toBe(2);
  });

  it('is refused with its file and the reason where it breaks a rule', () => {
    lay(
      'deployment.yaml',
      ours('deployment.yaml').replace(
        'runAsNonRoot: true',
        'runAsNonRoot: false',
      ),
    );
    expect(render().status).toBe(0);
    const { status, stdout } = verify();
    expect(stdout).toMatch(/FAIL +K8S-19/);
    expect(stdout).toMatch(/prod +false +apps\/checkout\/overlays\/prod:\d+\n/);
    expect(stdout).toContain(
      'Container checkout may run as root; namespace prod enforces restricted.',
    );
    expect(status).toBe(1);
  });
});
