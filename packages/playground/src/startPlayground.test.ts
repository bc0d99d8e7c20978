import fs from 'fs/promises';
import https from 'https';
import net from 'net';
import os from 'os';
import path from 'path';
import { readTextFiles } from '@envmatrix/checkout';
import { validateIntent } from '@envmatrix/engine';
import {
  intentFromAnswers,
  renderRepositories,
  type RepositoryFile,
} from '@envmatrix/repositories';
import { parse } from 'yaml';
import { freePorts, isFree } from './__testUtils__/freePorts';
import { runCommand } from './commands';
import { TEMPLATE } from './paths';
import { startPlayground, type Playground } from './startPlayground';
import { removeFolder } from './__testUtils__/removeFolder';

/** Asks again until the answer is there; the test's own time limit ends it. */
async function eventually<T>(ask: () => Promise<T | undefined>): Promise<T> {
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) {
      return answer;
    }
    await new Promise(resolve => setTimeout(resolve, 50));
  }
}

interface Deployment {
  metadata: { generation: number };
  spec: {
    replicas: number;
    template: { spec: { containers: { image: string }[] } };
  };
  status: {
    replicas?: number;
    updatedReplicas?: number;
    readyReplicas?: number;
    terminatingReplicas?: number;
    observedGeneration?: number;
  };
}

