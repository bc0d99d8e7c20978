import { ChildProcess, execFile, spawn } from 'child_process';
import { generateKeyPairSync, randomBytes } from 'crypto';
import fs from 'fs';
import https from 'https';
import path from 'path';
import { promisify } from 'util';
import { freePorts } from './freePorts';
import { until } from './until';

const execute = promisify(execFile);

/** Who asked what: enough to count requests by. */
const AUDIT_POLICY = `apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [RequestReceived]
rules: [{ level: Metadata }]
`;

/** Controllers that need machines, or a cloud. */
const NO_CONTROLLERS = [
  'node-lifecycle-controller',
  'node-ipam-controller',
  'node-route-controller',
  'service-lb-controller',
  'cloud-node-lifecycle-controller',
  'horizontal-pod-autoscaler-controller',
];

/** The address that the API server tells its cluster; loopback is not allowed, and nobody uses it. */
const ADVERTISED = '10.20.0.2';

export interface AuditEvent {
  readonly auditID: string;
  readonly stage: string;
  readonly verb: string;
  readonly requestURI: string;
  readonly user: { readonly username: string };
  readonly requestReceivedTimestamp: string;
  readonly responseStatus?: { readonly code?: number };
}

export interface ApiAnswer {
  readonly status: number | undefined;
  readonly headers: Record<string, string | string[] | undefined>;
  readonly text: string;
}

interface Ports {
  readonly etcd: number;
  readonly peer: number;
  readonly api: number;
}

/**
 * One cluster without machines: etcd, kube-apiserver and kube-controller-manager, as processes of their own on loopback.
 */
export class ControlPlane {
  readonly name: string;
  /** The token of a member of `system:masters`. */
  readonly adminToken = randomBytes(24).toString('hex');
  readonly #program: string;
  readonly #directory: string;
  readonly #ports: Ports;
  readonly #processes = new Map<string, ChildProcess>();

  private constructor(
    options: { name: string; program: string; directory: string },
    ports: Ports,
  ) {
    this.name = options.name;
    this.#program = options.program;
    this.#directory = path.join(options.directory, options.name);
    this.#ports = ports;
  }

