import { isObject } from '../../model/json';
import { labelled } from '../../terraform/buildTerraform';
import { TerraformFile, TerraformRoot } from '../../terraform/types';
import { Rule, RuleContext, Verdict, notApplicable } from '../rule';
import { accountOf } from './state';
import {
  environmentRoots,
  fileOfVariable,
  needsFiles,
  onRoot,
  rootsOf,
} from './verdicts';

export const environmentVariable: Rule = {
  id: 'TF-05',
  kind: 'sources agree',
  title: 'The variable environment is the folder that it stands in',
  guideStep: 8,
  sources: ['terraform', 'plan'],
  semantics:
    'Folder, variable file and the variable environment name the same environment; a plan was made with it.',
  remedy:
    'Set environment to the name of the folder, and let a validation of the variable hold it there.',
  appliesTo: needsFiles,
  evaluate: context =>
    rootsOf(context)
      .filter(({ files }) => files.size > 0)
      .flatMap(root => {
        const problems: Verdict[] = [];
        const value = root.variables.environment;
        if (typeof value === 'string' && value !== root.name) {
          problems.push(
            onRoot(context, root, {
              argument: 'environment',
              value,
              file: fileOfVariable(root, 'environment'),
              reason: `${root.folder} sets environment to ${value}`,
            }),
          );
        }
        for (const file of strangeFiles(context, root)) {
          problems.push(
            onRoot(context, root, {
              file,
              reason: `${file.name} is named for another environment than its folder`,
            }),
          );
        }
        const planned = root.plan?.variables.environment;
        if (typeof planned === 'string' && planned !== root.name) {
          problems.push(
            onRoot(context, root, {
              argument: 'environment',
              value: planned,
              reason: `The plan of ${root.name} was made with environment = ${planned}`,
            }),
          );
        }
        if (problems.length > 0) {
          return problems;
        }
        return value === undefined && planned === undefined
          ? [
              onRoot(context, root, {
                outcome: 'unknown',
                reason: `No variable file of ${root.name} sets environment`,
              }),
            ]
          : [onRoot(context, root)];
      }),
};

function strangeFiles(
  context: RuleContext,
  root: TerraformRoot,
): TerraformFile[] {
  const names = rootsOf(context).map(({ name }) => name);
  return root.tfvars.filter(({ name }) => {
    const base = name.slice(name.lastIndexOf('/') + 1).split('.')[0];
    return base !== root.name && names.includes(base);
  });
}

export const foreignReferences: Rule = {
  id: 'TF-06',
  kind: 'absolute',
  title: 'No root names another environment',
  guideStep: 7,
  sources: ['terraform'],
  semantics:
    'Neither files nor variables of a root name another environment, in a remote state, a bucket, a host or a literal; the shared platform that it stands on is the exception.',
  remedy:
    'Take the value from the own variables, or from the output of the shared platform.',
  appliesTo: needsFiles,
  evaluate: context =>
    environmentRoots(context)
      .filter(({ files }) => files.size > 0)
      .flatMap(root => {
        const others = environmentRoots(context)
          .filter(other => other !== root)
          .map(({ name }) => name);
        const problems = [...root.files.values()].flatMap(file =>
          literalsOf(file.json).flatMap(({ text, argument }) => {
            const other = others.find(name => namesEnvironment(text, name));
            return other === undefined || isList(text)
              ? []
              : [
                  onRoot(context, root, {
                    argument,
                    value: text,
                    file,
                    reason: `${file.name} of ${root.name} names ${other}: ${text}`,
                  }),
                ];
          }),
        );
        return problems.length > 0 ? problems : [onRoot(context, root)];
      }),
};

/** Prose, such as a description, may speak of every environment. */
function isList(text: string): boolean {
  return /\s/.test(text.trim());
}

function namesEnvironment(text: string, name: string): boolean {
  return new RegExp(`(^|[^A-Za-z0-9])${name}([^A-Za-z0-9]|$)`).test(
    text.replace(/\$\{[^}]*\}/g, ' '),
  );
}

/** Arguments that are for people and for checks. */
const PROSE = new Set([
  'description',
  'condition',
  'error_message',
  'validation',
]);

/** Literal strings, with the argument that they are the value of. */
function literalsOf(
  value: unknown,
  argument = '',
): { text: string; argument: string }[] {
  if (typeof value === 'string') {
    return [{ text: value, argument }];
  }
  if (Array.isArray(value)) {
    return value.flatMap(entry => literalsOf(entry, argument));
  }
  return isObject(value)
    ? Object.entries(value).flatMap(([key, entry]) =>
        PROSE.has(key) ? [] : literalsOf(entry, key),
      )
    : [];
}

export const accountGuard: Rule = {
  id: 'TF-18',
  kind: 'absolute',
  title: 'A root can only be applied to its own account',
  guideStep: 6,
  sources: ['terraform', 'intent'],
  semantics:
    'The AWS provider names allowed_account_ids; the account of the variables is the one that the intent gives the cluster; every resource gets the tag Environment.',
  remedy:
    'Set allowed_account_ids in the provider, from a variable that holds the account of this environment.',
  appliesTo: context => {
    const files = needsFiles(context);
    return files.applies &&
      !rootsOf(context).some(root => providersOf(root).length > 0)
      ? notApplicable('No root configures the AWS provider')
      : files;
  },
  evaluate: context =>
    rootsOf(context).flatMap(root => {
      const providers = providersOf(root);
      if (providers.length === 0) {
        return [];
      }
      const problems = [
        ...providers.flatMap(({ body, file }) => [
          ...('allowed_account_ids' in body
            ? []
            : [
                onRoot(context, root, {
                  argument: 'provider',
                  file,
                  reason: `The provider of ${root.name} accepts any account that the credentials open`,
                }),
              ]),
          ...(JSON.stringify(body.default_tags ?? '').match(/"Environment"/i)
            ? []
            : [
                onRoot(context, root, {
                  outcome: 'warn',
                  argument: 'provider',
                  file,
                  reason: `The provider of ${root.name} gives its resources no tag Environment`,
                  remedy:
                    'Set default_tags with Environment = var.environment.',
                }),
              ]),
        ]),
        ...accountProblems(context, root),
      ];
      return problems.length > 0 ? problems : [onRoot(context, root)];
    }),
};

function providersOf(root: TerraformRoot) {
  return [...root.files.values()].flatMap(file =>
    labelled(file.json, 'provider')
      .filter(
        ({ label, body }) => label === 'aws' && !Array.isArray(body.hashes),
      )
      .map(({ body }) => ({ body, file })),
  );
}

function accountProblems(context: RuleContext, root: TerraformRoot): Verdict[] {
  const declared = accountOf(context, root);
  const value = root.variables.aws_account_id;
  return declared !== undefined &&
    typeof value === 'string' &&
    value !== declared
    ? [
        onRoot(context, root, {
          argument: 'aws_account_id',
          value,
          file: fileOfVariable(root, 'aws_account_id'),
          reason: `${root.name} is for account ${value}; the intent says ${declared}`,
        }),
      ]
    : [];
}
