import { Intent } from '@envmatrix/engine';
import { readTextFiles } from './files';
import { findOverlays } from './findOverlays';
import { renderOverlay } from './renderOverlay';

/**
 * A text with the name by which findings point at it.
 *
 * @public
 */
export interface NamedText {
  readonly name: string;
  readonly text: string;
}

/**
 * What the engine needs of a deploy-config repository.
 *
 * @public
 */
export interface DeployConfig {
  /** Rendered manifests per environment; an environment that could not be rendered is absent, and a problem says why. */
  readonly manifests: Readonly<Record<string, readonly NamedText[]>>;
  /** The files of the `argocd` folder; without one, those with Applications in them, wherever they stand. */
  readonly argocd: readonly NamedText[];
  /** The YAML files of the repository as they stand there: kustomizations, workflows, rules, routes. */
  readonly repository: readonly NamedText[];
  /** Overlays that belong to no declared environment, by folder. */
  readonly undeclared: readonly string[];
  readonly problems: readonly {
    readonly environment: string;
    readonly problem: string;
  }[];
}

/**
 * Renders the overlay of every declared environment, and reads `argocd/`. Overlays are `apps/<app>/overlays/<environment>`; where
 * there is none, the folders that other layouts have for environments.
 *
 * @public
 */
export async function loadDeployConfig(options: {
  directory: string;
  intent: Intent;
  signal?: AbortSignal;
}): Promise<DeployConfig> {
  const { directory, intent, signal } = options;
  const declared = new Set(
    intent.environments.map(environment => environment.name),
  );
  const manifests: Record<string, NamedText[]> = {};
  const undeclared: string[] = [];
  const problems: { environment: string; problem: string }[] = [];
  const overlays: { environment: string; overlay: string }[] = [];
  for (const found of await findOverlays(directory)) {
    if (declared.has(found.environment)) {
      overlays.push(found);
    } else {
      undeclared.push(found.overlay);
    }
  }
  const rendered = await Promise.all(
    overlays.map(async entry => ({
      ...entry,
      result: await renderOverlay({
        root: directory,
        overlay: entry.overlay,
        signal,
      }),
    })),
  );
  for (const { environment, overlay, result } of rendered) {
    if ('problem' in result) {
      problems.push({ environment, problem: result.problem });
    } else {
      manifests[environment] = [
        ...(manifests[environment] ?? []),
        { name: overlay, text: result.manifests },
      ];
    }
  }
  for (const environment of declared) {
    if (!overlays.some(entry => entry.environment === environment)) {
      problems.push({
        environment,
        problem: `There is no overlay apps/*/overlays/${environment}`,
      });
    }
  }
  const repository = (await readTextFiles(directory))
    .filter(file => /\.ya?ml$/.test(file.path))
    .map(file => ({ name: file.path, text: file.content }));
  return {
    manifests,
    argocd: argocdOf(repository),
    repository,
    undeclared,
    problems,
  };
}

function argocdOf(repository: readonly NamedText[]): NamedText[] {
  const own = repository.filter(({ name }) => name.startsWith('argocd/'));
  return own.length > 0
    ? own
    : repository.filter(
        ({ name, text }) =>
          // What a chart makes of its templates is not known before.
          !/(^|\/)templates\//.test(name) &&
          /^apiVersion:\s*["']?argoproj\.io\//m.test(text) &&
          /^kind:\s*["']?(Application|ApplicationSet|AppProject)["']?\s*$/m.test(
            text,
          ),
      );
}
