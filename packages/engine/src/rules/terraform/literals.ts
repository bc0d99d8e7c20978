import { isObject } from '../../model/json';
import { writtenBlocks } from '../../terraform/configuration';
import { TerraformFile, TerraformRoot } from '../../terraform/types';
import { Rule, RuleContext, Verdict } from '../rule';
import { ownBlocks } from './values';
import {
  BlockStart,
  blockStart,
  needsFiles,
  onRoot,
  rootsOf,
} from './verdicts';

/** Names of what is secret, where the value is not merely the name or the address of it. */
const SECRET =
  /(^|_)(passwords?|passwd|secrets?|tokens?|api_?keys?|private_?keys?|secret_?keys?|access_?keys?|client_?secrets?|credentials?|connection_?strings?|passphrases?)$/i;

/** Attributes of resources that a state holds in plain text. */
const IN_STATE = [
  'password',
  'master_password',
  'admin_password',
  'administrator_login_password',
  'administrator_password',
  'root_password',
  'auth_token',
  'secret_string',
];

/** What says where a secret is: an ARN, an address, a path in a store. */
const ADDRESS =
  /^(arn:|https?:\/\/(?!.*:.*@)|projects\/|vault:|op:\/\/|ssm:|sm:\/\/|\/|data\.|[\w.-]+\/[\w./-]+$)/;

export const noLiteralSecrets: Rule = {
  id: 'TF-19',
  kind: 'absolute',
  title: 'No secret stands in a variable file or in a state',
  guideStep: 15,
  sources: ['terraform', 'plan'],
  semantics:
    'No variable file, default, local, provider or resource gives a password, token or key as a literal, and no planned resource holds a password in plain text. The name or the address of a secret is none.',
  remedy:
    'Let the cloud manage the password (manage_master_user_password), or read it from the secret store. Take the literal out of the history too.',
  appliesTo: needsFiles,
  evaluate: context =>
    rootsOf(context).flatMap(root => {
      const problems = [
        ...literalSecrets(context, root),
        ...writtenSecrets(context, root),
        ...plannedSecrets(context, root),
      ];
      return problems.length > 0 ? problems : [onRoot(context, root)];
    }),
};

/** Names whose value is nothing but a secret: a list of tokens may be one of names, a block of credentials one of settings. */
const CERTAIN =
  /(^|_)(passwords?|passwd|passphrases?|private_?keys?|secret_?key|access_?key|api_?key|client_?secret|auth_?token)$/i;

/**
 * Paths to arguments with the name of a secret and a literal for a value, in what holds them.
 *
 * @param pattern - the names that count.
 */
function secretsIn(
  value: unknown,
  path: readonly string[],
  pattern: RegExp,
): string[][] {
  if (Array.isArray(value)) {
    return value.flatMap(entry => secretsIn(entry, path, CERTAIN));
  }
  if (isObject(value)) {
    return Object.entries(value).flatMap(([key, entry]) =>
      secretsIn(entry, [...path, key], pattern),
    );
  }
  // What stands below such a name, in a map of several, is one of them.
  const isSecret =
    pattern.test(worded(path.at(-1) ?? '')) ||
    path.some(part => CERTAIN.test(worded(part)));
  return isSecret && isLiteral(value) ? [[...path]] : [];
}

function isLiteral(value: unknown): boolean {
  return (
    typeof value === 'string' &&
    value !== '' &&
    !/[$%]\{/.test(value) &&
    !ADDRESS.test(value)
  );
}

/** `dbPassword` and `db-password` as `db_password`. */
function worded(name: string): string {
  return name.replace(/([a-z0-9])([A-Z])/g, '$1_$2').replace(/-/g, '_');
}

// The value itself is never repeated.
function secretVerdict(
  context: RuleContext,
  root: TerraformRoot,
  file: TerraformFile,
  path: readonly string[],
  within?: BlockStart,
): Verdict {
  return onRoot(context, root, {
    argument: path.at(-1),
    file,
    within,
    reason: `${file.name} gives ${path.join('.')} as a literal`,
  });
}

function literalSecrets(context: RuleContext, root: TerraformRoot): Verdict[] {
  return root.tfvars.flatMap(file =>
    secretsIn(file.json, [], SECRET).map(path =>
      secretVerdict(context, root, file, path),
    ),
  );
}

/** In the files of a root: defaults of variables, locals, and arguments of blocks. */
function writtenSecrets(context: RuleContext, root: TerraformRoot): Verdict[] {
  const files = [...root.files.values()].filter(
    ({ name }) => !name.endsWith('.lock.hcl'),
  );
  return [
    ...writtenBlocks(files, 'variable').flatMap(
      ({ labels, body, file, index }) =>
        secretsIn(body.default, [labels[0]], SECRET).map(path =>
          onRoot(context, root, {
            argument: path.at(-1),
            near: 'default',
            file,
            within: blockStart('variable', labels, index),
            reason: `${file.name} gives ${path.join('.')} as a literal`,
          }),
        ),
    ),
    ...writtenBlocks(files, 'locals').flatMap(({ body, file }) =>
      secretsIn(body, [], SECRET).map(path =>
        secretVerdict(context, root, file, path),
      ),
    ),
    ...['provider', 'resource', 'module'].flatMap(type =>
      ownBlocks(root, type).flatMap(({ labels, body, file, index }) =>
        secretsIn(body, [], CERTAIN).map(path =>
          secretVerdict(
            context,
            root,
            file,
            path,
            blockStart(type, labels, index),
          ),
        ),
      ),
    ),
  ];
}

function plannedSecrets(context: RuleContext, root: TerraformRoot): Verdict[] {
  return (root.plan?.resources ?? [])
    .filter(({ actions }) => actions.join() !== 'delete')
    .flatMap(({ address, after, unknown }) =>
      IN_STATE.filter(
        name =>
          (typeof after[name] === 'string' && after[name] !== '') ||
          // What is made when the plan is applied stands in the state all the same.
          (unknown[name] === true && name !== 'secret_string'),
      ).map(name =>
        onRoot(context, root, {
          subject: `terraform ${address}`,
          argument: name,
          reason: `${address} of ${root.name} would keep its ${name} in the state`,
        }),
      ),
    );
}
