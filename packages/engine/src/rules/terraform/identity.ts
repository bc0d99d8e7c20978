import { isObject } from '../../model/json';
import { spellingsOf } from '../../model/tokens';
import { UNKNOWN } from '../../terraform/expression/evaluate';
import { literalParts } from '../../terraform/expression/literalParts';
import {
  TerraformBlock,
  TerraformFile,
  TerraformRoot,
} from '../../terraform/types';
import { Rule, RuleContext, Verdict, notApplicable } from '../rule';
import { accountOf } from './state';
import { argumentOf, ownBlocks } from './values';
import {
  BlockStart,
  needsFiles,
  onRoot,
  placeOfArgument,
  placeOfSetting,
  rootsOf,
  variableOf,
} from './verdicts';

/** What the name of an environment is called. */
const ENVIRONMENT = [
  'environment',
  'env',
  'environment_name',
  'env_name',
  'deployment_environment',
  'stage',
];

export const environmentVariable: Rule = {
  id: 'TF-05',
  kind: 'sources agree',
  title: 'The variable environment is the folder that it stands in',
  guideStep: 8,
  sources: ['terraform', 'plan'],
  semantics:
    'Folder, variable file and the variable or local environment name the same environment, as do the arguments of modules; a plan was made with it.',
  remedy:
    'Set environment to the name of the folder, and let a validation of the variable hold it there.',
  appliesTo: needsFiles,
  evaluate: context =>
    rootsOf(context)
      .filter(({ files, plan }) => files.size > 0 || plan)
      .flatMap(root => {
        const said = environmentsSaid(root);
        const planned = ENVIRONMENT.flatMap(name => {
          const value = root.plan?.variables[name];
          return typeof value === 'string' ? [{ name, value }] : [];
        });
        const problems = [
          ...said
            .filter(({ name, value }) => isAnother(context, root, name, value))
            .map(({ name, value, ...where }) =>
              onRoot(context, root, {
                argument: name,
                value,
                ...where,
                reason: `${root.folder || root.name} sets ${name} to ${value}${
                  root.isShared ? ` for ${root.place}` : ''
                }`,
              }),
            ),
          ...strangeFiles(context, root).map(file =>
            onRoot(context, root, {
              file,
              reason: `${file.name} is named for another environment than its folder`,
            }),
          ),
          ...planned
            .filter(({ name, value }) => isAnother(context, root, name, value))
            .map(({ name, value }) =>
              onRoot(context, root, {
                argument: name,
                value,
                reason: `The plan of ${root.name} was made with ${name} = ${value}`,
              }),
            ),
        ];
        if (problems.length > 0) {
          return problems;
        }
        return said.length === 0 && planned.length === 0
          ? [
              onRoot(context, root, {
                outcome: 'unknown',
                reason: `No variable file of ${root.name} sets environment, and no local or argument that can be read does: pass --plan ${root.name}=FILE`,
              }),
            ]
          : [onRoot(context, root)];
      }),
};

/** What variables, locals and arguments of modules call the environment; what they pass on is said once. */
function environmentsSaid(root: TerraformRoot): {
  name: string;
  value: string;
  file?: TerraformFile;
  within?: BlockStart;
  near?: string;
}[] {
  const settings = ENVIRONMENT.flatMap(name => {
    const setting = root.settings.get(name);
    return typeof setting?.value === 'string'
      ? [{ name, value: setting.value, ...placeOfSetting(setting) }]
      : [];
  });
  const passed = ownBlocks(root, 'module').flatMap(block =>
    ENVIRONMENT.flatMap(name => {
      const value = block.values[name];
      return typeof value === 'string' &&
        !settings.some(setting => setting.value === value)
        ? [
            {
              name,
              value,
              ...placeOfArgument(block, name),
            },
          ]
        : [];
    }),
  );
  return [...settings, ...passed];
}

/** Whether a value names another place than that of the root. A stage may be called anything that is no environment. */
function isAnother(
  context: RuleContext,
  root: TerraformRoot,
  name: string,
  value: string,
): boolean {
  const own = [
    root.place,
    root.name,
    ...(root.isPlatform ? [] : root.environments.flatMap(spellings(context))),
  ];
  if (own.some(word => word.toLowerCase() === value.toLowerCase())) {
    return false;
  }
  if (name === 'environment') {
    return root.environments.length > 0;
  }
  return placesBeside(context, root).some(
    ({ words }) => words.includes(value) || words.includes(value.toLowerCase()),
  );
}

const spellings = (context: RuleContext) => (environment: string) =>
  spellingsOf(
    environment,
    context.intent.environments.map(({ name }) => name),
  );

/** The environments that a root is not for, by all the words that name them. */
function placesBeside(
  context: RuleContext,
  root: TerraformRoot,
): { name: string; words: string[] }[] {
  const served = new Set(root.environments);
  const others = new Map<string, string[]>();
  for (const { name } of context.intent.environments) {
    if (!served.has(name)) {
      others.set(name, spellings(context)(name));
    }
  }
  for (const other of rootsOf(context)) {
    if (
      !other.isPlatform &&
      other.place !== root.place &&
      !other.environments.some(name => served.has(name))
    ) {
      const known = others.get(other.place) ?? [];
      others.set(other.place, [...known, other.place]);
    }
  }
  return [...others].map(([name, words]) => ({ name, words }));
}

