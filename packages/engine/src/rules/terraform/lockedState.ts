import { UNKNOWN } from '../../terraform/expression/evaluate';
import { TerraformBackend, TerraformRoot } from '../../terraform/types';
import { Rule, RuleContext, Verdict } from '../rule';
import { missingOf, lineOfBackend } from './statePlace';
import { needsFiles, onRoot, rootsOf } from './verdicts';

export const lockedState: Rule = {
  id: 'TF-04',
  kind: 'absolute',
  title: 'States are locked and encrypted',
  guideStep: 7,
  sources: ['terraform'],
  semantics:
    'An S3 backend sets use_lockfile and encrypt. dynamodb_table is deprecated since Terraform 1.11. An HTTP backend names the address that locks. Other backends lock by themselves.',
  remedy: 'Set encrypt = true and use_lockfile = true.',
  appliesTo: needsFiles,
  evaluate: context =>
    rootsOf(context).flatMap(root => {
      const { backend } = root;
      if (!backend) {
        return [];
      }
      const problems =
        backend.type === 's3'
          ? s3Problems(context, root, backend)
          : unlockedHttp(context, root, backend);
      return problems.length > 0 ? problems : [onRoot(context, root)];
    }),
};

function unlockedHttp(
  context: RuleContext,
  root: TerraformRoot,
  backend: TerraformBackend,
): Verdict[] {
  const { type, config } = backend;
  if (
    type !== 'http' ||
    (config.lock_address !== undefined && config.lock_address !== null)
  ) {
    return [];
  }
  return missingOf(backend, root).length > 0
    ? [unsaid(context, root, backend, 'lock_address')]
    : [
        onRoot(context, root, {
          argument: 'lock_address',
          ...lineOfBackend(backend, 'lock_address'),
          reason: `Two runs at once can write the state of ${root.name}: nothing locks it`,
          remedy: 'Set lock_address and unlock_address.',
        }),
      ];
}

/** What is given when Terraform is initialised, or has a value that is not known. */
function unsaid(
  context: RuleContext,
  root: TerraformRoot,
  backend: TerraformBackend,
  argument: string,
): Verdict {
  const { name } = backend.completedBy ?? backend.file;
  return onRoot(context, root, {
    outcome: 'unknown',
    argument,
    ...lineOfBackend(backend, argument),
    reason: `Whether ${argument} is set for ${
      root.name
    } is not said in ${name}: ${
      backend.config[argument] === undefined
        ? 'the backend is completed when Terraform is initialised'
        : 'its value is not known'
    }`,
  });
}

function s3Problems(
  context: RuleContext,
  root: TerraformRoot,
  backend: TerraformBackend,
): Verdict[] {
  const { config } = backend;
  // What is given when Terraform is initialised may say it, where the rest is given then too.
  const isPartial = missingOf(backend, root).length > 0;
  const isOn = (name: string) => {
    const value = root.evaluate(config[name]);
    return value === true || value === 'true';
  };
  const lacking = (argument: string, reason: string): Verdict =>
    (isPartial && config[argument] === undefined) ||
    root.evaluate(config[argument]) === UNKNOWN
      ? unsaid(context, root, backend, argument)
      : onRoot(context, root, {
          argument,
          value: config[argument],
          ...lineOfBackend(backend, argument),
          reason,
        });
  const hasTable = typeof config.dynamodb_table === 'string';
  return [
    ...(isOn('use_lockfile') || hasTable
      ? []
      : [
          lacking(
            'use_lockfile',
            `Two runs at once can write the state of ${root.name}: nothing locks it`,
          ),
        ]),
    ...(hasTable
      ? [
          onRoot(context, root, {
            outcome: 'warn' as const,
            argument: 'dynamodb_table',
            value: config.dynamodb_table,
            ...lineOfBackend(backend, 'dynamodb_table'),
            reason: 'dynamodb_table is deprecated since Terraform 1.11',
            remedy: 'Replace it by use_lockfile = true.',
          }),
        ]
      : []),
    ...(isOn('encrypt')
      ? []
      : [
          lacking(
            'encrypt',
            `The state of ${root.name} is not said to be encrypted`,
          ),
        ]),
  ];
}
