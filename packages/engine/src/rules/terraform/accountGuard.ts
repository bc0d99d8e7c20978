import { isObject } from '../../model/json';
import { UNKNOWN } from '../../terraform/expression/evaluate';
import { TerraformBlock, TerraformRoot } from '../../terraform/types';
import { Rule, RuleContext, Verdict, notApplicable } from '../rule';
import { accountOf } from './accountOf';
import { argumentOf, ownBlocks } from './values';
import {
  needsFiles,
  onRoot,
  placeOfArgument,
  rootsOf,
  variableOf,
  placeOfSetting,
} from './verdicts';

const ENVIRONMENT_TAG = /^(environment|env|stage)$/i;

export const accountGuard: Rule = {
  id: 'TF-18',
  kind: 'absolute',
  title: 'A root can only be applied to its own account',
  guideStep: 6,
  sources: ['terraform', 'intent'],
  semantics:
    'Every AWS provider names allowed_account_ids, or takes on a role of one account; the accounts that it names, and that of the variables, are the one that the intent gives the cluster; every resource gets the tag Environment.',
  remedy:
    'Set allowed_account_ids in the provider, from a variable that holds the account of this environment.',
  appliesTo: context => {
    const files = needsFiles(context);
    return files.applies && !rootsOf(context).some(usesAws)
      ? notApplicable('No root configures the AWS provider')
      : files;
  },
  evaluate: context =>
    rootsOf(context).flatMap(root => {
      if (!usesAws(root)) {
        return [];
      }
      const providers = providersOf(root);
      const problems = [
        ...(providers.length === 0
          ? [
              onRoot(context, root, {
                argument: 'provider',
                reason: `${root.name} configures no AWS provider, so it accepts any account that the credentials open`,
              }),
            ]
          : []),
        ...providers.flatMap(provider => [
          ...guardProblems(context, root, provider),
          ...tagProblems(context, root, provider),
        ]),
        ...accountProblems(context, root),
      ];
      return problems.length > 0 ? problems : [onRoot(context, root)];
    }),
};

function providersOf(root: TerraformRoot): readonly TerraformBlock[] {
  return ownBlocks(root, 'provider').filter(
    ({ labels, file }) =>
      labels[0] === 'aws' && !file.name.endsWith('.lock.hcl'),
  );
}

function usesAws(root: TerraformRoot): boolean {
  return (
    providersOf(root).length > 0 ||
    root.blocks.some(
      ({ type, labels }) =>
        (type === 'resource' || type === 'data') &&
        labels[0].startsWith('aws_'),
    )
  );
}

/** The accounts that a provider may work in: undefined where nothing keeps it to any, `UNKNOWN` where they cannot be told. */
function accountsOf(provider: TerraformBlock): unknown {
  const allowed = provider.values.allowed_account_ids;
  if (allowed !== undefined && allowed !== null) {
    return Array.isArray(allowed) && !allowed.includes(UNKNOWN)
      ? allowed.map(String)
      : UNKNOWN;
  }
  const role = argumentOf(provider, 'assume_role', 'role_arn');
  if (typeof role === 'string') {
    return /^arn:[\w-]+:iam::(\d{12}):/.exec(role)?.slice(1, 2);
  }
  return role === UNKNOWN || argumentOf(provider, 'dynamic', 'assume_role')
    ? UNKNOWN
    : undefined;
}

function guardProblems(
  context: RuleContext,
  root: TerraformRoot,
  provider: TerraformBlock,
): Verdict[] {
  const where = placeOfArgument(provider, 'allowed_account_ids');
  const accounts = accountsOf(provider);
  const declared = accountOf(context, root);
  if (accounts === UNKNOWN) {
    return [
      onRoot(context, root, {
        ...where,
        outcome: 'unknown',
        argument: 'allowed_account_ids',
        reason: `Which accounts the provider of ${
          root.name
        } accepts is not told by its files: ${
          provider.values.allowed_account_ids === undefined
            ? 'the role'
            : 'allowed_account_ids'
        } takes a value from outside`,
      }),
    ];
  }
  if (!Array.isArray(accounts) || accounts.length === 0) {
    return [
      onRoot(context, root, {
        ...where,
        argument: 'provider',
        reason: `The provider of ${root.name} accepts any account that the credentials open`,
      }),
    ];
  }
  const strange = accounts.filter(account => account !== declared);
  // What comes from the variable of the account is that variable's mistake.
  return declared === undefined ||
    strange.length === 0 ||
    strange.every(account => account === accountVariable(root)?.value)
    ? []
    : [
        onRoot(context, root, {
          ...where,
          argument: 'allowed_account_ids',
          value: accounts,
          reason: `The provider of ${root.name} works in account ${strange.join(
            ' and ',
          )}; the intent says ${declared}`,
        }),
      ];
}

function tagProblems(
  context: RuleContext,
  root: TerraformRoot,
  provider: TerraformBlock,
): Verdict[] {
  const tags = argumentOf(provider, 'default_tags', 'tags');
  const isTagged = isObject(tags)
    ? Object.keys(tags).some(name => ENVIRONMENT_TAG.test(name))
    : // Tags that cannot be told may have it.
      tags === UNKNOWN || Array.isArray(provider.values.dynamic);
  return isTagged
    ? []
    : [
        onRoot(context, root, {
          outcome: 'warn',
          argument: 'provider',
          ...placeOfArgument(provider, 'default_tags'),
          reason: `The provider of ${root.name} gives its resources no tag Environment`,
          remedy: 'Set default_tags with Environment = var.environment.',
        }),
      ];
}

function accountVariable(root: TerraformRoot) {
  return variableOf(root, ['aws_account_id', 'account_id', 'aws_account']);
}

function accountProblems(context: RuleContext, root: TerraformRoot): Verdict[] {
  const declared = accountOf(context, root);
  const variable = accountVariable(root);
  return declared !== undefined &&
    typeof variable?.value === 'string' &&
    /^\d{12}$/.test(variable.value) &&
    variable.value !== declared
    ? [
        onRoot(context, root, {
          argument: variable.name,
          value: variable.value,
          ...placeOfSetting(variable),
          reason: `${root.name} is for account ${variable.value}; the intent says ${declared}`,
        }),
      ]
    : [];
}
