import { CONFIGURATION } from '../../terraform/configuration';
import { UNKNOWN } from '../../terraform/expression/evaluate';
import {
  TerraformBlock,
  TerraformFile,
  TerraformModel,
  TerraformRoot,
  TerraformSetting,
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
  if (context.terraform.roots.length > 0) {
    return { applies: true };
  }
  return context.terraform.files.some(({ name }) => CONFIGURATION.test(name))
    ? unknown(
        'No folder of the infrastructure repository can be told to be the Terraform root of an environment: none has a backend, a provider, or the name of an environment',
        'terraform',
      )
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
    /** Text of the line where the block begins that the argument stands in. */
    within?: BlockStart;
    /** What the line is looked up by, where that is not the argument. */
    near?: string;
    /** Where it is known; 0 where it is not. */
    line?: number;
  } = {},
): Verdict {
  const { outcome = found.reason ? 'fail' : 'pass', argument, file } = found;
  const names =
    root.environments.length > 0
      ? root.environments
      : context.intent.environments.map(({ name }) => name);
  const location =
    file && found.line
      ? `${file.name}:${found.line}`
      : locationOf(root, file, found.near ?? argument, found.within);
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
  within?: BlockStart,
): string | undefined {
  if (!file) {
    return root.folder || undefined;
  }
  const line = lineOf(file.text, argument, within);
  return line > 0 ? `${file.name}:${line}` : file.name;
}

/** The line of an argument, the first one in its block; of the block where it does not have it; 0 where there is neither. */
function lineOf(text: string, argument?: string, within?: BlockStart): number {
  const lines = text.split('\n');
  const start = within ? startOf(lines, within) : 0;
  if (start < 0 || (argument === undefined && !within)) {
    return 0;
  }
  const pattern = new RegExp(
    `(?:^|[{,])\\s*"?${escape(argument ?? '')}"?\\s*[:={]`,
  );
  const column = within ? /^\s*/.exec(lines[start])?.[0].length ?? 0 : 0;
  for (let at = start; argument !== undefined && at < lines.length; at += 1) {
    if (pattern.test(lines[at])) {
      return at + 1;
    }
    // The block ends where its brace stands below its first word.
    if (
      within &&
      at > start &&
      lines[at].search(/\S/) === column &&
      /^\s*\}/.test(lines[at])
    ) {
      break;
    }
  }
  return within ? start + 1 : 0;
}

function startOf(
  lines: readonly string[],
  { pattern, index }: BlockStart,
): number {
  const starts = lines.flatMap((line, at) => (pattern.test(line) ? [at] : []));
  return starts[index] ?? starts[0] ?? -1;
}

/** Where a value is said; nowhere for one of a plan. */
export interface Place {
  readonly file?: TerraformFile;
  readonly within?: BlockStart;
  readonly near?: string;
}

/** How the line is found where a block begins. */
export interface BlockStart {
  readonly pattern: RegExp;
  /** Which of the lines that fit it is. */
  readonly index: number;
}

/** The first line of a block: `resource "aws_vpc" "main" {`. */
export function blockStart(
  type: string,
  labels: readonly string[],
  index = 0,
): BlockStart {
  return {
    pattern: new RegExp(
      `^\\s*${[type, ...labels]
        .map(word => `"?${escape(word)}"?`)
        .join('\\s*')}\\s*[:={]`,
    ),
    index,
  };
}

/** Where an argument of a block is to be found: in the block, or where it is overridden. */
export function placeOfArgument(
  block: Pick<
    TerraformBlock,
    'type' | 'labels' | 'file' | 'index' | 'overrides'
  >,
  argument: string,
): { file: TerraformFile; within: BlockStart } {
  const { file, index } =
    [...block.overrides]
      .reverse()
      .find(({ body }) => Object.hasOwn(body, argument)) ?? block;
  return { file, within: blockStart(block.type, block.labels, index) };
}

/** Where a variable, its default, or a local gets its value. */
export function placeOfSetting({ name, file, block }: TerraformSetting): {
  file: TerraformFile;
  within?: BlockStart;
  near?: string;
} {
  switch (block?.type) {
    case 'variable':
      return {
        file,
        within: blockStart('variable', [name], block.index),
        near: 'default',
      };
    case 'locals':
      return { file, within: blockStart('locals', [], block.index) };
    default:
      return { file };
  }
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

/** The first of the names that a root gives a value, by a variable, its default, or a local. */
export function variableOf(
  root: TerraformRoot,
  names: readonly string[],
): TerraformSetting | undefined {
  const known = names.flatMap(name => root.settings.get(name) ?? []);
  return (
    known.find(({ value }) => value !== UNKNOWN && value !== null) ?? known[0]
  );
}

export type { TerraformModel };
