import { JsonObject, isObject, objectAt, stringAt } from '../../model/json';
import { Rule, RuleContext, Verdict, notApplicable } from '../rule';
import {
  needsRepository,
  onFile,
  RepositoryDocument,
  RepositoryText,
  unreadFiles,
  yamlFiles,
} from './files';
import { pastedIn } from './pasted';

const WORKFLOW = /(^|\/)\.(github|gitea|forgejo)\/workflows\/[^/]+\.ya?ml$/;
/** An action that stands in the repository, and is a list of steps. */
const ACTION = /(^|\/)\.(github|gitea|forgejo)\/actions\/(.+\/)?action\.ya?ml$/;
/** Pipelines of other systems, which are not understood. */
const OTHERS =
  /(^|\/)(\.gitlab-ci\.ya?ml|azure-pipelines\.ya?ml|Jenkinsfile|bitbucket-pipelines\.ya?ml|\.circleci\/config\.ya?ml|\.drone\.ya?ml|\.woodpecker(\.ya?ml|\/.+\.ya?ml))$/;

export const safeWorkflows: Rule = {
  id: 'PIPE-05',
  kind: 'absolute',
  title: 'Workflows cannot be made to do something else',
  guideStep: 18,
  sources: ['repository'],
  semantics:
    'Actions and workflows of others are pinned to a commit; every workflow or job says which permissions it has, how long it may take, and what it may not run beside; no input or event is pasted into a script; what a pull request from outside brings is not checked out with rights of the repository; no personal access token is used.',
  remedy:
    'Pin the action to a commit, give inputs to scripts through env, and grant the least permissions.',
  appliesTo: context => {
    const repository = needsRepository(context);
    return !repository.applies ||
      context.repository?.some(({ name }) =>
        [WORKFLOW, ACTION, OTHERS].some(pattern => pattern.test(name)),
      )
      ? repository
      : notApplicable('The repository has no workflow of GitHub or Gitea');
  },
  evaluate: context => [
    ...yamlFiles(context, WORKFLOW).flatMap(document => {
      const problems = [
        ...jobsOf(document.value).flatMap(([name, job]) =>
          jobProblems(context, document, name, job),
        ),
        ...tokens(context, document.file),
      ];
      return problems.length > 0 ? problems : [onFile(context, document.file)];
    }),
    ...yamlFiles(context, ACTION).flatMap(document =>
      stepProblems(context, document, objectAt(document.value, 'runs'), []),
    ),
    ...[WORKFLOW, ACTION].flatMap(pattern =>
      unreadFiles(context, pattern).map(({ file, problem }) =>
        onFile(context, file, {
          outcome: 'unknown',
          reason: `${file.name} cannot be read: ${problem}`,
        }),
      ),
    ),
    ...(context.repository ?? [])
      .filter(({ name }) => OTHERS.test(name))
      .map(file =>
        onFile(context, file, {
          outcome: 'unknown',
          reason: `${file.name} is a pipeline of a system whose files are not read; workflows of GitHub, Gitea and Forgejo are`,
        }),
      ),
  ],
};

function jobsOf(workflow: JsonObject): [string, JsonObject][] {
  return Object.entries(isObject(workflow.jobs) ? workflow.jobs : {}).flatMap(
    ([name, job]) => (isObject(job) ? [[name, job]] : []),
  );
}

/** What starts a workflow: one word, a list of them, or a mapping. */
function triggersOf({ on }: JsonObject): string[] {
  if (isObject(on)) {
    return Object.keys(on);
  }
  return [on].flat().map(String);
}

