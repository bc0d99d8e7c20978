import {
  createService,
  JsonDocument,
  systemClock,
  type Clock,
  type ClusterHandle,
  type GitStore,
  type LocalService,
  type PlaygroundService,
  type PlaygroundState,
} from '../core';
import { timestamp } from '../cluster/values';
import { Accounts, type Account } from './api/accounts';
import { createApi } from './api/createApi';
import { ApplicationStore, emptyArgoCd } from './applicationStore';
import { ApplicationController, type ArgoCdTimings } from './controller';
import { GitWatch } from './gitWatch';
import { LiveState } from './liveState';
import { PlatformRoot } from './platformRoot';
import { RepositoryServer } from './repositoryServer';

/** @public */
export interface ArgoCdOptions {
  git: GitStore;
  /** `http://localhost:7008`: what the URLs of the host's repositories begin with. */
  gitBaseUrl: string;
  clusters: readonly ClusterHandle[];
  port: number;
  state: PlaygroundState;
  /** API key of the account `portal`, which may read everything and sync applications. */
  token: string;
  /** Who else may use the API. */
  accounts?: readonly Account[];
  log: (message: string) => void;
  timings?: Partial<ArgoCdTimings>;
  clock?: Clock;
}

const TIMINGS: ArgoCdTimings = {
  reconcile: 15_000,
  debounce: 100,
  selfHeal: 1_000,
};

/** One run of everything between a start and a stop. */
interface Running {
  stop(): Promise<void>;
}

class ArgoCd implements PlaygroundService {
  readonly name = 'argocd';
  private handler: ReturnType<typeof createApi> | undefined;
  private running: Running | undefined;
  private changing: Promise<void> = Promise.resolve();
  private readonly service: LocalService;

  constructor(private readonly options: ArgoCdOptions) {
    this.service = createService({
      name: this.name,
      port: options.port,
      handler: (request, response) => {
        if (this.handler) {
          this.handler(request, response);
        } else {
          response.writeHead(503).end();
        }
      },
    });
  }

  get url() {
    return this.service.url;
  }

  get condition() {
    return this.service.condition;
  }

  get traffic() {
    return this.service.traffic;
  }

  start(): Promise<void> {
    return this.inTurn(() => this.listen(() => this.service.start()));
  }

  hang(): Promise<void> {
    return this.inTurn(() => this.listen(() => this.service.hang()));
  }

  stop(): Promise<void> {
    return this.inTurn(() => this.end());
  }

  private async listen(listen: () => Promise<void>): Promise<void> {
    this.running ??= await this.run();
    try {
      await listen();
    } catch (error) {
      await this.end();
      throw error;
    }
  }

  private async end(): Promise<void> {
    const { running } = this;
    this.running = undefined;
    await this.service.stop();
    this.handler = undefined;
    await running?.stop();
  }

  /** Changes of condition do not overlap. */
  private inTurn(change: () => Promise<void>): Promise<void> {
    const result = this.changing.then(change);
    this.changing = result.catch(() => undefined);
    return result;
  }

  private async run(): Promise<Running> {
    const { git, gitBaseUrl, state, token, log } = this.options;
    const clock = this.options.clock ?? systemClock;
    const timings = { ...TIMINGS, ...this.options.timings };
    const document = await JsonDocument.open({
      file: state.path('argocd.json'),
      initial: emptyArgoCd,
      onError: error => log(`argocd.json cannot be written: ${error.message}`),
    });
    const store = new ApplicationStore(document, clock);
    const repositories = new RepositoryServer({ git, gitBaseUrl });
    const root = new PlatformRoot({ git, repositories, log });
    const clusters = this.options.clusters.map(
      cluster => new LiveState(cluster, clock),
    );
    const controller = new ApplicationController({
      store,
      repositories,
      clusters,
      clock,
      timings,
      log,
    });
    const accounts = new Accounts(
      [
        { name: 'portal', token, sync: true, platform: true },
        ...(this.options.accounts ?? []),
      ],
      timestamp(clock.now()),
    );
    this.handler = createApi({
      store,
      controller,
      repositories,
      clusters,
      accounts,
      clock,
    });
    const watch = new GitWatch({
      git,
      root,
      controller,
      store,
      repositories,
      clock,
      timings,
      log,
    });
    await watch.start();
    clusters.forEach(live =>
      live.start(object => controller.clusterChanged(live, object)),
    );
    return {
      stop: async () => {
        clusters.forEach(live => live.stop());
        await Promise.all([controller.stop(), watch.stop()]);
        await document.flush();
      },
    };
  }
}

/**
 * Argo CD: its API, and the controller that takes up what the repositories declare.
 *
 * Stopped, all of it rests, and what was under way is taken up again at the start. Hanging, only the API does not answer.
 *
 * @public
 */
export function createArgoCd(options: ArgoCdOptions): PlaygroundService {
  return new ArgoCd(options);
}
