import { JsonObject, isObject, objectsAt, stringAt } from '../../model/json';
import { Rule, RuleContext, Verdict, notApplicable } from '../rule';
import { needsRepository, onFile, RepositoryText, yamlFiles } from './files';

const WORKFLOW = /(^|\/)\.(github|gitea|forgejo)\/workflows\/[^/]+\.ya?ml$/;

/** What somebody outside decides: text of theirs must never become part of a script. */
const OUTSIDE =
  /\$\{\{[^}]*\b(inputs|github\.event|github\.head_ref|gitea\.event|github\.ref_name)\b[^}]*\}\}/;

export const safeWorkflows: Rule = {
  id: 'PIPE-05',
  kind: 'absolute',
  title: 'Workflows cannot be made to do something else',
  guideStep: 18,
  sources: ['repository'],
  semantics:
    'Actions are pinned to a commit; every workflow or job says which permissions it has, how long it may take, and what it may not run beside; no input or event is pasted into a script; no personal access token is used.',
  remedy:
    'Pin the action to a commit, give inputs to scripts through env, and grant the least permissions.',
  appliesTo: context => {
    const repository = needsRepository(context);
    return repository.applies && yamlFiles(context, WORKFLOW).length === 0
      ? notApplicable('The repository has no workflow of GitHub or Gitea')
      : repository;
  },
  evaluate: context =>
    yamlFiles(context, WORKFLOW).flatMap(({ file, value }) => {
      const problems = [
        ...jobsOf(value).flatMap(([name, job]) =>
          jobProblems(context, file, value, name, job),
        ),
        ...tokens(context, file),
      ];
      return problems.length > 0 ? problems : [onFile(context, file)];
    }),
};

function jobsOf(workflow: JsonObject): [string, JsonObject][] {
  return Object.entries(isObject(workflow.jobs) ? workflow.jobs : {}).flatMap(
    ([name, job]) => (isObject(job) ? [[name, job]] : []),
  );
}

function jobProblems(
  context: RuleContext,
  file: RepositoryText,
  workflow: JsonObject,
  name: string,
  job: JsonObject,
): Verdict[] {
  const problems: Verdict[] = [];
  const add = (
    near: string,
    reason: string,
    outcome: 'fail' | 'warn' = 'fail',
  ) => problems.push(onFile(context, file, { near, reason, outcome }));
  if (workflow.permissions === undefined && job.permissions === undefined) {
    add(`${name}:`, `Job ${name} has whatever permissions the host gives`);
  }
  if (workflow.permissions === 'write-all' || job.permissions === 'write-all') {
    add('write-all', `Job ${name} may write everything`);
  }
  // A job that calls another workflow has its time limit there.
  if (job['timeout-minutes'] === undefined && job.uses === undefined) {
    add(`${name}:`, `Job ${name} may run for hours: it has no timeout`, 'warn');
  }
  for (const step of objectsAt(job, 'steps')) {
    const uses = stringAt(step, 'uses');
    if (
      uses !== undefined &&
      !uses.startsWith('./') &&
      !/@[0-9a-f]{40}$/.test(uses) &&
      !/^docker:\/\/.+@sha256:[0-9a-f]{64}$/.test(uses)
    ) {
      add(uses, `${uses} is not pinned to a commit`);
    }
    const run = stringAt(step, 'run');
    const pasted = run && OUTSIDE.exec(run);
    if (pasted) {
      add(
        pasted[0],
        `${pasted[0]} is pasted into a script: whoever sets it can run anything`,
      );
    }
  }
  return problems;
}

function tokens(context: RuleContext, file: RepositoryText): Verdict[] {
  const token =
    /secrets\.([A-Z_]*(?:PAT|PERSONAL_ACCESS_TOKEN|REPO_TOKEN))\b/.exec(
      file.text,
    );
  return token
    ? [
        onFile(context, file, {
          near: token[0],
          reason: `${token[1]} looks like a personal access token, which can do whatever its owner can`,
          remedy: 'Use a token of an app that is made for one repository.',
        }),
      ]
    : [];
}
