import { TerraformRoot } from '../../terraform/types';
import { Rule, RuleContext } from '../rule';
import { accountGuard } from './accountGuard';
import { disjointNetworks } from './disjointNetworks';
import { environmentVariable } from './environmentVariable';
import { firewall } from './firewall';
import { foreignReferences } from './foreignReferences';
import { identicalRoots } from './identicalRoots';
import { noLiteralSecrets } from './literals';
import { lockedState } from './lockedState';
import { orderedSizes } from './orderedSizes';
import { ownState } from './ownState';
import {
  freshPlans,
  heldChecks,
  keptData,
  noDrift,
  sameResources,
} from './plans';
import { productionProtections, stagingProtections } from './protections';
import { sameVariables } from './sameVariables';
import { sameVersions } from './sameVersions';
import { standby } from './standby';
import { onRoot, rootsOf } from './verdicts';

/** What Terraform makes: the rules about infrastructure, in the order of the catalogue. */
export const TERRAFORM_RULES: readonly Rule[] = [
  identicalRoots,
  sameVariables,
  ownState,
  lockedState,
  environmentVariable,
  foreignReferences,
  orderedSizes,
  standby,
  firewall,
  sameResources,
  sameVersions,
  productionProtections,
  stagingProtections,
  heldChecks,
  keptData,
  noDrift,
  disjointNetworks,
  accountGuard,
  noLiteralSecrets,
  freshPlans,
].map(asFarAsRead);

/** A rule about files says of a root whose files cannot be read that it does not know; all others it judges. */
function asFarAsRead(rule: Rule): Rule {
  if (!rule.sources.includes('terraform')) {
    return rule;
  }
  const isUnread = (root: TerraformRoot) =>
    root.notRead !== undefined && !(root.plan && rule.sources.includes('plan'));
  const rest = (context: RuleContext): RuleContext =>
    context.terraform
      ? {
          ...context,
          terraform: {
            ...context.terraform,
            roots: rootsOf(context).filter(root => !isUnread(root)),
          },
        }
      : context;
  return {
    ...rule,
    appliesTo: context =>
      rootsOf(context).some(isUnread)
        ? { applies: true }
        : rule.appliesTo(context),
    evaluate: context => {
      const unread = rootsOf(context).filter(isUnread);
      if (unread.length === 0) {
        return rule.evaluate?.(context) ?? [];
      }
      const others = rest(context);
      return [
        ...(rootsOf(others).length > 0 && rule.appliesTo(others).applies
          ? rule.evaluate?.(others) ?? []
          : []),
        ...unread.map(root =>
          onRoot(context, root, {
            outcome: 'unknown',
            reason: `${root.notRead}${
              rule.sources.includes('plan')
                ? `: pass --plan ${root.name}=FILE`
                : ''
            }`,
          }),
        ),
      ];
    },
  };
}
