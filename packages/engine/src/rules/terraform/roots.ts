import { isObject } from '../../model/json';
import { blocksOfFile, resolvedPath } from '../../terraform/configuration';
import { CONFIGURATION } from '../../terraform/configuration';
import { TerraformFile, TerraformRoot } from '../../terraform/types';
import { Rule, RuleContext, Verdict } from '../rule';
import { rolesOf } from '../view';
import { byComponent, flagOf, ownBlocks } from './values';
import {
  BlockStart,
  blockStart,
  needsFiles,
  onRoot,
  placeOfArgument,
  roleOf,
  rootsOf,
} from './verdicts';

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
  return JSON.stringify(file.json, (key, value: unknown) => {
    if (key === 'backend' || key === 'cloud') {
      return undefined;
    }
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

export const sameVariables: Rule = {
  id: 'TF-02',
  kind: 'must match',
  title: 'Every environment sets the same variables',
  guideStep: 6,
  sources: ['terraform'],
  semantics:
    'The variable files of roots that make the same things have the same keys: shared platforms, roots that stand on one, and roots with a cluster of their own. A key that one lacks takes a default that nobody compared.',
  remedy: 'Set the variable in every environment, each to its own value.',
  appliesTo: needsFiles,
  evaluate: context => {
    const classes = new Map<string, TerraformRoot[]>();
    for (const root of rootsOf(context)) {
      if (root.files.size > 0) {
        const known = classes.get(classOf(root)) ?? [];
        classes.set(classOf(root), [...known, root]);
      }
    }
    return [...classes.values()]
      .filter(roots => roots.some(({ tfvars }) => tfvars.length > 0))
      .flatMap(roots =>
        roots.flatMap(root => variableVerdicts(context, root, roots)),
      );
  },
};

/** Roots that make the same things: shared platforms, those that stand on one, and those with a cluster of their own. */
function classOf(root: TerraformRoot): string {
  return `${root.component} ${root.isPlatform} ${
    flagOf(root, 'create_cluster') !== false
  }`;
}

function variableVerdicts(
  context: RuleContext,
  root: TerraformRoot,
  roots: readonly TerraformRoot[],
): Verdict[] {
  const keys = [
    ...new Set(roots.flatMap(({ variables }) => Object.keys(variables))),
  ];
  const lacking = keys.filter(key => !Object.hasOwn(root.variables, key));
  if (lacking.length === 0) {
    return [onRoot(context, root)];
  }
  return lacking.map(key => {
    const others = roots
      .filter(other => Object.hasOwn(other.variables, key))
      .map(({ name }) => name);
    return onRoot(context, root, {
      argument: key,
      file: root.tfvars.at(-1),
      reason: `${root.name} does not set ${key}; ${others.join(' and ')} ${
        others.length === 1 ? 'does' : 'do'
      }`,
    });
  });
}

/** A version, and where it is said. */
interface Version {
  readonly said: string;
  /** What is compared, where that is not what is shown. */
  readonly meant?: string;
  readonly hashes?: readonly string[];
  readonly file?: TerraformFile;
  readonly within?: BlockStart;
  readonly near?: string;
}

export const sameVersions: Rule = {
  id: 'TF-11',
  kind: 'must match',
  title:
    'Every root uses the same versions of Terraform, providers and modules',
  guideStep: 5,
  sources: ['terraform', 'plan'],
  semantics:
    'Constraints of providers, locked provider versions with their hashes, and the sources and versions of modules are the same in every root that makes the same things; plans were made by the same version of Terraform.',
  remedy: 'Move every root to the same version, production last.',
  appliesTo: needsFiles,
  evaluate: context => {
    const planned = plannedVersions(context);
    return byComponent(rootsOf(context)).flatMap(roots => {
      const facts = roots.map(root => ({ root, versions: versionsOf(root) }));
      const names = [
        ...new Set(facts.flatMap(({ versions }) => [...versions.keys()])),
      ];
      return facts.flatMap(({ root, versions }) => {
        const problems = [
          ...names.flatMap(name => {
            const reference = facts
              .filter(other => other.versions.has(name))
              .at(-1);
            return reference
              ? versionVerdicts(context, name, { root, versions }, reference)
              : [];
          }),
          ...planned(root),
        ];
        return problems.length > 0 ? problems : [onRoot(context, root)];
      });
    });
  },
};

interface Facts {
  readonly root: TerraformRoot;
  readonly versions: ReadonlyMap<string, Version>;
}

function versionVerdicts(
  context: RuleContext,
  name: string,
  { root, versions }: Facts,
  reference: Facts,
): Verdict[] {
  const own = versions.get(name);
  const other = reference.versions.get(name);
  if (!other || own === other) {
    return [];
  }
  if (!own) {
    // That a module is not there at all is for the comparison of files and plans to tell.
    return name.startsWith('module ') || root.files.size === 0
      ? []
      : [
          onRoot(context, root, {
            argument: name,
            reason: `${root.name} does not say ${name}, which is ${other.said} in ${reference.root.name}`,
          }),
        ];
  }
  const isSame =
    (own.meant ?? own.said) === (other.meant ?? other.said) &&
    (!own.hashes ||
      !other.hashes ||
      own.hashes.length === 0 ||
      other.hashes.length === 0 ||
      own.hashes.some(hash => other.hashes?.includes(hash)));
  return isSame
    ? []
    : [
        onRoot(context, root, {
          argument: name,
          near: own.near,
          file: own.file,
          within: own.within,
          value: own.said,
          reason:
            own.said === other.said
              ? `${name} ${own.said} is another package in ${root.name} than in ${reference.root.name}: they have no hash in common`
              : `${name} is ${own.said} in ${root.name}, ${other.said} in ${reference.root.name}`,
        }),
      ];
}

/** Plans that another version of Terraform made than that of production, or the last one. */
function plannedVersions(context: RuleContext) {
  const reference = rootsOf(context)
    .filter(({ plan }) => plan?.terraformVersion !== undefined)
    .at(-1);
  return (root: TerraformRoot): Verdict[] => {
    const own = root.plan?.terraformVersion;
    const other = reference?.plan?.terraformVersion;
    return own === undefined || own === other || !reference
      ? []
      : [
          onRoot(context, root, {
            argument: 'terraform',
            value: own,
            reason: `terraform is ${own} in ${root.name}, ${other} in ${reference.name}`,
          }),
        ];
  };
}

/** What a root is built with, by what it is. */
function versionsOf(root: TerraformRoot): Map<string, Version> {
  const found = new Map<string, Version>();
  for (const file of root.files.values()) {
    for (const { body } of blocksOfFile(file, 'terraform')) {
      const required = root.evaluate(body.required_version);
      if (typeof required === 'string') {
        found.set('required_version', {
          said: required,
          meant: constraintOf(required),
          file,
          near: 'required_version',
        });
      }
      for (const providers of [body.required_providers].flat()) {
        for (const [name, value] of Object.entries(
          isObject(providers) ? providers : {},
        )) {
          const version = root.evaluate(
            isObject(value) ? value.version : value,
          );
          if (typeof version === 'string') {
            found.set(`provider ${name}`, {
              said: version,
              meant: constraintOf(version),
              file,
              within: blockStart(name, []),
              near: isObject(value) ? 'version' : name,
            });
          }
        }
      }
    }
    for (const { labels, body } of blocksOfFile(file, 'provider')) {
      if (file.name.endsWith('.lock.hcl') && typeof body.version === 'string') {
        found.set(`locked ${labels[0]}`, {
          said: body.version,
          hashes: Array.isArray(body.hashes) ? body.hashes.map(String) : [],
          file,
          within: blockStart('provider', [labels[0]]),
          near: 'version',
        });
      }
    }
  }
  for (const block of ownBlocks(root, 'module')) {
    const { labels, values } = block;
    const { source, version } = values;
    if (typeof source === 'string') {
      const constraint = typeof version === 'string' ? ` ${version}` : '';
      found.set(`module ${labels[0]}`, {
        said: `${source}${constraint}`,
        meant: `${sourceOf(root, source)} ${constraintOf(constraint)}`,
        ...placeOfArgument(block, constraint === '' ? 'source' : 'version'),
        near: constraint === '' ? 'source' : 'version',
      });
    }
  }
  return found;
}

/** A path in the repository as it is, whichever folder names it; one below the root as it is there. */
function sourceOf(root: TerraformRoot, source: string): string {
  if (!/^\.\.?(\/|$)/.test(source)) {
    return source;
  }
  const path = resolvedPath(root.folder, source);
  return path.startsWith(`${root.folder}/`)
    ? `.${path.slice(root.folder.length)}`
    : path;
}

/** A constraint whatever its spaces, and whichever of its parts comes first. */
function constraintOf(text: string): string {
  return text
    .split(',')
    .map(part => part.replace(/\s+/g, '').replace(/^=(?=\d)/, ''))
    .sort()
    .join(', ');
}
