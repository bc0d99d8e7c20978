import { Intent, targetsOf } from '@envmatrix/engine';
import { remainingSteps } from '@envmatrix/repositories';
import { EnvironmentChange, PlannedChange } from './planChange';

/**
 * What a person does, and in which order, so that the environments become what the pull requests say: in Markdown, the same in both pull requests
 * and in the output of the task.
 */
export function changeText(
  before: Intent,
  planned: PlannedChange,
  change: EnvironmentChange,
): string {
  const steps =
    change.kind === 'add'
      ? stepsOfAddition(before, planned)
      : stepsOfRemoval(before, planned, change.name);
  return steps.map((step, index) => `${index + 1}. ${step}`).join('\n');
}

function stepsOfAddition(before: Intent, planned: PlannedChange): string[] {
  const roots = newRoots(planned);
  const known = new Set(remainingSteps(before).map(({ text }) => text));
  return [
    `Merge the pull request of the infrastructure repository, and apply ${list(
      roots.map(root => `\`environments/${root}\``),
    )}.`,
    'Merge the pull request of the deploy-config repository. Argo CD takes the environment up by itself.',
    ...remainingSteps(planned.intent)
      .filter(({ text }) => !known.has(text))
      .map(({ title, text }) => `**${title}.** ${text}`),
  ];
}

function stepsOfRemoval(
  before: Intent,
  planned: PlannedChange,
  name: string,
): string[] {
  const removed = before.environments.find(entry => entry.name === name);
  const targets = removed ? targetsOf(removed) : [];
  const applications = goneApplications(planned);
  const roots = goneRoots(planned);
  return [
    'Merge the pull request of the deploy-config repository: nothing is promoted there any more.',
    `Take down what runs there. Argo CD leaves it running until it is told: ${list(
      applications.map(entry => `\`argocd app delete ${entry} --cascade\``),
    )}.`,
    `Once they are gone, delete ${list(
      targets.map(
        ({ cluster, namespace }) =>
          `namespace \`${namespace}\` in cluster \`${cluster}\``,
      ),
    )}.`,
    ...(roots.length > 0
      ? [
          `Destroy what Terraform has made, while its root is still there: ${list(
            roots.map(
              root =>
                `\`terraform -chdir=environments/${root} destroy -var-file=${root}.tfvars\``,
            ),
          )}. Data that is to be kept is copied first.`,
        ]
      : []),
    'Merge the pull request of the infrastructure repository, last: what is merged before it is destroyed has to be looked for by hand.',
  ];
}

/** Names of the Applications whose files go. */
function goneApplications({ before, after }: PlannedChange): string[] {
  const named = (files: PlannedChange['before']['deployConfig']) =>
    files.flatMap(({ path, content }) =>
      /^argocd\/(applications|applicationsets)\//.test(path)
        ? namesIn(content)
        : [],
    );
  const left = new Set(named(after.deployConfig));
  return named(before.deployConfig).filter(name => !left.has(name));
}

function namesIn(content: string): string[] {
  return [...content.matchAll(/^metadata:\n {2}name: ["']?([^"'\n]+)/gm)].map(
    ([, name]) => name,
  );
}

const rootsIn = (files: PlannedChange['before']['infrastructure']) =>
  files.flatMap(
    ({ path }) => /^environments\/([^/]+)\/main\.tf$/.exec(path)?.[1] ?? [],
  );

function goneRoots({ before, after }: PlannedChange): string[] {
  const left = rootsIn(after.infrastructure);
  return rootsIn(before.infrastructure).filter(root => !left.includes(root));
}

function newRoots({ before, after }: PlannedChange): string[] {
  const known = rootsIn(before.infrastructure);
  return rootsIn(after.infrastructure).filter(root => !known.includes(root));
}

function list(parts: readonly string[]): string {
  return parts.length < 2
    ? parts.join('')
    : `${parts.slice(0, -1).join(', ')} and ${parts[parts.length - 1]}`;
}