function strangeFiles(
  context: RuleContext,
  root: TerraformRoot,
): TerraformFile[] {
  const places = placesBeside(context, root).flatMap(({ words }) => words);
  return root.tfvars.filter(({ name }) => {
    const base = name.slice(name.lastIndexOf('/') + 1).split('.')[0];
    return base !== root.place && places.includes(base);
  });
}

export const foreignReferences: Rule = {
  id: 'TF-06',
  kind: 'absolute',
  title: 'No root names another environment',
  guideStep: 7,
  sources: ['terraform'],
  semantics:
    'Neither files nor variables of a root name another environment, in a remote state, a bucket, a host or a literal; the shared platform that it stands on is the exception. A map with an entry for each environment may name them all.',
  remedy:
    'Take the value from the own variables, or from the output of the shared platform.',
  appliesTo: needsFiles,
  evaluate: context =>
    rootsOf(context)
      .filter(({ files, isPlatform }) => files.size > 0 && !isPlatform)
      .flatMap(root => {
        const others = placesBeside(context, root);
        const patterns = others.map(({ name, words }) => ({
          name,
          pattern: wordsPattern(words),
        }));
        const texts = new Literals(root, others);
        const problems = [
          ...root.files.values(),
          ...root.tfvars,
          ...(root.backend?.completedBy ? [root.backend.completedBy] : []),
        ].flatMap(file =>
          texts.of(file).flatMap(({ text, argument }) => {
            const plain = nameable(text);
            const other = patterns.find(({ pattern }) => pattern.test(plain));
            return other === undefined || isProse(text)
              ? []
              : [
                  onRoot(context, root, {
                    argument,
                    value: text,
                    file,
                    line: lineWith(file, argument, text),
                    reason: `${file.name} of ${root.name} names ${other.name}: ${text}`,
                  }),
                ];
          }),
        );
        return problems.length > 0 ? problems : [onRoot(context, root)];
      }),
};

/** Prose, such as a description, may speak of every environment. */
function isProse(text: string): boolean {
  return /\s/.test(text.trim());
}

/** Finds words where no letter or digit touches them. */
function wordsPattern(words: readonly string[]): RegExp {
  const escaped = words.map(word =>
    word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'),
  );
  return new RegExp(`(^|[^A-Za-z0-9])(${escaped.join('|')})([^A-Za-z0-9]|$)`);
}

/** A text without a device below `/dev`, and the last part of a host: they are no environment. */
function nameable(text: string): string {
  return text
    .replace(/^\/dev\/(?=[a-z])/, ' ')
    .replace(/\.(dev|test|int)(?=$|[/:?#"'])/g, ' ');
}

/** Arguments that are for people and for checks, and the guard that names the accounts which are refused. */
const PROSE = new Set([
  'description',
  'condition',
  'error_message',
  'validation',
  'type',
  'forbidden_account_ids',
]);

/** Texts of the files of a root, as far as they can be told. */
class Literals {
  private readonly foreign: ReadonlySet<string>;

  constructor(
    private readonly root: TerraformRoot,
    others: readonly { words: readonly string[] }[],
  ) {
    this.foreign = new Set(others.flatMap(({ words }) => words));
  }

  of(file: TerraformFile): { text: string; argument: string }[] {
    if (!isObject(file.json)) {
      return [];
    }
    const { variable, ...rest } = file.json;
    return [...this.in(rest, ''), ...this.defaultsIn(variable)];
  }

  /** Defaults that count: a variable that is set has none. */
  private defaultsIn(variables: unknown) {
    return Object.entries(isObject(variables) ? variables : {}).flatMap(
      ([name, blocks]) =>
        Object.hasOwn(this.root.variables, name)
          ? []
          : [blocks].flat().flatMap(block => this.in(block, 'default')),
    );
  }

  private in(
    value: unknown,
    argument: string,
  ): { text: string; argument: string }[] {
    if (typeof value === 'string') {
      return this.textsOf(value).map(text => ({ text, argument }));
    }
    if (Array.isArray(value)) {
      return value.flatMap(entry => this.in(entry, argument));
    }
    return isObject(value)
      ? Object.entries(value).flatMap(([key, entry]) =>
          PROSE.has(key) || this.foreign.has(key) ? [] : this.in(entry, key),
        )
      : [];
  }

  private textsOf(written: string): string[] {
    // What a variable or local gives is said where it is given.
    return /[$%]\{/.test(written)
      ? literalParts(written, {
          foreign: this.foreign,
          decide: this.root.decide,
        })
      : [written];
  }
}

/** The line where a text stands, in the argument if there is such a line; 0 where it is put together from pieces. */
function lineWith(file: TerraformFile, argument: string, text: string): number {
  const lines = file.text.split('\n');
  const holds = (line: string) =>
    line.includes(text) && !/^\s*(#|\/\/)/.test(line);
  const inArgument = lines.findIndex(
    line => holds(line) && line.includes(argument),
  );
  return (inArgument >= 0 ? inArgument : lines.findIndex(holds)) + 1;
}

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

const ENVIRONMENT_TAG = /^(environment|env|stage)$/i;

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
