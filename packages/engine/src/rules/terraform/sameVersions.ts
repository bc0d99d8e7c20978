import { isObject } from '../../model/json';
import { blocksOfFile, resolvedPath } from '../../terraform/configuration';
import { TerraformFile, TerraformRoot } from '../../terraform/types';
import { Rule, RuleContext, Verdict } from '../rule';
import { byComponent, ownBlocks } from './values';
import {
  BlockStart,
  blockStart,
  needsFiles,
  onRoot,
  rootsOf,
  placeOfArgument,
} from './verdicts';

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
export function constraintOf(text: string): string {
  return text
    .split(',')
    .map(part => part.replace(/\s+/g, '').replace(/^=(?=\d)/, ''))
    .sort()
    .join(', ');
}
