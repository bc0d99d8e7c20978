import { isObject } from '../../model/json';
import {
  configurationOf,
  folderOf,
  resolvedPath,
  writtenBlocks,
} from '../../terraform/configuration';
import { TerraformFile, TerraformRoot } from '../../terraform/types';
import { Rule, RuleContext, Verdict } from '../rule';
import { hasScheme, isStorePath } from './secretAddress';
import {
  BlockStart,
  blockStart,
  needsFiles,
  onRoot,
  rootsOf,
} from './verdicts';
import { writtenResults } from './writtenResults';

/** Blocks whose arguments are looked at. */
const BLOCKS = ['provider', 'resource', 'module'];

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

export const noLiteralSecrets: Rule = {
  id: 'TF-19',
  kind: 'absolute',
  title: 'No secret stands in a variable file or in a state',
  guideStep: 15,
  sources: ['terraform', 'plan'],
  semantics:
    'No variable file, default, local, provider or resource gives a password, token or key as a literal, nor as one of the values of an expression, in the root and in the modules of the repository that it uses; and no planned resource holds a password in plain text. The address of a secret, with its scheme, is none; a path of words in a store is none either, where the name does not say that the value is the secret itself.',
  remedy:
    'Let the cloud manage the password (manage_master_user_password), or read it from the secret store. Take the literal out of the history too.',
  appliesTo: needsFiles,
  evaluate: context =>
    rootsOf(context).flatMap(root => {
      const problems = [
        ...literalSecrets(context, root),
        ...writtenSecrets(context, root),
        ...givenSecrets(context, root),
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
  const isCertain = path.some(part => CERTAIN.test(worded(part)));
  const isSecret = isCertain || pattern.test(worded(path.at(-1) ?? ''));
  return isSecret && isLiteral(value, isCertain) ? [[...path]] : [];
}

/** @param isCertain - the value can be nothing but the secret: a slash in it does not make it a path. */
function isLiteral(value: unknown, isCertain: boolean): boolean {
  return (
    typeof value === 'string' &&
    writtenResults(value).some(
      text =>
        text !== '' && !hasScheme(text) && (isCertain || !isStorePath(text)),
    )
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

/** In the files of a root and of the modules that it uses: defaults of variables, locals, and arguments of blocks. */
function writtenSecrets(context: RuleContext, root: TerraformRoot): Verdict[] {
  const own = [...root.files.values()].filter(
    ({ name }) => !name.endsWith('.lock.hcl'),
  );
  return [own, ...modulesOf(context, root)].flatMap(files => [
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
    ...BLOCKS.flatMap(type =>
      writtenBlocks(files, type).flatMap(({ labels, body, file, index }) =>
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
  ]);
}

/** Arguments that name something harmless, which has a literal for its value. */
function givenSecrets(context: RuleContext, root: TerraformRoot): Verdict[] {
  return root.blocks
    .filter(({ type }) => BLOCKS.includes(type))
    .flatMap(({ type, labels, body, values, file, index }) =>
      secretsIn(values, [], CERTAIN)
        .filter(path => writtenAt(body, path).some(isGivenUnseen))
        .map(path =>
          secretVerdict(
            context,
            root,
            file,
            path,
            blockStart(type, labels, index),
          ),
        ),
    );
}

/** What is written at a path; blocks of the same name are all looked at. */
function writtenAt(value: unknown, path: readonly string[]): unknown[] {
  return path.reduce<unknown[]>(
    (holders, name) =>
      holders
        .flat(10)
        .flatMap(holder =>
          isObject(holder) && Object.hasOwn(holder, name) ? [holder[name]] : [],
        ),
    [value],
  );
}

/** Whether an expression says nothing by itself, and names nothing whose name says that it is a secret: that is told where it is given. */
function isGivenUnseen(written: unknown): boolean {
  if (typeof written !== 'string' || !/[$%]\{/.test(written)) {
    return false;
  }
  const named = [...written.matchAll(/\b(?:var|local)\.([\w.-]+)/g)].flatMap(
    ([, path]) => path.split('.'),
  );
  return (
    !isLiteral(written, true) &&
    !named.some(name => SECRET.test(worded(name)) || CERTAIN.test(worded(name)))
  );
}

/** The configurations of the modules of the repository that a root uses, and of those that these use. */
function modulesOf(
  context: RuleContext,
  root: TerraformRoot,
): TerraformFile[][] {
  const folders = new Set(
    [...root.blocks, ...root.unmade].flatMap(({ type, body, file }) =>
      type === 'module' &&
      typeof body.source === 'string' &&
      /^\.\.?(\/|$)/.test(body.source)
        ? [resolvedPath(folderOf(file.name), body.source)]
        : [],
    ),
  );
  folders.delete(root.folder);
  return [...folders].map(folder =>
    configurationOf(
      (context.terraform?.files ?? []).filter(
        ({ name }) => folderOf(name) === folder,
      ),
    ),
  );
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
