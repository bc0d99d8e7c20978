import { execFile } from 'child_process';
import { promisify } from 'util';
import { Command } from 'commander';
import {
  readTextFiles,
  renderOverlay,
  withTemporaryFiles,
} from '@envmatrix/checkout';
import {
  assessPromotion,
  Gate,
  Intent,
  IntentGate,
  PromotionAssessment,
  PromotionFile,
  PromotionPlan,
  proposePromotion,
} from '@envmatrix/engine';
import { InputProblem } from '../InputProblem';
import { readIntent } from '../input/readIntent';
import { assertDirectory } from '../input/readManifests';
import { Surroundings } from '../Surroundings';
import { planText } from '../output/planText';
import { json, withFormat, withIntent } from './options';

interface PlanFlags {
  intent?: string;
  deployConfig: string;
  from: string;
  to: string;
  service: string;
  format: 'text' | 'json';
}

/** As long as a plan of the portal holds. */
const VALID_FOR_MS = 15 * 60 * 1000;

export function addPlan(program: Command, surroundings: Surroundings) {
  const command = program
    .command('plan')
    .description('What a promotion would change, in git and in the manifests.')
    .requiredOption('--from <environment>', 'environment that has the release')
    .requiredOption('--to <environment>', 'environment that gets it')
    .requiredOption('--service <name>', 'service that is promoted')
    .requiredOption('--deploy-config <directory>', 'deploy-config repository');
  withFormat(withIntent(command), ['text', 'json']).action(
    async (flags: PlanFlags) => {
      await assertDirectory(flags.deployConfig);
      const { intent } = await readIntent(flags);
      const plan = await makePlan(intent, flags, surroundings.now());
      surroundings.write(flags.format === 'json' ? json(plan) : planText(plan));
    },
  );
}

async function makePlan(
  intent: Intent,
  flags: PlanFlags,
  now: Date,
): Promise<PromotionPlan> {
  const { from, to, service, deployConfig } = flags;
  if (service !== intent.metadata.name) {
    throw new InputProblem(
      `--service ${service}: the intent is the one of ${intent.metadata.name}`,
    );
  }
  const target = intent.environments.find(({ name }) => name === to);
  if (target?.delivery.from !== undefined && target.delivery.from !== from) {
    throw new InputProblem(
      `${to} is promoted from ${target.delivery.from}, not from ${from}`,
    );
  }
  const files = Object.fromEntries(
    (await readTextFiles(deployConfig)).map(file => [file.path, file.content]),
  );
  const revision = await revisionOf(deployConfig);
  const proposal = proposePromotion({ intent, from, to, files, revision });
  const assessment = await assess({
    intent,
    from,
    to,
    files,
    changed: proposal.files,
    now,
  });
  return {
    id: `${service}:${from}:${to}`,
    from,
    to,
    revision,
    createdAt: now.toISOString(),
    expiresAt: new Date(now.getTime() + VALID_FOR_MS).toISOString(),
    release: {
      ...proposal.release,
      commitsUnknown: 'The command line does not read the source repository',
    },
    files: proposal.files,
    ...assessment,
    gates: (target?.delivery.gates ?? []).map(toGate),
    impact: { dependents: [], owners: [intent.metadata.owner] },
    way:
      proposal.files.length === 0 ? 'sync' : target?.delivery.way ?? 'commit',
  };
}

async function assess(options: {
  intent: Intent;
  from: string;
  to: string;
  files: Readonly<Record<string, string>>;
  changed: readonly PromotionFile[];
  now: Date;
}): Promise<PromotionAssessment> {
  const { intent, from, to, files, changed, now } = options;
  const overlayOf = (environment: string) =>
    `apps/${intent.metadata.name}/overlays/${environment}`;
  const manifests = await render(
    files,
    intent.environments.map(({ name }) => overlayOf(name)),
  );
  const after = await render(
    {
      ...files,
      ...Object.fromEntries(
        changed.flatMap(({ path, after: text }) =>
          text === undefined ? [] : [[path, text]],
        ),
      ),
    },
    [overlayOf(to)],
  );
  return assessPromotion({
    intent,
    from,
    to,
    now: now.toISOString(),
    manifests: Object.fromEntries(
      intent.environments.map(({ name }, index) => [name, manifests[index]]),
    ),
    after: after[0],
  });
}

async function render(
  files: Readonly<Record<string, string>>,
  overlays: readonly string[],
): Promise<string[]> {
  return await withTemporaryFiles(
    Object.entries(files).map(([path, content]) => ({ path, content })),
    root =>
      Promise.all(
        overlays.map(async overlay => {
          const result = await renderOverlay({ root, overlay });
          if ('problem' in result) {
            throw new InputProblem(result.problem);
          }
          return result.manifests;
        }),
      ),
  );
}

/** Only the portal sees whether a gate is open. */
function toGate(gate: IntentGate): Gate {
  const [id] = Object.keys(gate);
  return {
    id,
    title: id,
    state: 'unknown',
    reason: 'The command line does not see the clusters',
  };
}

async function revisionOf(directory: string): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)('git', [
      '-C',
      directory,
      'rev-parse',
      'HEAD',
    ]);
    return stdout.trim();
  } catch {
    // No repository, or no git: the plan is of the files as they are.
    return 'working tree';
  }
}
