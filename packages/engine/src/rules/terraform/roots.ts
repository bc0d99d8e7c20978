import { isObject } from '../../model/json';
import { blocks, labelled } from '../../terraform/buildTerraform';
import { TerraformRoot } from '../../terraform/types';
import { Rule, RuleContext, Verdict } from '../rule';
import { needsFiles, onRoot, rootsOf } from './verdicts';

/** The files that make a root what it is; what differs is in its variables and its backend. */
const SHARED_FILES = [
  'main.tf',
  'variables.tf',
  'outputs.tf',
  'providers.tf',
  'versions.tf',
];

export const identicalRoots: Rule = {
  id: 'TF-01',
  kind: 'must match',
  title: 'Every Terraform root is made of the same files',
  guideStep: 5,
  sources: ['terraform'],
  semantics:
    'The files main, variables, outputs, providers and versions.tf are the same in every root, but for white space: only the variables and the backend differ.',
  remedy:
    'Copy the file from the root of production, and put what differs into a variable.',
  appliesTo: needsFiles,
  evaluate: context => {
    const roots = rootsOf(context).filter(({ files }) => files.size > 0);
    const reference = roots[roots.length - 1];
    return roots.flatMap(root => {
      const problems = SHARED_FILES.flatMap(name =>
        fileVerdicts(context, root, reference, name),
      );
      return problems.length > 0 ? problems : [onRoot(context, root)];
    });
  },
};

function fileVerdicts(
  context: RuleContext,
  root: TerraformRoot,
  reference: TerraformRoot,
  name: string,
): Verdict[] {
  const own = root.files.get(name);
  const other = reference.files.get(name);
  if (!own && !other) {
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
  return formatted(own.text) === formatted(other.text)
    ? []
    : [
        onRoot(context, root, {
          file: own,
          reason: `${name} of ${root.name} is not that of ${reference.name}`,
        }),
      ];
}

/** Text without what a formatter decides. */
function formatted(text: string): string {
  return text
    .split('\n')
    .map(line => line.trim().replace(/\s+/g, ' '))
    .filter(line => line !== '')
    .join('\n');
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
      if (root.tfvars.length > 0) {
        const known = classes.get(classOf(root)) ?? [];
        classes.set(classOf(root), [...known, root]);
      }
    }
    return [...classes.values()].flatMap(roots =>
      roots.flatMap(root => variableVerdicts(context, root, roots)),
    );
  },
};

/** Roots that make the same things: shared platforms, those that stand on one, and those with a cluster of their own. */
function classOf(root: TerraformRoot): string {
  return `${root.isPlatform} ${root.variables.create_cluster !== false}`;
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
      file: root.tfvars[0],
      reason: `${root.name} does not set ${key}; ${others.join(' and ')} ${
        others.length === 1 ? 'does' : 'do'
      }`,
    });
  });
}

export const sameVersions: Rule = {
  id: 'TF-11',
  kind: 'must match',
  title:
    'Every root uses the same versions of Terraform, providers and modules',
  guideStep: 5,
  sources: ['terraform', 'plan'],
  semantics:
    'Constraints of providers, locked provider versions with their hashes, and the sources and versions of modules are the same in every root; plans were made by the same version of Terraform.',
  remedy: 'Move every root to the same version, production last.',
  appliesTo: needsFiles,
  evaluate: context => {
    const roots = rootsOf(context);
    const facts = roots.map(root => ({ root, versions: versionsOf(root) }));
    const names = [
      ...new Set(facts.flatMap(({ versions }) => [...versions.keys()])),
    ];
    const reference = facts[facts.length - 1];
    return facts.flatMap(({ root, versions }) => {
      const problems = names.flatMap(name => {
        const own = versions.get(name);
        const other = reference.versions.get(name);
        return own === undefined || other === undefined || own === other
          ? []
          : [
              onRoot(context, root, {
                argument: name,
                value: own,
                reason: `${name} is ${own} in ${root.name}, ${other} in ${reference.root.name}`,
              }),
            ];
      });
      return problems.length > 0 ? problems : [onRoot(context, root)];
    });
  },
};

/** What a root is built with, by what it is. */
function versionsOf(root: TerraformRoot): Map<string, string> {
  const found = new Map<string, string>();
  for (const { json } of root.files.values()) {
    for (const terraform of blocks(json, 'terraform')) {
      if (typeof terraform.required_version === 'string') {
        found.set('required_version', terraform.required_version);
      }
      for (const providers of blocks(terraform, 'required_providers')) {
        for (const [name, value] of Object.entries(providers)) {
          const version = isObject(value) ? value.version : value;
          if (typeof version === 'string') {
            found.set(`provider ${name}`, version);
          }
        }
      }
    }
    for (const { label, body } of labelled(json, 'module')) {
      if (typeof body.source === 'string') {
        const version =
          typeof body.version === 'string' ? ` ${body.version}` : '';
        found.set(`module ${label}`, `${body.source}${version}`);
      }
    }
    for (const { label, body } of labelled(json, 'provider')) {
      if (Array.isArray(body.hashes) && typeof body.version === 'string') {
        found.set(`locked ${label}`, body.version);
      }
    }
  }
  if (root.plan?.terraformVersion) {
    found.set('terraform', root.plan.terraformVersion);
  }
  return found;
}
