import { parse } from 'yaml';
import { z } from 'zod';
import { PipelineProblem } from './workflowProblems';

const RESERVED = ['stages', 'variables', 'workflow', 'default', 'include'];

/** An image by its name, or one whose own program is not what the job runs. */
const image = z
  .union([
    z.string(),
    z.strictObject({ name: z.string(), entrypoint: z.array(z.string()) }),
  ])
  .transform(value => (typeof value === 'string' ? value : value.name));

const job = z.strictObject({
  stage: z.string(),
  image: image.optional(),
  needs: z.array(z.string()).optional(),
  rules: z.array(z.strictObject({ if: z.string() })).optional(),
  interruptible: z.boolean().optional(),
  timeout: z.string().optional(),
  resource_group: z.string().optional(),
  environment: z.strictObject({ name: z.string() }).optional(),
  variables: z.record(z.string(), z.string()).optional(),
  before_script: z.array(z.string()).optional(),
  script: z.array(z.string()).min(1),
  artifacts: z
    .strictObject({
      expose_as: z.string().optional(),
      paths: z.array(z.string()).optional(),
      expire_in: z.string().optional(),
      reports: z.strictObject({ dotenv: z.string() }).optional(),
    })
    .optional(),
});

const pipeline = z.looseObject({
  stages: z.array(z.string()).min(1),
  workflow: z.strictObject({
    rules: z.array(z.strictObject({ if: z.string() })).min(1),
  }),
  default: z
    .strictObject({
      image: z.string(),
      interruptible: z.boolean(),
      timeout: z.string(),
    })
    .partial(),
});

/** What a person enters when a pipeline is started. */
const ENTERED = /\$\{?(SERVICE|TO|VERSION)\b/;

/** The project's own rules for pipelines of GitLab, and as much of their form as these use. */
export function gitlabProblems(text: string): PipelineProblem[] {
  const value: unknown = parse(text);
  const parsed = pipeline.safeParse(value);
  if (!parsed.success) {
    return [{ kind: 'form', where: parsed.error.message }];
  }
  const { default: defaults, stages } = parsed.data;
  const problems: PipelineProblem[] = [];
  for (const [name, candidate] of jobsIn(parsed.data)) {
    const result = job.safeParse(candidate);
    if (!result.success) {
      problems.push({
        kind: 'form',
        where: `${name}: ${result.error.message}`,
      });
    } else {
      problems.push(...jobProblems(name, result.data, defaults, stages));
    }
  }
  if (/PRIVATE-TOKEN|GITLAB_TOKEN|PERSONAL/.test(text)) {
    problems.push({ kind: 'personal-token', where: 'pipeline' });
  }
  return problems;
}

function jobProblems(
  name: string,
  value: z.infer<typeof job>,
  defaults: z.infer<typeof pipeline>['default'],
  stages: readonly string[],
): PipelineProblem[] {
  const problems: PipelineProblem[] = [];
  const script = [...(value.before_script ?? []), ...value.script];
  if (!stages.includes(value.stage)) {
    problems.push({ kind: 'form', where: `${name}: no stage ${value.stage}` });
  }
  if (!/:v?\d+(\.\d+)+(-[a-z]+)?$/.test(value.image ?? defaults.image ?? '')) {
    problems.push({ kind: 'pin', where: name });
  }
  if ((value.timeout ?? defaults.timeout) === undefined) {
    problems.push({ kind: 'timeout', where: name });
  }
  for (const line of script) {
    const unquoted = line.replace(/"(\\.|[^"\\])*"|'[^']*'/g, '');
    if (ENTERED.test(unquoted) || /\$\[\[|\beval\b/.test(line)) {
      problems.push({ kind: 'injection', where: `${name}: ${line}` });
    }
  }
  const text = script.join('\n');
  if (
    /scripts\/(promote|release)\.sh/.test(text) &&
    !/git config.* user\.name[^]*git config.* user\.email/.test(text)
  ) {
    problems.push({ kind: 'identity', where: name });
  }
  if (text.includes('scripts/promote.sh')) {
    if (!/\$SERVICE.*\$TO/.test(value.resource_group ?? '')) {
      problems.push({ kind: 'concurrency', where: name });
    }
    if (
      value.rules?.every(rule =>
        rule.if.includes('$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH'),
      ) !== true
    ) {
      problems.push({ kind: 'any-branch', where: name });
    }
  }
  return problems;
}

function jobsIn(value: Record<string, unknown>): [string, unknown][] {
  return Object.entries(value).filter(([name]) => !RESERVED.includes(name));
}

/** The shell scripts inside a pipeline. */
export function gitlabScriptsOf(
  text: string,
): { where: string; script: string }[] {
  return jobsIn(pipeline.parse(parse(text))).map(([name, value]) => {
    const { before_script: before, script } = job.parse(value);
    return { where: name, script: [...(before ?? []), ...script].join('\n') };
  });
}
