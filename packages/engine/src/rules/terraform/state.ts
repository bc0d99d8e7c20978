import { JsonObject, valueAt } from '../../model/json';
import { TerraformRoot } from '../../terraform/types';
import { Rule, RuleContext, Verdict } from '../rule';
import { needsFiles, onRoot, roleOf, rootsOf } from './verdicts';

/** What names the place of a state, by the type of the backend. */
const PLACE: Readonly<Record<string, readonly string[]>> = {
  s3: ['bucket', 'key'],
  local: ['path'],
  gcs: ['bucket', 'prefix'],
  azurerm: ['storage_account_name', 'container_name', 'key'],
};

/** What holds the states of several environments together, by the type of the backend. */
const CONTAINER: Readonly<Record<string, string>> = {
  s3: 'bucket',
  gcs: 'bucket',
  azurerm: 'storage_account_name',
};

export const ownState: Rule = {
  id: 'TF-03',
  kind: 'must differ',
  title: 'No two roots share a state',
  guideStep: 7,
  sources: ['terraform', 'intent'],
  semantics:
    'The place of the state is literal and different in every root; with an account of its own, production has a bucket of its own.',
  remedy: 'Give the root a key of its own, in the bucket of its account.',
  appliesTo: needsFiles,
  evaluate: context => {
    const roots = rootsOf(context).filter(({ files }) => files.size > 0);
    return roots.flatMap(root => {
      const problems = [
        ...placeProblems(context, root, roots),
        ...bucketProblems(context, root, roots),
      ];
      return problems.length > 0 ? problems : [onRoot(context, root)];
    });
  },
};

function placeProblems(
  context: RuleContext,
  root: TerraformRoot,
  roots: readonly TerraformRoot[],
): Verdict[] {
  const { backend } = root;
  if (!backend) {
    return [
      onRoot(context, root, {
        reason: `${root.name} declares no backend, so its state is a file beside it`,
        remedy: 'Add backend.tf with a backend block.',
      }),
    ];
  }
  const place = placeOf(root);
  if (place === undefined) {
    return [
      onRoot(context, root, {
        outcome: 'unknown',
        file: backend.file,
        reason: `Where ${root.name} keeps its state is not literal in ${backend.file.name}`,
        remedy: 'Write bucket and key into the backend block.',
      }),
    ];
  }
  const sharing = roots.filter(
    other => other !== root && placeOf(other) === place,
  );
  return sharing.length === 0
    ? []
    : [
        onRoot(context, root, {
          argument: (PLACE[backend.type] ?? ['path']).at(-1),
          value: place,
          file: backend.file,
          reason: `${root.name} keeps its state where ${sharing
            .map(({ name }) => name)
            .join(' and ')} keeps its: ${place}`,
        }),
      ];
}

/** `s3 bucket/key`; undefined where it is not literal. */
function placeOf(root: TerraformRoot): string | undefined {
  const { backend } = root;
  if (!backend) {
    return undefined;
  }
  const names = PLACE[backend.type];
  if (!names) {
    return `${backend.type} ${JSON.stringify(backend.config)}`;
  }
  const parts = names.map(name => literal(backend.config, name));
  // A local path is relative to the root.
  if (backend.type === 'local') {
    return parts[0] === undefined
      ? `local ${root.folder}/terraform.tfstate`
      : `local ${resolved(root.folder, parts[0])}`;
  }
  return parts.some(part => part === undefined)
    ? undefined
    : `${backend.type} ${parts.join('/')}`;
}

function literal(config: JsonObject, name: string): string | undefined {
  const value = valueAt(config, name);
  return typeof value === 'string' && !value.includes('${') ? value : undefined;
}

function resolved(folder: string, path: string): string {
  const parts = path.startsWith('/') ? [] : folder.split('/').filter(Boolean);
  for (const part of path.split('/')) {
    if (part === '..') {
      parts.pop();
    } else if (part !== '.' && part !== '') {
      parts.push(part);
    }
  }
  return parts.join('/');
}

function bucketProblems(
  context: RuleContext,
  root: TerraformRoot,
  roots: readonly TerraformRoot[],
): Verdict[] {
  const { backend } = root;
  const field = backend && CONTAINER[backend.type];
  const bucket = field && literal(backend.config, field);
  if (!bucket || roleOf(context, root) !== 'prod') {
    return [];
  }
  const account = accountOf(context, root);
  const others = roots.filter(
    other =>
      roleOf(context, other) !== 'prod' &&
      other.backend &&
      literal(other.backend.config, field) === bucket,
  );
  if (others.length === 0) {
    return [];
  }
  const apart = others.some(
    other => account !== undefined && accountOf(context, other) !== account,
  );
  return [
    onRoot(context, root, {
      outcome: apart ? 'fail' : 'warn',
      argument: field,
      value: bucket,
      file: backend.file,
      reason: `${root.name} keeps its state in ${bucket}, as ${others
        .map(({ name }) => name)
        .join(' and ')} does: only the key separates them`,
    }),
  ];
}

export function accountOf(
  context: RuleContext,
  root: TerraformRoot,
): string | undefined {
  const { clusters, environments } = context.intent;
  const names = environments
    .filter(({ name }) => root.environments.includes(name))
    .flatMap(environment => [
      environment.cluster,
      ...(environment.targets ?? []).map(({ cluster }) => cluster),
    ]);
  const accounts = new Set(
    clusters
      .filter(cluster => names.includes(cluster.name))
      .map(cluster => cluster.aws?.accountId),
  );
  return accounts.size === 1 ? [...accounts][0] : undefined;
}

export const lockedState: Rule = {
  id: 'TF-04',
  kind: 'absolute',
  title: 'States are locked and encrypted',
  guideStep: 7,
  sources: ['terraform'],
  semantics:
    'An S3 backend sets use_lockfile and encrypt. dynamodb_table is deprecated since Terraform 1.11. Other backends lock by themselves.',
  remedy: 'Set encrypt = true and use_lockfile = true.',
  appliesTo: needsFiles,
  evaluate: context =>
    rootsOf(context).flatMap(root => {
      const { backend } = root;
      if (!backend || backend.type !== 's3') {
        return backend ? [onRoot(context, root)] : [];
      }
      const { config, file } = backend;
      const problems: Verdict[] = [];
      const isLocked = config.use_lockfile === true;
      const hasTable = typeof config.dynamodb_table === 'string';
      if (!isLocked && !hasTable) {
        problems.push(
          onRoot(context, root, {
            argument: 'use_lockfile',
            value: config.use_lockfile,
            file,
            reason: `Two runs at once can write the state of ${root.name}: nothing locks it`,
          }),
        );
      }
      if (hasTable) {
        problems.push(
          onRoot(context, root, {
            outcome: 'warn',
            argument: 'dynamodb_table',
            value: config.dynamodb_table,
            file,
            reason: 'dynamodb_table is deprecated since Terraform 1.11',
            remedy: 'Replace it by use_lockfile = true.',
          }),
        );
      }
      if (config.encrypt !== true) {
        problems.push(
          onRoot(context, root, {
            argument: 'encrypt',
            value: config.encrypt,
            file,
            reason: `The state of ${root.name} is not said to be encrypted`,
          }),
        );
      }
      return problems.length > 0 ? problems : [onRoot(context, root)];
    }),
};
