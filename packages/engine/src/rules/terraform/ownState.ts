import { isObject } from '../../model/json';
import { spellingsOf } from '../../model/tokens';
import { TerraformRoot } from '../../terraform/types';
import { Rule, RuleContext, Verdict } from '../rule';
import { listed, rolesOf } from '../view';
import { accountOf } from './accountOf';
import {
  CONTAINER,
  PLACE,
  backendLine,
  isOneState,
  literal,
  missingOf,
  placeOf,
  lineOfBackend,
} from './statePlace';
import { ownBlocks } from './values';
import {
  needsFiles,
  onRoot,
  roleOf,
  rootsOf,
  placeOfArgument,
} from './verdicts';

export const ownState: Rule = {
  id: 'TF-03',
  kind: 'must differ',
  title: 'No two roots share a state',
  guideStep: 7,
  sources: ['terraform', 'intent'],
  semantics:
    'The place of the state is literal and different in every root, in the backend block or in a file that completes it for one environment; with an account of its own, production has a bucket of its own.',
  remedy: 'Give the root a key of its own, in the bucket of its account.',
  appliesTo: needsFiles,
  evaluate: context => {
    const roots = rootsOf(context).filter(({ files }) => files.size > 0);
    return roots.flatMap(root => {
      const problems = [
        ...togetherProblems(context, root),
        ...placeProblems(context, root, roots),
        ...bucketProblems(context, root, roots),
      ];
      return problems.length > 0 ? problems : [onRoot(context, root)];
    });
  },
};

/** Production and others in one root, and so in one state: a module for each, or one that is repeated for each. */
function togetherProblems(
  context: RuleContext,
  root: TerraformRoot,
): Verdict[] {
  const roles = rolesOf(context.intent);
  const names = [...roles.keys()];
  const environmentsIn = (words: readonly string[]) =>
    names.filter(name =>
      spellingsOf(name, names).some(word => words.includes(word)),
    );
  const modules = ownBlocks(root, 'module');
  const repeated = modules.flatMap(({ values }) => {
    const each: unknown = values.for_each;
    if (Array.isArray(each)) {
      return each.map(String);
    }
    return isObject(each) ? Object.keys(each) : [];
  });
  const found = environmentsIn([
    ...repeated,
    ...modules.flatMap(({ labels }) => labels[0].split(/[-_]/)),
  ]);
  const [block] = modules;
  return found.some(name => roles.get(name) === 'prod') &&
    found.some(name => roles.get(name) !== 'prod')
    ? [
        onRoot(context, root, {
          ...placeOfArgument(block, 'for_each'),
          reason: `${root.name} makes ${listed(
            found,
          )}, and keeps them in one state`,
          remedy: 'Give every environment a root of its own.',
        }),
      ]
    : [];
}

function placeProblems(
  context: RuleContext,
  root: TerraformRoot,
  roots: readonly TerraformRoot[],
): Verdict[] {
  const { backend } = root;
  if (!backend) {
    return root.isShared && root.workspace === undefined
      ? [sharedPlace(context, root)]
      : [
          onRoot(context, root, {
            reason: `${root.name} declares no backend, so its state is a file beside it`,
            remedy: 'Add backend.tf with a backend block.',
          }),
        ];
  }
  const place = placeOf(root);
  if (place === undefined) {
    const lacking = missingOf(backend, root);
    return [
      onRoot(context, root, {
        outcome: 'unknown',
        file: backend.file,
        reason: `Where ${root.name} keeps its state is not literal in ${
          backend.completedBy?.name ?? backend.file.name
        }: ${lacking.join(' and ')} ${
          lacking.length === 1 ? 'is' : 'are'
        } given when Terraform is initialised`,
        remedy: `Write ${lacking.join(
          ' and ',
        )} into the backend block, or into a file for this environment that -backend-config names.`,
      }),
    ];
  }
  const same = roots.filter(
    other =>
      other !== root &&
      placeOf(other) === place &&
      isOneState(root, other) !== false,
  );
  if (same.length === 0) {
    return [];
  }
  const sharing = same.filter(other => isOneState(root, other) === true);
  if (sharing.length === 0) {
    return [
      onRoot(context, root, {
        outcome: 'unknown',
        file: backend.file,
        within: backendLine(backend),
        reason: `Whether ${root.name} keeps its state apart from that of ${same
          .map(({ name }) => name)
          .join(
            ' and ',
          )} is not said: the names are the same, and the server that they are on is given when Terraform runs`,
        remedy:
          'Give every root a name of its own for its state, so that it is apart on any server.',
      }),
    ];
  }
  if (
    root.isShared &&
    !backend.completedBy &&
    sharing.every(other => other.folder === root.folder)
  ) {
    return [sharedPlace(context, root)];
  }
  const argument = (PLACE[backend.type] ?? ['path']).at(-1)?.split('.').at(-1);
  return [
    onRoot(context, root, {
      argument,
      value: place,
      ...lineOfBackend(backend, argument),
      reason: `${root.name} keeps its state where ${sharing
        .map(({ name }) => name)
        .join(' and ')} keeps its: ${place}`,
    }),
  ];
}

/** One backend for all environments: a workspace, or an argument that nobody wrote down, keeps them apart. */
function sharedPlace(context: RuleContext, root: TerraformRoot): Verdict {
  return onRoot(context, root, {
    outcome: 'unknown',
    file: root.backend?.file,
    ...(root.backend ? { within: backendLine(root.backend) } : {}),
    reason: `${
      root.folder || 'The only root'
    } has one backend for every environment, and no file says by what the state of ${
      root.name
    } is kept apart`,
    remedy:
      'Give every environment a file that completes the backend, or a root of its own.',
  });
}

function bucketProblems(
  context: RuleContext,
  root: TerraformRoot,
  roots: readonly TerraformRoot[],
): Verdict[] {
  const { backend } = root;
  const field = backend && CONTAINER[backend.type];
  const bucket = field && literal(root, backend.config, field);
  if (!bucket || roleOf(context, root) !== 'prod') {
    return [];
  }
  const account = accountOf(context, root);
  const others = roots.filter(
    other =>
      roleOf(context, other) !== 'prod' &&
      other.environments.length > 0 &&
      other.backend?.type === backend.type &&
      literal(other, other.backend.config, field) === bucket,
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
      ...lineOfBackend(backend, field),
      reason: `${root.name} keeps its state in ${bucket}, as ${others
        .map(({ name }) => name)
        .join(' and ')} does: only the key separates them`,
    }),
  ];
}
