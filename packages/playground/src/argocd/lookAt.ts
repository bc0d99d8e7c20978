import type { KubeObject } from '../core';
import { compareResources, targetsOf } from './compare';
import type { Placement } from './destination';
import type { RepositoryServer } from './repositoryServer';
import type { Application } from './resources';
import { buildTree, imagesOfTree, type ResourceNode } from './resourceTree';
import type { Comparison } from './status';

/** What an application is compared with: the last look at its target, or a new one. */
export type ComparisonLevel = 'live' | 'latest';

export interface KnownState extends Comparison {
  readonly tree: readonly ResourceNode[];
}

const COMMIT = /^[0-9a-f]{40}$/;

/** Compares an application's source with what lives where it goes. */
export async function lookAt(
  application: Application,
  { project, live, home }: Placement,
  level: ComparisonLevel,
  repositories: RepositoryServer,
): Promise<KnownState> {
  const { name } = application.metadata;
  const { source } = application.spec;
  const compared = application.status.sync.revision ?? '';
  let revision = source.targetRevision ?? 'HEAD';
  let problem: string | undefined;
  let targets: KubeObject[] | undefined;
  try {
    const sha =
      level === 'live' && COMMIT.test(compared)
        ? compared
        : await repositories.resolve(source);
    const manifests = await repositories.manifests(source, sha);
    targets = targetsOf(name, home, manifests);
    revision = sha;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    problem = `Failed to load target state: failed to generate manifest for source 1 of 1: rpc error: code = Unknown desc = ${reason}`;
  }
  const objects = live.all();
  const resources = compareResources({
    application: name,
    home,
    targets,
    live: objects,
  });
  const tree = buildTree({ project, resources, live: objects });
  return { revision, resources, tree, images: imagesOfTree(tree), problem };
}
