import {
  addEnvironment,
  changeIntentText,
  EnvironmentAddition,
  FilePlan,
  intentProblems,
  planFiles,
  removeEnvironment,
  RenderedRepositories,
  renderRepositories,
  RepositoryFile,
} from '@envmatrix/repositories';
import { InputError } from '@backstage/errors';
import { Intent, validateIntent } from '@envmatrix/engine';
import { Service, ServiceRepository } from './readService';

/** What becomes of the environments of a service. */
export type EnvironmentChange =
  | { readonly kind: 'add'; readonly addition: EnvironmentAddition }
  | { readonly kind: 'remove'; readonly name: string };

/** A change of the environments of a service, worked out and not yet proposed. */
export interface PlannedChange {
  readonly intent: Intent;
  readonly before: RenderedRepositories;
  readonly after: RenderedRepositories;
  readonly plans: readonly {
    readonly to: ServiceRepository;
    readonly plan: FilePlan;
  }[];
}

/**
 * The files of both repositories that a change of the environments changes, beside what the service has done by hand.
 *
 * @throws InputError when the environments would contradict each other, with every contradiction.
 */
export function planChange(
  service: Service,
  change: EnvironmentChange,
  skeleton: readonly RepositoryFile[],
): PlannedChange {
  const intent = changedIntent(service.intent, change);
  const render = (of: Intent, intentText: string) =>
    renderRepositories({ intent: of, intentText, skeleton });
  const before = render(service.intent, service.intentText);
  const after = render(
    intent,
    changeIntentText(service.intentText, service.intent, intent),
  );
  return {
    intent,
    before,
    after,
    plans: service.repositories.map(to => ({
      to,
      plan: planFiles({
        before: before[to.part],
        after: after[to.part],
        actual: to.files,
        ...(change.kind === 'add'
          ? { releaseOf: path => releaseOf(path, change.addition) }
          : {}),
      }),
    })),
  };
}

function changedIntent(intent: Intent, change: EnvironmentChange): Intent {
  const changed =
    change.kind === 'add'
      ? addEnvironment(intent, change.addition)
      : removeEnvironment(intent, change.name);
  const result = validateIntent(JSON.parse(JSON.stringify(changed)));
  const problems = result.ok ? intentProblems(result.intent) : result.problems;
  if (!result.ok || problems.length > 0) {
    throw new InputError(
      `The environments would contradict each other: ${problems
        .map(({ field, message }) => `${field} ${message}`.trim())
        .join('; ')}`,
    );
  }
  return result.intent;
}

/** An environment begins with the release of the one that it is promoted from. */
function releaseOf(
  path: string,
  { name, after }: EnvironmentAddition,
): string | undefined {
  return path.includes(`/overlays/${name}/`)
    ? path.replace(`/overlays/${name}/`, `/overlays/${after}/`)
    : undefined;
}
