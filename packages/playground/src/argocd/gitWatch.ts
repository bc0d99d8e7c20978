import type { Clock, GitStore } from '../core';
import type { ApplicationStore } from './applicationStore';
import type { ApplicationController, ArgoCdTimings } from './controller';
import type { PlatformRoot } from './platformRoot';
import type { RepositoryServer } from './repositoryServer';

interface GitWatchOptions {
  git: GitStore;
  root: PlatformRoot;
  controller: ApplicationController;
  store: ApplicationStore;
  repositories: RepositoryServer;
  clock: Clock;
  timings: ArgoCdTimings;
  log: (message: string) => void;
}

/** Lets pushes reach the controller, as the webhook of a git host does, and looks at everything once in a while. */
export class GitWatch {
  private readonly pushed = new Set<string>();
  private work: Promise<void> = Promise.resolve();
  private unsubscribe: () => void = () => undefined;
  private cancelPushes: (() => void) | undefined;
  private cancelRound: (() => void) | undefined;
  private stopped = false;

  constructor(private readonly options: GitWatchOptions) {}

  /** Resolves when what git declares was taken up once. */
  async start(): Promise<void> {
    this.unsubscribe = this.options.git.onPush(({ owner, name }) => {
      this.pushed.add(`${owner}/${name}`);
      this.cancelPushes ??= this.options.clock.after(
        this.options.timings.debounce,
        () => {
          this.cancelPushes = undefined;
          void this.enqueue(() => this.afterPushes());
        },
      );
    });
    this.nextRound();
    await this.enqueue(() => this.takeUp());
  }

  /** Resolves when nothing is under way any more. */
  async stop(): Promise<void> {
    this.stopped = true;
    this.unsubscribe();
    this.cancelPushes?.();
    this.cancelRound?.();
    await this.work;
  }

  private enqueue(job: () => Promise<void>): Promise<void> {
    this.work = this.work.then(async () => {
      try {
        if (!this.stopped) {
          await job();
        }
      } catch (error) {
        this.options.log(`Argo CD cannot follow git: ${error}`);
      }
    });
    return this.work;
  }

  private nextRound(): void {
    const { clock, timings } = this.options;
    this.cancelRound = clock.after(timings.reconcile, () => {
      void this.enqueue(() => this.round()).then(() => {
        if (!this.stopped) {
          this.nextRound();
        }
      });
    });
  }

  private async takeUp(): Promise<void> {
    await this.options.controller.declare(await this.options.root.read());
  }

  private async round(): Promise<void> {
    await this.takeUp();
    const { store, controller } = this.options;
    await Promise.all(
      store
        .applications()
        .map(({ metadata }) => controller.refresh(metadata.name, 'latest')),
    );
  }

  private async afterPushes(): Promise<void> {
    const { store, controller, repositories } = this.options;
    const pushed = new Set(this.pushed);
    this.pushed.clear();
    await this.takeUp();
    const affected = store.applications().filter(({ spec }) => {
      const repository = repositories.repositoryOf(spec.source.repoURL);
      return repository && pushed.has(`${repository.owner}/${repository.name}`);
    });
    await Promise.all(
      affected.map(({ metadata }) =>
        controller.refreshOnRequest(metadata.name, 'normal'),
      ),
    );
  }
}
