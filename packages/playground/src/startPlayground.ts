import { createArgoCd } from './argocd';
import { ContinuousIntegration } from './ci';
import { createCluster, type Cluster, type PodTimings } from './cluster';
import { writePortalConfig } from './config';
import { createControl } from './control';
import { JsonDocument, openState, type PlaygroundService } from './core';
import { createGitHost, GitModel, GitRepositories } from './git';
import { createIdentityProvider, readUsers } from './identity';
import { ORGANIZATION, TEMPLATES } from './paths';
import { portsFrom } from './ports';
import { forgetRunning, recordRunning } from './runningPlayground';

export interface PlaygroundOptions {
  /** The portal's port; the parts of the playground take the ones after it. */
  port: number;
  /** State folder. */
  state: string;
  /** One line for each thing that a person may want to know. */
  log: (line: string) => void;
  /** Milliseconds that the steps of a pod take. */
  podTimings?: Partial<PodTimings>;
}

export interface Playground {
  /** The configuration with which a portal uses it. */
  readonly configFile: string;
  /** Stops every part, and brings what they know to disk. */
  stop(): Promise<void>;
}

const GIT_USER = 'portal';
const ORGANISATION = 'acme';
/** Of the catalog's organisation. */
const TEAMS = ['payments', 'web', 'platform', 'release-managers'];
/** Who agrees to what the portal proposes, on the page of the pull request. */
const REVIEWERS = [
  { username: 'rita.ramos', email: 'rita.ramos@acme.example' },
  { username: 'max.miller', email: 'max.miller@acme.example' },
];

/**
 * Starts git host, sign-in, clusters, Argo CD and control, in this order. When one cannot start, those before it are stopped.
 */
export async function startPlayground({
  port,
  state: directory,
  log,
  podTimings,
}: PlaygroundOptions): Promise<Playground> {
  const ports = portsFrom(port);
  const state = await openState(directory, { clusters: ['nonprod', 'prod'] });
  const { credentials } = state;
  const endings: (() => Promise<unknown>)[] = [];
  const stop = async () => {
    // In the reverse order of the start: whoever uses a part goes before it.
    for (const end of endings.splice(0).reverse()) {
      await end();
    }
    await JsonDocument.flushAll();
  };
  const start = async (title: string, service: PlaygroundService) => {
    // Before it starts: a part that cannot listen may have begun other work.
    endings.push(() => service.stop());
    await service.start();
    log(`${title} ${service.url}`);
  };

  try {
    const gitBaseUrl = `http://localhost:${ports.git}`;
    const repositories = new GitRepositories(state.path('git'));
    const model = await GitModel.open(state.path('git.json'));
    const ci = await ContinuousIntegration.open({
      git: repositories,
      gitBaseUrl,
      file: state.path('registry.json'),
      onRepository: (id, description) =>
        model.addRepository({ ...id, description }),
      log,
    });
    endings.push(() => ci.flush());
    const account = {
      username: GIT_USER,
      email: 'portal@acme.example',
      password: credentials.gitPassword,
      token: credentials.gitToken,
    };
    const git = createGitHost({
      port: ports.git,
      repositories,
      model,
      account,
      reviewers: REVIEWERS,
      teams: TEAMS,
      organisations: [ORGANISATION],
      ci: () => ci,
      log,
    });
    await start('Git host   ', git);

    const identity = await createIdentityProvider({
      port: ports.identity,
      users: await readUsers(ORGANIZATION),
      client: {
        id: credentials.oidcClientId,
        secret: credentials.oidcClientSecret,
      },
      portalUrl: `http://localhost:${ports.portal}`,
      file: state.path('identity.json'),
    });
    await start('Sign-in    ', identity);

    const openCluster = async (name: 'nonprod' | 'prod'): Promise<Cluster> => {
      const cluster = await createCluster({
        name,
        port: ports[name],
        token: credentials.clusterTokens[name],
        stateFile: state.path('clusters', `${name}.json`),
        certificateFile: state.path('tls', `${name}.json`),
        registry: ci,
        timings: podTimings,
        log,
      });
      endings.push(() => cluster.close());
      await start(`${name.padEnd(11)}`, cluster.service);
      return cluster;
    };
    const nonprod = await openCluster('nonprod');
    const prod = await openCluster('prod');

    const clusters = [nonprod.handle, prod.handle];
    const argoCd = createArgoCd({
      git: repositories,
      gitBaseUrl,
      clusters,
      port: ports.argoCd,
      state,
      token: credentials.argoCdToken,
      log,
    });
    await start('Argo CD    ', argoCd);

    const services = [git, identity, nonprod.service, prod.service, argoCd];
    const control = createControl({
      port: ports.control,
      services,
      release: request => ci.release(request),
      log,
    });
    await start('Control    ', control);

    const configFile = await writePortalConfig({
      ports,
      state,
      gitUsername: GIT_USER,
      caCertificates: {
        nonprod: nonprod.caCertificate,
        prod: prod.caCertificate,
      },
      catalog: { organization: ORGANIZATION, templates: TEMPLATES },
    });
    await recordRunning(state.directory, {
      url: control.url,
      pid: process.pid,
    });
    endings.push(() => forgetRunning(state.directory));
    return { configFile, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
