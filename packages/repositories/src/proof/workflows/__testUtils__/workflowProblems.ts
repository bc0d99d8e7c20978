import { parse } from 'yaml';
import { z } from 'zod';

/** What is wrong with a workflow that runs with rights to a repository, one word each and the place. */
export interface PipelineProblem {
  readonly kind:
    | 'injection'
    | 'pin'
    | 'permissions'
    | 'timeout'
    | 'concurrency'
    | 'personal-token'
    | 'wide-token'
    | 'identity'
    | 'kept-credentials'
    | 'untrusted-trigger'
    | 'any-branch'
    | 'form';
  readonly where: string;
}

const step = z.looseObject({
  name: z.string().optional(),
  uses: z.string().optional(),
  run: z.string().optional(),
  with: z.record(z.string(), z.unknown()).optional(),
});

const workflow = z.looseObject({
  on: z.record(z.string(), z.unknown()),
  permissions: z
    .union([z.string(), z.record(z.string(), z.string())])
    .optional(),
  concurrency: z.looseObject({ group: z.string() }).optional(),
  jobs: z.record(
    z.string(),
    z.looseObject({
      if: z.string().optional(),
      'timeout-minutes': z.number().optional(),
      permissions: z
        .union([z.string(), z.record(z.string(), z.string())])
        .optional(),
      steps: z.array(step),
    }),
  ),
});

type Job = z.infer<typeof workflow>['jobs'][string];

/** Names of secrets that the git host makes itself. */
const OWN_TOKENS = ['GITHUB_TOKEN', 'GITEA_TOKEN'];
const PINNED = /@[0-9a-f]{40}$/;
const COMMITS = /scripts\/(promote|release)\.sh|git commit/;
const PUSHES = /scripts\/(push|release)\.sh|git push/;

/** The project's own rules for workflows of GitHub and Gitea Actions: what a linter of their form does not look at. */
export function workflowProblems(text: string): PipelineProblem[] {
  const parsed = workflow.safeParse(parse(text));
  if (!parsed.success) {
    return [{ kind: 'form', where: parsed.error.message }];
  }
  const { on, permissions, concurrency, jobs } = parsed.data;
  const problems: PipelineProblem[] = [];
  if (permissions === undefined || typeof permissions === 'string') {
    problems.push({ kind: 'permissions', where: 'workflow' });
  }
  if (concurrency === undefined) {
    problems.push({ kind: 'concurrency', where: 'workflow' });
  }
  if ('pull_request_target' in on || 'workflow_run' in on) {
    problems.push({ kind: 'untrusted-trigger', where: 'on' });
  }
  for (const line of text.split('\n')) {
    if (/\buses:/.test(line) && !/@[0-9a-f]{40} # v\d/.test(line)) {
      problems.push({ kind: 'pin', where: line.trim() });
    }
  }
  for (const [, secret] of text.matchAll(/secrets\.([A-Za-z0-9_]+)/g)) {
    if (/(TOKEN|PAT)$/i.test(secret) && !OWN_TOKENS.includes(secret)) {
      problems.push({ kind: 'personal-token', where: secret });
    }
  }
  for (const [name, job] of Object.entries(jobs)) {
    problems.push(...jobProblems(name, job));
    if ('workflow_dispatch' in on && !job.if?.includes("'refs/heads/main'")) {
      problems.push({ kind: 'any-branch', where: name });
    }
  }
  if (
    'workflow_dispatch' in on &&
    !(
      concurrency?.group.includes('inputs.to') &&
      concurrency.group.includes('inputs.service')
    )
  ) {
    problems.push({ kind: 'concurrency', where: 'inputs' });
  }
  return problems;
}

function jobProblems(name: string, job: Job): PipelineProblem[] {
  const problems: PipelineProblem[] = [];
  if (job['timeout-minutes'] === undefined) {
    problems.push({ kind: 'timeout', where: name });
  }
  if (typeof job.permissions === 'string') {
    problems.push({ kind: 'permissions', where: name });
  }
  const scripts = job.steps.map(({ run }) => run ?? '').join('\n');
  if (
    COMMITS.test(scripts) &&
    !(
      scripts.includes('git config user.name') &&
      scripts.includes('git config user.email')
    )
  ) {
    problems.push({ kind: 'identity', where: name });
  }
  for (const { name: label, run, uses, with: options } of job.steps) {
    const where = `${name}: ${label ?? uses}`;
    // Text that is put into a script is a part of the script, whoever wrote it; a variable is not.
    if (run?.includes('${{')) {
      problems.push({ kind: 'injection', where });
    }
    if (uses !== undefined && !PINNED.test(uses)) {
      problems.push({ kind: 'pin', where });
    }
    if (
      uses?.startsWith('actions/create-github-app-token@') &&
      !(
        options?.repositories &&
        Object.keys(options).some(key => key.startsWith('permission-'))
      )
    ) {
      problems.push({ kind: 'wide-token', where });
    }
    if (
      uses?.startsWith('actions/checkout@') &&
      !PUSHES.test(scripts) &&
      options?.['persist-credentials'] !== false
    ) {
      problems.push({ kind: 'kept-credentials', where });
    }
  }
  return problems;
}

/** The shell scripts inside a workflow. */
export function scriptsOf(text: string): { where: string; script: string }[] {
  return Object.entries(workflow.parse(parse(text)).jobs).flatMap(
    ([job, { steps }]) =>
      steps.flatMap(({ name, run }) =>
        run === undefined ? [] : [{ where: `${job}: ${name}`, script: run }],
      ),
  );
}
