import path from 'path';
import { parse } from 'yaml';
import { COMBINATIONS, intentOfAnswers } from '../../testing';
import { run } from '../programs';
import { lintWorkflows } from '../workflows/__testUtils__/lintWorkflows';
import {
  scriptsOf,
  workflowProblems,
} from '../workflows/__testUtils__/workflowProblems';
import {
  renderInfrastructure,
  rootsOf,
} from './__testUtils__/renderInfrastructure';

const cases = COMBINATIONS.map(({ name, answers }) => {
  const intent = intentOfAnswers(answers);
  const files = renderInfrastructure(intent);
  return {
    name,
    cloud: intent.cloud,
    dialect: intent.scm?.dialect ?? 'gitea',
    files,
    roots: rootsOf(files),
  };
});

const isWorkflow = (file: string) =>
  /^\.(github|gitea)\/workflows\/[^/]+\.yaml$/.test(file);

/** Each distinct text once, with the name of the first that has it. */
function unique(select: (file: string) => boolean) {
  const found = new Map<string, string>();
  for (const { name, files } of cases) {
    for (const [file, text] of files) {
      if (select(file) && !found.has(text)) {
        found.set(text, `${name}: ${file}`);
      }
    }
  }
  return [...found].map(([text, name]) => ({ name, text }));
}

const workflows = unique(isWorkflow);
const pipelines = unique(file => file === '.gitlab-ci.yml');

interface Job {
  readonly stage?: string;
  readonly timeout?: string;
  readonly extends?: string;
  readonly before_script?: readonly string[];
  readonly script?: readonly string[];
}

function jobsOf(text: string): [string, Job][] {
  const jobs: Record<string, Job> = parse(text);
  return Object.entries(jobs).filter(
    ([name]) => !['stages', 'image'].includes(name),
  );
}

it.each(cases)(
  'has the workflows of its git host, and of no other: $name',
  ({ files, cloud, dialect }) => {
    const kinds =
      cloud === 'aws' ? ['apply', 'check', 'drift', 'plan'] : ['check'];
    const expected =
      dialect === 'gitlab'
        ? ['.gitlab-ci.yml']
        : kinds.map(kind => `.${dialect}/workflows/${kind}.yaml`);
    expect(
      [...files.keys()].filter(
        file => isWorkflow(file) || file === '.gitlab-ci.yml',
      ),
    ).toEqual(expected);
  },
);

it('passes actionlint', () => {
  expect(workflows.length).toBeGreaterThan(5);
  expect(
    lintWorkflows(
      // Machines have labels of their own on Gitea, which a linter for GitHub does not know.
      workflows.map(({ name, text }) => ({
        path: name,
        content: text.replace(
          /runs-on: terraform-(plan|apply)/g,
          'runs-on: ubuntu-latest',
        ),
      })),
    ),
  ).toEqual([]);
});

it.each(workflows)(
  'is pinned, narrow, bounded and takes no text for script: $name',
  ({ text }) => {
    expect(
      // One root at a time is a matter of the job where a workflow has a job for each root.
      workflowProblems(text).filter(({ kind }) => kind !== 'concurrency'),
    ).toEqual([]);
  },
);

it.each(
  cases.filter(({ cloud, dialect }) => cloud === 'aws' && dialect === 'github'),
)(
  'plans with the role that reads, and applies that plan behind the environment of the root: $name',
  ({ files, roots }) => {
    const apply = parse(files.get('.github/workflows/apply.yaml') ?? '');
    expect(apply.on.workflow_dispatch.inputs.root.options).toEqual(
      expect.arrayContaining(roots),
    );
    expect(apply.jobs.plan.environment).toBe('${{ inputs.root }}-plan');
    expect(apply.jobs.apply).toMatchObject({
      needs: 'plan',
      environment: '${{ inputs.root }}',
    });
    expect(apply.concurrency).toEqual({
      group: 'terraform-${{ inputs.root }}',
      'cancel-in-progress': false,
    });
    // Whoever waits in a group is cancelled by the next who comes: a plan must not push out an apply.
    for (const other of ['plan', 'drift']) {
      const { jobs } = parse(
        files.get(`.github/workflows/${other}.yaml`) ?? '',
      );
      expect(jobs[other].concurrency.group).not.toMatch(/^terraform-/);
    }
    const roleOf = (job: { steps: { id?: string; run?: string }[] }) =>
      /role\/checkout-\$ROOT-(\w+)/.exec(
        job.steps.find(({ id }) => id === 'role')?.run ?? '',
      )?.[1];
    expect(roleOf(apply.jobs.plan)).toBe('plan');
    expect(roleOf(apply.jobs.apply)).toBe('apply');
  },
);

it.each(pipelines)(
  'has jobs with a stage, a limit and scripts that a shell reads: $name',
  ({ text }) => {
    const { stages }: { stages: string[] } = parse(text);
    const jobs = jobsOf(text);
    expect(jobs.length).toBeGreaterThan(0);
    for (const [name, job] of jobs) {
      const base = jobs.find(([other]) => other === job.extends)?.[1];
      expect(job.extends === undefined || base !== undefined).toBe(true);
      expect(name.startsWith('.') || stages.includes(job.stage ?? '')).toBe(
        true,
      );
      expect(job.timeout ?? base?.timeout).toMatch(/minutes$/);
      const script = [...(job.before_script ?? []), ...(job.script ?? [])];
      expect(run('sh', ['-n'], { input: script.join('\n') })).toMatchObject({
        code: 0,
        stderr: '',
      });
    }
  },
);

it('has scripts that bash reads', () => {
  const scripts = [
    ...unique(file => file.endsWith('.sh')).map(({ text }) => text),
    ...workflows.flatMap(({ text }) =>
      scriptsOf(text).map(({ script }) => script),
    ),
  ];
  expect(scripts.length).toBeGreaterThan(10);
  for (const script of scripts) {
    expect(run('bash', ['-n'], { input: script })).toMatchObject({
      code: 0,
      stderr: '',
    });
  }
});

it.each(cases)(
  'has documents whose links lead somewhere: $name',
  ({ files }) => {
    const folders = new Set(
      [...files.keys()].flatMap(file => {
        const parts = file.split('/').slice(0, -1);
        return parts.map((_, index) => parts.slice(0, index + 1).join('/'));
      }),
    );
    const broken = [...files]
      .filter(([file]) => file.endsWith('.md'))
      .flatMap(([file, text]) =>
        [...text.matchAll(/\]\(([^)#\s]+)[^)]*\)/g)]
          .map(([, link]) => link)
          .filter(link => !/^[a-z]+:/.test(link))
          .map(link => path.posix.join(path.posix.dirname(file), link))
          .filter(target => !files.has(target) && !folders.has(target)),
      );
    expect(broken).toEqual([]);
  },
);
