import { ConflictError, NotFoundError } from '@backstage/errors';
import {
  DeployConfigSnapshot,
  PromotionDelivery,
  PromotionRepository,
  PullRequestState,
} from '@envmatrix/backstage-plugin-environments-node';
import { EnvironmentName, kustomization, manifests } from './facts';

/** The base, as lines of the specification of its pods. */
export const BASE = 'apps/checkout/base/pod.yaml';

type Call<Name extends keyof PromotionRepository> = Parameters<
  PromotionRepository[Name]
>[0];

/** A deploy-config repository in memory. */
export class FakeRepository implements PromotionRepository {
  revision = 'c0ffee1';
  readonly versions: Record<EnvironmentName, string>;
  readonly commitsMade: Call<'commit'>[] = [];
  readonly opened: Call<'openPullRequest'>[] = [];
  pullRequest: PullRequestState | undefined;
  failure: Error | undefined;
  /** Files beside the overlays, of the branch. */
  others: Readonly<Record<string, string>> = {};
  /** Files of other commits. */
  readonly history = new Map<string, Readonly<Record<string, string>>>();

  constructor(versions: Record<EnvironmentName, string>) {
    this.versions = versions;
  }

  async snapshot({
    revision,
  }: Partial<Call<'snapshot'>> = {}): Promise<DeployConfigSnapshot> {
    if (this.failure) {
      throw this.failure;
    }
    if (revision !== undefined) {
      const files = this.history.get(revision);
      if (!files) {
        throw new NotFoundError(`There is no commit ${revision}`);
      }
      return { revision, files };
    }
    return {
      revision: this.revision,
      files: {
        ...Object.fromEntries(
          Object.entries(this.versions).map(([name, version]) => [
            `apps/checkout/overlays/${name}/kustomization.yaml`,
            kustomization(version),
          ]),
        ),
        ...this.others,
      },
    };
  }

  async render({ environment, files }: Call<'render'>) {
    const text =
      files[`apps/checkout/overlays/${environment}/kustomization.yaml`];
    const version = /newTag: (\S+)/.exec(text)?.[1] ?? 'unknown';
    // What stands in the base goes into every pod.
    const pod = files[BASE] ?? '';
    return isEnvironment(environment)
      ? {
          manifests: manifests(environment, version).replace(
            '      containers:',
            `${pod}      containers:`,
          ),
        }
      : { problem: `There is no overlay ${environment}` };
  }

  async commits({ from, to }: Call<'commits'>) {
    if (from === '0.0.0') {
      throw new NotFoundError('There is no tag 0.0.0');
    }
    return [{ sha: 'beef', subject: `From ${from} to ${to}`, author: 'Ada' }];
  }

  async commit(call: Call<'commit'>) {
    this.commitsMade.push(call);
    this.revision = 'beef002';
    return { sha: this.revision, link: 'https://git.example.com/commit' };
  }

  async openPullRequest(call: Call<'openPullRequest'>) {
    this.opened.push(call);
    return this.#pullRequest('open');
  }

  async getPullRequest() {
    return this.pullRequest ?? this.#pullRequest('open');
  }

  async mergePullRequest() {
    if (this.failure) {
      throw this.failure;
    }
    this.revision = 'beef003';
    return this.#pullRequest('merged');
  }

  async closePullRequest() {
    return this.#pullRequest('closed');
  }

  #pullRequest(state: PullRequestState['state']): PullRequestState {
    this.pullRequest = {
      number: 7,
      link: 'https://git.example.com/pulls/7',
      state,
      head: 'abc',
      ...(state === 'merged' ? { mergedSha: this.revision } : {}),
    };
    return this.pullRequest;
  }
}

function isEnvironment(name: string): name is EnvironmentName {
  return ['dev', 'staging', 'prod'].includes(name);
}

/** An Argo CD that notes what it is told. */
export class FakeDelivery implements PromotionDelivery {
  readonly syncs: Parameters<PromotionDelivery['sync']>[0][] = [];
  readonly refreshes: string[] = [];
  isBusy = false;

  async sync(options: Parameters<PromotionDelivery['sync']>[0]) {
    if (this.isBusy) {
      throw new ConflictError('another operation is already in progress');
    }
    this.syncs.push(options);
  }

  async refresh({ application }: Parameters<PromotionDelivery['refresh']>[0]) {
    this.refreshes.push(application);
  }
}
