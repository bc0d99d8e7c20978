import {
  TerraformFile,
  TerraformModel,
  TerraformRoot,
} from '../../terraform/types';
import {
  Applicability,
  RuleContext,
  Verdict,
  notApplicable,
  unknown,
} from '../rule';
import { Role } from '../rule';
import { rolesOf } from '../view';

/** The roots, or why there are none to look at. */
export function rootsOf(context: RuleContext): readonly TerraformRoot[] {
  return context.terraform?.roots ?? [];
}

export function environmentRoots(
  context: RuleContext,
): readonly TerraformRoot[] {
  return rootsOf(context).filter(root => !root.isPlatform);
}

/** Applies where the files of the infrastructure repository are known. */
export function needsFiles(context: RuleContext): Applicability {
  if (!context.terraform?.hasFiles) {
    return unknown(
      'The infrastructure repository was not given: pass --infrastructure DIR',
      'terraform',
    );
  }
  return context.terraform.roots.length > 0
    ? { applies: true }
    : notApplicable('The infrastructure repository has no Terraform root');
}

/** Applies where at least one plan is known. */
export function needsPlans(context: RuleContext): Applicability {
  return rootsOf(context).some(({ plan }) => plan)
    ? { applies: true }
    : unknown('No plan was given: pass --plan ENVIRONMENT=FILE', 'plan');
}

/** A verdict on one root. */
export function onRoot(
  context: RuleContext,
  root: TerraformRoot,
  found: {
    outcome?: Verdict['outcome'];
    /** Argument or resource that the verdict is about. */
    argument?: string;
    subject?: string;
    value?: unknown;
    reason?: string;
    remedy?: string;
    file?: TerraformFile;
  } = {},
): Verdict {
  const { outcome = found.reason ? 'fail' : 'pass', argument, file } = found;
  const names =
    root.environments.length > 0
      ? root.environments
      : context.intent.environments.map(({ name }) => name);
  const location = locationOf(root, file, argument);
  return {
    outcome,
    environments: names,
    subject: found.subject ?? `terraform ${root.folder || root.name}`,
    ...(argument === undefined ? {} : { path: [argument] }),
    values: Object.fromEntries(
      'value' in found ? names.map(name => [name, found.value]) : [],
    ),
    locations: Object.fromEntries(
      location === undefined ? [] : names.map(name => [name, location]),
    ),
    ...(found.reason === undefined ? {} : { reason: found.reason }),
    ...(found.remedy === undefined ? {} : { remedy: found.remedy }),
  };
}

/** A rule about plans cannot speak of a root without one. */
export function withoutPlan(
  context: RuleContext,
  root: TerraformRoot,
): Verdict {
  return onRoot(context, root, {
    outcome: 'unknown',
    reason: `It needs the plan of ${root.name}: pass --plan ${root.name}=FILE`,
  });
}

/** `environments/prod/prod.tfvars:4` */
export function locationOf(
  root: TerraformRoot,
  file: TerraformFile | undefined,
  argument?: string,
): string | undefined {
  if (!file) {
    return root.folder || undefined;
  }
  const line = argument === undefined ? 0 : lineOf(file.text, argument);
  return line > 0 ? `${file.name}:${line}` : file.name;
}

function lineOf(text: string, argument: string): number {
  const pattern = new RegExp(`^\\s*"?${escape(argument)}"?\\s*[={]`);
  return text.split('\n').findIndex(line => pattern.test(line)) + 1;
}

function escape(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

/** The part of a root: of the environment that asks most of it. */
export function roleOf(context: RuleContext, root: TerraformRoot): Role {
  const roles = rolesOf(context.intent);
  const own = root.environments.map(name => roles.get(name));
  if (own.includes('prod')) {
    return 'prod';
  }
  return own.includes('staging') ? 'staging' : 'dev';
}

/** The file that gives a variable. */
export function fileOfVariable(
  root: TerraformRoot,
  variable: string,
): TerraformFile | undefined {
  return root.tfvars.find(
    ({ json }) =>
      typeof json === 'object' &&
      json !== null &&
      Object.hasOwn(json, variable),
  );
}

/** The first of the names that a root gives a value. */
export function variableOf(
  root: TerraformRoot,
  names: readonly string[],
): { name: string; value: unknown } | undefined {
  const name = names.find(candidate =>
    Object.hasOwn(root.variables, candidate),
  );
  return name === undefined ? undefined : { name, value: root.variables[name] };
}

export type { TerraformModel };