describe('the whole playground', () => {
  let folder: string;
  let port: number;
  let playground: Playground | undefined;
  let lines: string[];

  beforeEach(async () => {
    folder = await fs.mkdtemp(path.join(os.tmpdir(), 'playground-'));
    port = await freePorts();
    lines = [];
  });

  afterEach(async () => {
    await playground?.stop();
    playground = undefined;
    await removeFolder(folder);
  });

  const start = async () => {
    playground = await startPlayground({
      port,
      state: folder,
      log: line => lines.push(line),
      podTimings: { start: 100, ready: 100, terminate: 50 },
    });
    return parse(await fs.readFile(playground.configFile, 'utf8'));
  };
  type Config = Awaited<ReturnType<typeof start>>;

  /** As the portal asks a cluster, with what its configuration says. */
  function deployment(
    config: Config,
    namespace: string,
    name: string,
  ): Promise<Deployment | undefined> {
    const [{ clusters }] = config.kubernetes.clusterLocatorMethods;
    const { url, serviceAccountToken, caData } =
      clusters[namespace.endsWith('-prod') ? 1 : 0];
    return new Promise((resolve, reject) => {
      const options = {
        ca: Buffer.from(caData, 'base64'),
        agent: false,
        headers: { authorization: `Bearer ${serviceAccountToken}` },
      };
      https
        .get(
          `${url}/apis/apps/v1/namespaces/${namespace}/deployments/${name}`,
          options,
          response => {
            let text = '';
            response.on('data', chunk => {
              text += chunk;
            });
            response.on('end', () =>
              resolve(
                response.statusCode === 200 ? JSON.parse(text) : undefined,
              ),
            );
          },
        )
        .on('error', reject);
    });
  }

  /** Resolves once a version runs in dev, and nothing of the one before. */
  const running = (config: Config, image: string) =>
    eventually(async () => {
      const found = await deployment(config, 'checkout-dev', 'checkout');
      if (!found || found.spec.template.spec.containers[0].image !== image) {
        return undefined;
      }
      const {
        replicas,
        updatedReplicas,
        readyReplicas,
        terminatingReplicas,
        observedGeneration,
      } = found.status;
      const counts = [replicas, updatedReplicas, readyReplicas];
      const settled =
        observedGeneration === found.metadata.generation &&
        counts.every(count => count === found.spec.replicas) &&
        terminatingReplicas === 0;
      return settled ? found : undefined;
    });

  /** As the portal publishes a repository, with what its configuration says. */
  async function publish(
    config: Config,
    name: string,
    files: readonly RepositoryFile[],
  ): Promise<void> {
    const [{ baseUrl, username, password }] = config.integrations.gitea;
    const post = async (route: string, body: unknown) => {
      const response = await fetch(`${baseUrl}/api/v1/${route}`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          authorization: `Basic ${Buffer.from(
            `${username}:${password}`,
          ).toString('base64')}`,
        },
        body: JSON.stringify(body),
      });
      // Read to its end, or its connection stays.
      const text = await response.text();
      expect({ route, status: response.status, text }).toEqual({
        route,
        status: 201,
        text: expect.any(String),
      });
    };
    await post('orgs/acme/repos', {
      name,
      auto_init: true,
      default_branch: 'main',
    });
    await post(`repos/acme/${name}/contents`, {
      branch: 'main',
      message: 'Environments of checkout',
      files: files
        .filter(file => file.path !== 'README.md')
        .map(file => ({
          operation: 'create',
          path: file.path,
          content: Buffer.from(file.content).toString('base64'),
        })),
    });
  }

  async function publishCheckout(config: Config): Promise<void> {
    const answers = {
      service: 'checkout',
      owner: 'group:default/payments',
      system: 'shop',
      image: 'ghcr.io/acme/checkout',
      repos: { host: `localhost:${port + 1}`, owner: 'acme' },
    };
    const intent = validateIntent(
      intentFromAnswers(answers, {
        repositoryUrl: ({ host, owner, name }) =>
          `http://${host}/${owner}/${name}`,
      }),
    );
    if (!intent.ok) {
      throw new Error(JSON.stringify(intent.problems));
    }
    const skeleton = await readTextFiles(
      path.join(path.dirname(TEMPLATE), 'skeleton'),
    );
    await publish(
      config,
      'checkout-deploy-config',
      renderRepositories({ intent: intent.intent, skeleton }).deployConfig,
    );
  }

  it('brings a published service to life, takes a new version of it to dev, and is the same after a restart', async () => {
    const config = await start();
    expect(lines.map(line => line.split(/\s+http/)[0])).toEqual([
      'Git host',
      'Sign-in',
      'nonprod',
      'prod',
      'Argo CD',
      'Control',
    ]);
    await publishCheckout(config);
    await running(config, 'ghcr.io/acme/checkout:0.1.0');

    const said: string[] = [];
    const output = {
      out: (line: string) => said.push(line),
      error: (line: string) => said.push(line),
    };
    expect(
      await runCommand(
        [
          'release',
          '--service',
          'checkout',
          '--version',
          '0.2.0',
          '--state',
          folder,
        ],
        output,
      ),
    ).toBe(0);
    expect(said).toEqual(['Released checkout 0.2.0']);
    const before = await running(config, 'ghcr.io/acme/checkout:0.2.0');
    // Prod waits for its first manual sync.
    expect(
      await deployment(config, 'checkout-prod', 'checkout'),
    ).toBeUndefined();

    await playground?.stop();
    expect(await start()).toEqual(config);
    expect(await deployment(config, 'checkout-dev', 'checkout')).toMatchObject({
      metadata: { generation: before.metadata.generation },
      status: before.status,
    });
  });

  it('counts requests where they arrive, and none of its own', async () => {
    const config = await start();
    await deployment(config, 'checkout-dev', 'checkout');
    const { services } = await (
      await fetch(`http://localhost:${port + 6}/status`)
    ).json();
    expect(
      services.map(
        ({ name, requests }: { name: string; requests: number }) =>
          `${name} ${requests}`,
      ),
    ).toEqual(['git 0', 'identity 0', 'nonprod 1', 'prod 0', 'argocd 0']);
  });

  it('names the port that is taken, and leaves nothing behind on the others', async () => {
    const squatter = net.createServer();
    await new Promise<void>(resolve =>
      squatter.listen(port + 2, '127.0.0.1', resolve),
    );
    await expect(start()).rejects.toThrow(
      `Port ${port + 2} is taken, and argocd needs it`,
    );
    const others = [1, 3, 4, 5, 6].map(offset => port + offset);
    expect(await Promise.all(others.map(isFree))).toEqual(
      others.map(() => true),
    );
    await new Promise(resolve => squatter.close(resolve));
    await start();
  });
});
