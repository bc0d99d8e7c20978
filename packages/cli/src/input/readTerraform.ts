import { HclError, loadInfrastructure } from '@envmatrix/checkout';
import { TerraformFile } from '@envmatrix/engine';
import { InputProblem } from '../InputProblem';
import { assertDirectory } from './readManifests';
import { readText, reasonOf } from './readText';

/** What the rules about Terraform look at, as far as it was named. */
export async function readTerraform(flags: {
  infrastructure?: string;
  plan: readonly string[];
}): Promise<{
  infrastructure?: TerraformFile[];
  plans?: Record<string, unknown>;
}> {
  return {
    ...(flags.infrastructure === undefined
      ? {}
      : { infrastructure: await readFiles(flags.infrastructure) }),
    ...(flags.plan.length === 0 ? {} : { plans: await readPlans(flags.plan) }),
  };
}

async function readFiles(directory: string): Promise<TerraformFile[]> {
  await assertDirectory(directory);
  try {
    return await loadInfrastructure(directory);
  } catch (error) {
    throw new InputProblem(
      error instanceof HclError
        ? `${directory}/${error.message}`
        : `${directory}: ${reasonOf(error)}`,
    );
  }
}

async function readPlans(
  named: readonly string[],
): Promise<Record<string, unknown>> {
  const plans: Record<string, unknown> = {};
  for (const argument of named) {
    const [, root, file] = /^([^=]+)=(.+)$/.exec(argument) ?? [];
    if (root === undefined || file === undefined) {
      throw new InputProblem(`--plan ${argument} is not of the form root=FILE`);
    }
    if (Object.hasOwn(plans, root)) {
      throw new InputProblem(`--plan ${argument}: ${root} has a plan already`);
    }
    const text = await readText(file);
    try {
      plans[root] = JSON.parse(text);
    } catch (error) {
      throw new InputProblem(
        `${file} is not JSON: ${reasonOf(
          error,
        )}; 'terraform show -json plan.out' prints what is needed`,
      );
    }
  }
  return plans;
}
