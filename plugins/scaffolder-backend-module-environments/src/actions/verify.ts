import { InputError } from '@backstage/errors';
import { createTemplateAction } from '@backstage/plugin-scaffolder-node';
import {
  loadDeployConfig,
  loadInfrastructure,
  safeChildPath,
} from '@envmatrix/checkout';
import {
  Difference,
  Finding,
  parseIntent,
  TerraformFile,
  verify,
} from '@envmatrix/engine';
import { promises as fs } from 'fs';
import path from 'path';
import { FOLDERS } from './render';
import { examples } from './verify.examples';

/**
 * Creates the `environments:verify` action: renders every overlay and holds the environments to the rules.
 *
 * @public
 */
export function createVerifyAction(options: { now?: () => Date } = {}) {
  const now = options.now ?? (() => new Date());
  return createTemplateAction({
    id: 'environments:verify',
    description:
      'Renders every overlay of a deploy-config repository in the workspace, and checks the environments against each other and against their intent.',
    examples,
    supportsDryRun: true,
    schema: {
      input: {
        deployConfigPath: z =>
          z
            .string()
            .optional()
            .describe(
              "Folder of the deploy-config repository in the workspace; 'deploy-config' by default",
            ),
        infrastructurePath: z =>
          z
            .string()
            .optional()
            .describe(
              "Folder of the infrastructure repository in the workspace; 'infrastructure' by default, and left out where there is none",
            ),
        failOnFindings: z =>
          z
            .boolean()
            .optional()
            .describe(
              'Whether a failing rule or an unclassified difference fails the task; true by default',
            ),
      },
      output: {
        passed: z => z.number().describe('Rules that hold'),
        failed: z => z.number().describe('Rules that fail'),
        unclassified: z =>
          z.number().describe('Differences that no rule covers'),
        summary: z => z.string().describe('One sentence for a person'),
        findings: z =>
          z
            .array(z.any())
            .describe('What every rule says, as the command line gives it'),
        differences: z =>
          z
            .array(z.any())
            .describe('Differences between neighbours, each with its class'),
      },
    },
    async handler(ctx) {
      const directory = safeChildPath(
        ctx.workspacePath,
        ctx.input.deployConfigPath ?? FOLDERS.deployConfig,
      );
      const read = parseIntent(
        await fs.readFile(path.join(directory, 'environments.yaml'), 'utf8'),
      );
      if (!read.ok) {
        const { field, line, message } = read.problems[0];
        throw new InputError(
          `environments.yaml${line ? `:${line}` : ''}: ${field} ${message}`,
        );
      }
      const { intent } = read;
      const config = await loadDeployConfig({
        directory,
        intent,
        signal: ctx.signal,
      });
      if (config.problems.length > 0) {
        throw new InputError(
          config.problems.map(({ problem }) => problem).join('; '),
        );
      }
      const { findings, differences, summary } = verify({
        intent,
        manifests: config.manifests,
        argocd: config.argocd,
        repository: config.repository,
        undeclared: config.undeclared,
        infrastructure: await infrastructureIn(
          ctx.workspacePath,
          ctx.input.infrastructurePath,
        ),
        now: now().toISOString(),
      });
      for (const finding of findings.filter(
        entry => entry.outcome === 'fail' || entry.outcome === 'warn',
      )) {
        const line = describeFinding(finding);
        if (finding.outcome === 'fail') {
          ctx.logger.error(line);
        } else {
          ctx.logger.warn(line);
        }
      }
      const unclassified = differences.filter(
        difference => difference.class === 'unclassified',
      );
      unclassified.forEach(difference =>
        ctx.logger.error(describeDifference(difference)),
      );
      const passed = summary.outcomes.pass ?? 0;
      const failed = summary.outcomes.fail ?? 0;
      const unknown = findings.filter(
        finding =>
          finding.outcome === 'unknown' && finding.missing === undefined,
      );
      const sentence = [
        `${passed} checks hold, ${
          failed === 0 ? 'none fails' : `${failed} fail`
        }`,
        unclassified.length === 0
          ? 'every difference between environments has a reason'
          : `${unclassified.length} differences have no rule`,
        ...(unknown.length > 0
          ? [
              `${unknown.length} need a look at the real clusters and will show on the Environments tab`,
            ]
          : []),
      ].join('; ');
      ctx.logger.info(sentence);
      ctx.output('passed', passed);
      ctx.output('failed', failed);
      ctx.output('unclassified', unclassified.length);
      ctx.output('summary', `${sentence}.`);
      ctx.output('findings', [...findings]);
      ctx.output('differences', [...differences]);
      if (
        (failed > 0 || unclassified.length > 0) &&
        (ctx.input.failOnFindings ?? true)
      ) {
        throw new InputError(
          `The environments do not hold to their rules: ${failed} failing, ${unclassified.length} unclassified; see the lines above`,
        );
      }
    },
  });
}

/** The Terraform beside the manifests, where there is some. */
async function infrastructureIn(
  workspacePath: string,
  folder: string | undefined,
): Promise<TerraformFile[] | undefined> {
  const directory = safeChildPath(
    workspacePath,
    folder ?? FOLDERS.infrastructure,
  );
  try {
    await fs.access(directory);
  } catch (error) {
    if (folder !== undefined) {
      throw new InputError(
        `infrastructurePath: there is no folder '${folder}' in the workspace`,
      );
    }
    return undefined;
  }
  return await loadInfrastructure(directory);
}

function describeFinding(finding: Finding): string {
  const where = finding.pointer
    ? `${finding.subject} ${finding.pointer}`
    : finding.subject;
  return `${finding.rule} ${
    finding.title
  }: ${where} (${finding.environments.join(', ')})${
    finding.reason ? `. ${finding.reason}` : ''
  }${finding.remedy ? ` To put it right: ${finding.remedy}` : ''}`;
}

function describeDifference({
  from,
  to,
  subject,
  pointer,
  before,
  after,
}: Difference): string {
  return `No rule covers ${subject} ${pointer}: ${JSON.stringify(
    before,
  )} in ${from}, ${JSON.stringify(after)} in ${to}`;
}