function jobProblems(
  context: RuleContext,
  document: RepositoryDocument,
  name: string,
  job: JsonObject,
): Verdict[] {
  const { file, value: workflow, lineOf } = document;
  const triggers = triggersOf(workflow);
  // What is only called has the rights and the turn of its caller.
  const isCalled = triggers.join() === 'workflow_call';
  const problems: Verdict[] = [];
  const add = (
    line: number | undefined,
    reason: string,
    outcome: 'fail' | 'warn' = 'fail',
  ) => problems.push(onFile(context, file, { line, reason, outcome }));
  const ownLine = lineOf(objectAt(workflow, 'jobs'), name);
  if (
    workflow.permissions === undefined &&
    job.permissions === undefined &&
    !isCalled
  ) {
    add(ownLine, `Job ${name} has whatever permissions the host gives`);
  }
  for (const holder of [job, workflow]) {
    if (holder.permissions === 'write-all') {
      add(lineOf(holder, 'permissions'), `Job ${name} may write everything`);
      break;
    }
    if (holder.permissions !== undefined) {
      break;
    }
  }
  // A job that calls another workflow has its time limit there.
  if (job['timeout-minutes'] === undefined && job.uses === undefined) {
    add(ownLine, `Job ${name} may run for hours: it has no timeout`, 'warn');
  }
  if (
    workflow.concurrency === undefined &&
    job.concurrency === undefined &&
    !isCalled
  ) {
    add(
      ownLine,
      `Job ${name} may run beside itself: neither it nor its workflow says concurrency`,
      'warn',
    );
  }
  const uses = stringAt(job, 'uses');
  if (uses !== undefined && !isPinned(uses)) {
    add(lineOf(job, 'uses'), `${uses} is not pinned to a commit`);
  }
  return [...problems, ...stepProblems(context, document, job, triggers)];
}

/** Local actions are as the commit is; images by a digest, all others by a commit. */
function isPinned(uses: string): boolean {
  return (
    uses.startsWith('./') ||
    /@[0-9a-f]{40}$/.test(uses) ||
    /^docker:\/\/.+@sha256:[0-9a-f]{64}$/.test(uses)
  );
}

function stepProblems(
  context: RuleContext,
  { file, lineOf }: RepositoryDocument,
  holder: JsonObject,
  triggers: readonly string[],
): Verdict[] {
  const steps = Array.isArray(holder.steps) ? holder.steps : [];
  return steps.filter(isObject).flatMap((step): Verdict[] => {
    const problems: Verdict[] = [];
    const add = (line: number | undefined, reason: string) =>
      problems.push(onFile(context, file, { line, reason }));
    const uses = stringAt(step, 'uses');
    if (uses !== undefined && !isPinned(uses)) {
      add(lineOf(step, 'uses'), `${uses} is not pinned to a commit`);
    }
    const inputs = objectAt(step, 'with');
    for (const [owner, field] of [
      [step, 'run'],
      // The input of an action that runs it.
      [inputs, 'script'],
    ] as const) {
      const pasted = pastedIn(stringAt(owner, field) ?? '');
      if (pasted !== undefined) {
        add(
          lineWith(file, pasted, lineOf(owner, field)),
          `${pasted} is pasted into a script: whoever sets it can run anything`,
        );
      }
    }
    if (
      uses?.startsWith('actions/checkout') &&
      triggers.some(
        trigger =>
          trigger === 'pull_request_target' || trigger === 'workflow_run',
      ) &&
      /\bhead|\bpull_request\b|refs\/pull/.test(stringAt(inputs, 'ref') ?? '')
    ) {
      add(
        lineOf(inputs, 'ref'),
        'What a pull request from outside brings is checked out with the rights of the repository',
      );
    }
    return problems;
  });
}

/** The line of a text from a line on; that line, where it stands in none. */
function lineWith(
  file: RepositoryText,
  text: string,
  from = 1,
): number | undefined {
  const found = file.text
    .split('\n')
    .findIndex((line, index) => index >= from - 1 && line.includes(text));
  return found < 0 ? from : found + 1;
}

/** Names that people give to tokens of their own; that of the job itself is none. */
const TOKEN =
  /secrets(?:\.|\[['"])((?:\w*_)?(?:PAT|PAT_\w+|PERSONAL_(?:ACCESS_)?TOKEN|REPO_TOKEN|GH_(?:ACCESS_)?TOKEN|GITHUB_ACCESS_TOKEN))\b/i;

function tokens(context: RuleContext, file: RepositoryText): Verdict[] {
  const lines = file.text.split('\n');
  const line = lines.findIndex(text => TOKEN.test(withoutComment(text)));
  const token = TOKEN.exec(withoutComment(lines[line] ?? ''));
  return token
    ? [
        onFile(context, file, {
          line: line + 1,
          reason: `${token[1]} looks like a personal access token, which can do whatever its owner can`,
          remedy: 'Use a token of an app that is made for one repository.',
        }),
      ]
    : [];
}

function withoutComment(line: string): string {
  return line.replace(/(^|\s)#.*$/, '');
}
