import { rolesOf } from '../view';
import { isObject } from '../../model/json';
import { CONFIGURATION, blocksOfFile } from '../../terraform/configuration';
import { TerraformFile, TerraformRoot } from '../../terraform/types';
import { Rule, RuleContext, Verdict } from '../rule';
import { constraintOf } from './sameVersions';
import { byComponent } from './values';
import { needsFiles, onRoot, roleOf, rootsOf } from './verdicts';

export const identicalRoots: Rule = {
  id: 'TF-01',
  kind: 'must match',
  title: 'Every Terraform root is made of the same files',
  guideStep: 5,
  sources: ['terraform'],
  semantics:
    'The files with the configuration are the same in every root that makes the same things, but for white space and comments: only the variables and the backend differ. What production has a root for, staging has one for too.',
  remedy:
    'Copy the file from the root of production, and put what differs into a variable.',
  appliesTo: needsFiles,
  evaluate: context => {
    const roots = rootsOf(context).filter(({ files }) => files.size > 0);
    const compared = byComponent(roots).flatMap(alike => {
      const reference = alike[alike.length - 1];
      const names = [
        ...new Set(alike.flatMap(root => configurationOf(root))),
      ].sort();
      return alike.flatMap(root => {
        const problems = [
          ...(root.isShared
            ? []
            : names.flatMap(name =>
                fileVerdicts(context, root, reference, name),
              )),
          ...counterpartVerdicts(context, root, alike, roots),
        ];
        return problems.length > 0 ? problems : [onRoot(context, root)];
      });
    });
    return [...compared, ...unserved(context)];
  },
};

/** Environments that no root is for, where others have one. */
function unserved(context: RuleContext): Verdict[] {
  const served = new Set(
    rootsOf(context).flatMap(({ environments }) => environments),
  );
  return context.intent.environments
    .filter(({ name }) => served.size > 0 && !served.has(name))
    .map(({ name }) => ({
      outcome: 'unknown',
      environments: [name],
      subject: 'terraform',
      values: {},
      locations: {},
      reason: `No root of the infrastructure repository is for ${name}: no folder, variable file or workspace is named for it. Name it so, or pass --plan ${name}=FILE`,
    }));
}

function configurationOf(root: TerraformRoot): string[] {
  return [...root.files.keys()].filter(name => CONFIGURATION.test(name));
}

function fileVerdicts(
  context: RuleContext,
  root: TerraformRoot,
  reference: TerraformRoot,
  name: string,
): Verdict[] {
  const own = root.files.get(name);
  const other = reference.files.get(name);
  if (isOnlyBackend(own) && isOnlyBackend(other)) {
    return [];
  }
  if (!own || !other) {
    return [
      onRoot(context, root, {
        file: own,
        reason: own
          ? `${root.name} has ${name}, ${reference.name} has not`
          : `${reference.name} has ${name}, ${root.name} has not`,
      }),
    ];
  }
  return formatted(own.text) === formatted(other.text) ||
    (own.json !== undefined && meaningOf(own) === meaningOf(other))
    ? []
    : [
        onRoot(context, root, {
          file: own,
          reason: `${name} of ${root.name} is not that of ${reference.name}`,
        }),
      ];
}

/** No file, or one that says nothing but where the state is. */
function isOnlyBackend(file: TerraformFile | undefined): boolean {
  return (
    file === undefined ||
    (isObject(file.json) &&
      Object.keys(file.json).every(type => type === 'terraform') &&
      blocksOfFile(file, 'terraform').every(({ body }) =>
        Object.keys(body).every(key => key === 'backend' || key === 'cloud'),
      ) &&
      blocksOfFile(file, 'terraform').length > 0)
  );
}

/** Text without what a formatter decides. */
function formatted(text: string): string {
  return text
    .split('\n')
    .map(line => line.trim().replace(/\s+/g, ' '))
    .filter(line => line !== '')
    .join('\n');
}

/** What a file says, without comments, white space, and the backend. */
function meaningOf(file: TerraformFile): string {
  return JSON.stringify(withoutBackend(file.json), (key, value: unknown) => {
    if (
      typeof value === 'string' &&
      (key === 'version' || key === 'required_version')
    ) {
      return constraintOf(value);
    }
    if (typeof value === 'string' && /[$%]\{/.test(value)) {
      return value
        .replace(/\s+/g, ' ')
        .replace(/([[({,]) | (?=[\])},])/g, '$1');
    }
    return isObject(value)
      ? Object.fromEntries(
          Object.entries(value).sort(([left], [right]) =>
            left < right ? -1 : 1,
          ),
        )
      : value;
  });
}

/** Only in blocks of `terraform` does `backend` say where a state is. */
function withoutBackend(json: unknown): unknown {
  if (!isObject(json) || !('terraform' in json)) {
    return json;
  }
  const blocks = [json.terraform].flat().map((block: unknown) => {
    if (!isObject(block)) {
      return block;
    }
    const { backend: _backend, cloud: _cloud, ...rest } = block;
    return rest;
  });
  return { ...json, terraform: blocks };
}

/** What production has a root for, and staging has not. */
function counterpartVerdicts(
  context: RuleContext,
  root: TerraformRoot,
  alike: readonly TerraformRoot[],
  roots: readonly TerraformRoot[],
): Verdict[] {
  const staging = [...rolesOf(context.intent)].flatMap(([name, role]) =>
    role === 'staging' ? [name] : [],
  );
  const lacking = staging.filter(
    name =>
      roots.some(({ environments }) => environments.includes(name)) &&
      !alike.some(({ environments }) => environments.includes(name)),
  );
  return root.isPlatform || roleOf(context, root) !== 'prod'
    ? []
    : lacking.map(name =>
        onRoot(context, root, {
          reason: `${root.folder} has no counterpart for ${name}`,
          remedy: `Make the same root for ${name}.`,
        }),
      );
}
