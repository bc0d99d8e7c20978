import { isObject } from '../../model/json';
import { TerraformRoot } from '../../terraform/types';
import { Rule, RuleContext, Verdict } from '../rule';
import { needsFiles, onRoot, rootsOf } from './verdicts';

/** Names of what is secret, where the value is not merely the name or the address of it. */
const SECRET =
  /(^|_)(password|passwd|secret|token|api_?key|private_?key|credentials?)$/i;

export const noLiteralSecrets: Rule = {
  id: 'TF-19',
  kind: 'absolute',
  title: 'No secret stands in a variable file or in a state',
  guideStep: 15,
  sources: ['terraform', 'plan'],
  semantics:
    'No variable file gives a password, token or key as a literal, and no planned resource holds a password in plain text.',
  remedy:
    'Let the cloud manage the password (manage_master_user_password), or read it from the secret store. Take the literal out of the history too.',
  appliesTo: needsFiles,
  evaluate: context =>
    rootsOf(context).flatMap(root => {
      const problems = [
        ...literalSecrets(context, root),
        ...plannedSecrets(context, root),
      ];
      return problems.length > 0 ? problems : [onRoot(context, root)];
    }),
};

function literalSecrets(context: RuleContext, root: TerraformRoot): Verdict[] {
  return root.tfvars.flatMap(file =>
    Object.entries(isObject(file.json) ? file.json : {})
      .filter(
        ([name, value]) =>
          SECRET.test(name) && typeof value === 'string' && value !== '',
      )
      .map(([name]) =>
        // The value itself is never repeated.
        onRoot(context, root, {
          argument: name,
          file,
          reason: `${file.name} gives ${name} as a literal`,
        }),
      ),
  );
}

function plannedSecrets(context: RuleContext, root: TerraformRoot): Verdict[] {
  return (root.plan?.resources ?? [])
    .filter(
      ({ after }) =>
        typeof after.password === 'string' && after.password !== '',
    )
    .map(({ address }) =>
      onRoot(context, root, {
        subject: `terraform ${address}`,
        argument: 'password',
        reason: `${address} of ${root.name} would keep its password in the state`,
      }),
    );
}