  /** Starts a cluster whose state is in a folder of its own below `directory`; resolves when it answers. */
  static async start(options: {
    name: string;
    program: string;
    directory: string;
  }): Promise<ControlPlane> {
    const [etcd, peer, api] = await freePorts(3);
    const plane = new ControlPlane(options, { etcd, peer, api });
    try {
      plane.#writeFiles();
      plane.#run('etcd', [
        plane.#file('etcd'),
        plane.#etcdUrl,
        `http://127.0.0.1:${peer}`,
      ]);
      await plane.startApiServer();
      plane.#writeKubeconfig();
      plane.#run('kube-controller-manager', [
        `--kubeconfig=${plane.kubeconfig}`,
        `--service-account-private-key-file=${plane.#file(
          'service-account.key',
        )}`,
        `--root-ca-file=${plane.#caFile}`,
        '--leader-elect=false',
        // Nobody asks it anything, and there may be several.
        '--secure-port=0',
        `--controllers=${[
          '*',
          ...NO_CONTROLLERS.map(name => `-${name}`),
        ].join()}`,
      ]);
      return plane;
    } catch (error) {
      await plane.stop();
      throw error;
    }
  }

  get url(): string {
    return `https://127.0.0.1:${this.#ports.api}`;
  }

  /** What its certificate is checked with, in PEM. */
  get caCertificate(): string {
    return fs.readFileSync(this.#caFile, 'utf8');
  }

  get kubeconfig(): string {
    return this.#file('kubeconfig');
  }

  /** Resolves when the API server is ready, with the certificate, the address and the data that it had before. */
  async startApiServer(): Promise<void> {
    const serviceAccountKey = this.#file('service-account.key');
    this.#run('kube-apiserver', [
      `--etcd-servers=${this.#etcdUrl}`,
      `--secure-port=${this.#ports.api}`,
      '--bind-address=127.0.0.1',
      `--advertise-address=${ADVERTISED}`,
      '--endpoint-reconciler-type=none',
      `--cert-dir=${this.#file('certificates')}`,
      '--service-account-issuer=https://kubernetes.default.svc',
      `--service-account-key-file=${serviceAccountKey}`,
      `--service-account-signing-key-file=${serviceAccountKey}`,
      `--token-auth-file=${this.#file('tokens.csv')}`,
      '--authorization-mode=Node,RBAC',
      '--service-cluster-ip-range=10.0.0.0/24',
      '--allow-privileged',
      `--audit-log-path=${this.#file('audit.log')}`,
      `--audit-policy-file=${this.#file('audit-policy.yaml')}`,
    ]);
    await until(`API server of ${this.name} ready`, async () => {
      this.#assertRunning('kube-apiserver');
      return (
        fs.existsSync(this.#caFile) &&
        (await this.request({ path: '/readyz' }).then(
          ({ status }) => status === 200,
          () => false,
        ))
      );
    });
  }

  /** As when its machine loses power. */
  async killApiServer(): Promise<void> {
    await this.#kill('kube-apiserver', 'SIGKILL');
  }

  /** It accepts connections, and answers nothing, until it is to go on. */
  freezeApiServer(isFrozen: boolean): void {
    this.#processes
      .get('kube-apiserver')
      ?.kill(isFrozen ? 'SIGSTOP' : 'SIGCONT');
  }

  async stop(): Promise<void> {
    for (const name of ['kube-controller-manager', 'kube-apiserver', 'etcd']) {
      await this.#kill(name, 'SIGKILL');
    }
  }

  /** `kubectl` as an administrator; what it prints. */
  async kubectl(args: readonly string[], input?: unknown): Promise<string> {
    const running = execute(
      'kubectl',
      [`--kubeconfig=${this.kubeconfig}`, ...args],
      { timeout: 60_000, maxBuffer: 64 * 1024 * 1024 },
    );
    if (input !== undefined) {
      running.child.stdin?.end(JSON.stringify(input));
    }
    const { stdout } = await running;
    return stdout;
  }

  async apply(...objects: readonly object[]): Promise<void> {
    await this.kubectl(['apply', '--server-side', '-f', '-'], {
      apiVersion: 'v1',
      kind: 'List',
      items: objects,
    });
  }

  /** An account that may do what a file with one ClusterRole says; its token. */
  async account(name: string, clusterRoleFile: string): Promise<string> {
    await this.kubectl(['apply', '-f', clusterRoleFile]);
    const { metadata } = JSON.parse(
      await this.kubectl([
        'create',
        '--dry-run=client',
        '-o=json',
        '-f',
        clusterRoleFile,
      ]),
    );
    await this.apply(
      {
        apiVersion: 'v1',
        kind: 'ServiceAccount',
        metadata: { name, namespace: 'default' },
      },
      {
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'ClusterRoleBinding',
        metadata: { name },
        roleRef: {
          apiGroup: 'rbac.authorization.k8s.io',
          kind: 'ClusterRole',
          name: metadata.name,
        },
        subjects: [{ kind: 'ServiceAccount', name, namespace: 'default' }],
      },
    );
    const token = await this.kubectl([
      'create',
      'token',
      name,
      '--duration=1h',
    ]);
    return token.trim();
  }

  /** A request of its own, as an administrator unless another token, or none, is given. */
  request(options: {
    path: string;
    method?: string;
    headers?: Record<string, string>;
    token?: string | null;
    body?: string;
  }): Promise<ApiAnswer> {
    const {
      path: target,
      method,
      headers,
      token = this.adminToken,
      body,
    } = options;
    return new Promise((resolve, reject) => {
      const request = https.request(
        `${this.url}${target.replace(/ /g, '%20')}`,
        {
          method,
          ca: this.caCertificate,
          agent: false,
          timeout: 30_000,
          headers: {
            ...headers,
            ...(token === null ? {} : { authorization: `Bearer ${token}` }),
          },
        },
        response => {
          let text = '';
          response.setEncoding('utf8');
          response.on('data', chunk => {
            text += chunk;
          });
          response.on('error', reject);
          response.on('end', () =>
            resolve({
              status: response.statusCode,
              headers: response.headers,
              text,
            }),
          );
        },
      );
      request.on('timeout', () =>
        request.destroy(new Error(`${target} was not answered in time`)),
      );
      request.on('error', reject);
      request.end(body);
    });
  }

  /** What an account asked for, in order. A watch is in it twice: as it begins, and as it ends. */
  audit(username: string): AuditEvent[] {
    return fs
      .readFileSync(this.#file('audit.log'), 'utf8')
      .split('\n')
      .slice(0, -1)
      .map((line): AuditEvent => JSON.parse(line))
      .filter(({ user }) => user.username === username);
  }

  get #etcdUrl(): string {
    return `http://127.0.0.1:${this.#ports.etcd}`;
  }

  /** The API server signs its own certificate at its first start. */
  get #caFile(): string {
    return this.#file('certificates/apiserver.crt');
  }

  #file(name: string): string {
    return path.join(this.#directory, name);
  }

  #writeFiles(): void {
    fs.mkdirSync(this.#directory, { recursive: true });
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    fs.writeFileSync(
      this.#file('service-account.key'),
      privateKey.export({ type: 'pkcs1', format: 'pem' }),
      { mode: 0o600 },
    );
    fs.writeFileSync(
      this.#file('tokens.csv'),
      `${this.adminToken},admin,admin,"system:masters"\n`,
      { mode: 0o600 },
    );
    fs.writeFileSync(this.#file('audit-policy.yaml'), AUDIT_POLICY);
  }

  #writeKubeconfig(): void {
    const kubeconfig = {
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': 'admin',
      clusters: [
        {
          name: this.name,
          cluster: { server: this.url, 'certificate-authority': this.#caFile },
        },
      ],
      users: [{ name: 'admin', user: { token: this.adminToken } }],
      contexts: [
        { name: 'admin', context: { cluster: this.name, user: 'admin' } },
      ],
    };
    fs.writeFileSync(this.kubeconfig, JSON.stringify(kubeconfig), {
      mode: 0o600,
    });
  }

  #run(name: string, args: readonly string[]): void {
    const log = fs.openSync(this.#file(`${name}.log`), 'a');
    const child = spawn(this.#program, [name, ...args], {
      stdio: ['ignore', log, log],
    });
    fs.closeSync(log);
    this.#processes.set(name, child);
  }

  #assertRunning(name: string): void {
    const child = this.#processes.get(name);
    if (child?.exitCode !== null) {
      const said = fs.readFileSync(this.#file(`${name}.log`), 'utf8');
      throw new Error(
        `${name} of ${this.name} ended: ${said
          .trim()
          .split('\n')
          .slice(-3)
          .join(' ')}`,
      );
    }
  }

  async #kill(name: string, signal: NodeJS.Signals): Promise<void> {
    const child = this.#processes.get(name);
    this.#processes.delete(name);
    if (child && child.exitCode === null && child.signalCode === null) {
      const ended = new Promise(resolve => {
        child.once('exit', resolve);
      });
      child.kill(signal);
      await ended;
    }
  }
}
