import { TerraformBlock, TerraformRoot } from '../../terraform/types';
import { Rule, RuleContext, Verdict } from '../rule';
import { isUncertain, shown, truthOf } from './values';
import {
  environmentRoots,
  needsFiles,
  onRoot,
  placeOfSetting,
  roleOf,
  variableOf,
  withoutPlan,
  placeOfArgument,
} from './verdicts';

/** What filters requests: a web ACL, or a policy of that kind. */
const FIREWALL =
  /^(aws_wafv2_web_acl|aws_waf(regional)?_web_acl|google_compute_security_policy|azurerm_(web_application_firewall_policy|cdn_frontdoor_firewall_policy|frontdoor_firewall_policy))$/;

export const firewall: Rule = {
  id: 'TF-09',
  kind: 'absolute',
  title: 'Staging and production stand behind a firewall',
  guideStep: 6,
  sources: ['terraform', 'plan'],
  semantics:
    'A web ACL is planned for staging and for production; dev may do without.',
  remedy: 'Set enable_waf = true.',
  appliesTo: needsFiles,
  evaluate: context => {
    const roots = environmentRoots(context).filter(
      root => roleOf(context, root) !== 'dev',
    );
    return roots.flatMap((root): Verdict[] => {
      const state = firewallOf(root);
      if (state === 'there') {
        return [onRoot(context, root)];
      }
      // Where an environment has several roots, one of them is enough.
      const isElsewhere = roots.some(
        other =>
          other.environments.join() === root.environments.join() &&
          firewallOf(other) === 'there',
      );
      if (isElsewhere) {
        return [];
      }
      if (state === 'unknown') {
        return [withoutPlan(context, root)];
      }
      const open = roots.find(
        other =>
          other !== root &&
          other.environments.join() === root.environments.join() &&
          firewallOf(other) === 'unknown',
      );
      return [
        open && !isSwitchedOff(root)
          ? {
              ...withoutPlan(context, open),
              reason: `Whether something filters the requests to ${root.name} is for ${open.name} to tell: pass --plan ${open.name}=FILE`,
            }
          : lacking(context, root),
      ];
    });
  },
};

function firewallVariable(root: TerraformRoot) {
  return variableOf(root, ['enable_waf', 'waf', 'waf_enabled']);
}

/** By the plan; without one by a variable, else by the resources. */
function firewallOf(root: TerraformRoot): 'there' | 'lacking' | 'unknown' {
  const variable = firewallVariable(root);
  if (root.plan) {
    const planned = root.plan.resources.filter(
      ({ actions }) => actions.join() !== 'delete',
    );
    return planned.some(({ type }) => FIREWALL.test(type)) ||
      // What stands in for a cloud has no resource of that type.
      (variable?.value === true &&
        !planned.some(({ type }) => /^(aws|google|azurerm)_/.test(type)))
      ? 'there'
      : 'lacking';
  }
  const truth = variable ? truthOf(root, variable) : null;
  if (typeof truth === 'boolean') {
    return truth ? 'there' : 'lacking';
  }
  const made = root.blocks.filter(isFirewall);
  if (made.some(block => !isUncertain(root, block))) {
    return 'there';
  }
  return truth === null && made.length === 0 && root.unmade.some(isFirewall)
    ? 'lacking'
    : 'unknown';
}

/** A root that says itself that there is none. */
function isSwitchedOff(root: TerraformRoot): boolean {
  const variable = firewallVariable(root);
  return variable !== undefined && truthOf(root, variable) === false;
}

function isFirewall({ type, labels }: TerraformBlock): boolean {
  return type === 'resource' && FIREWALL.test(labels[0]);
}

function lacking(context: RuleContext, root: TerraformRoot): Verdict {
  const variable = firewallVariable(root);
  const switchedOff = root.unmade.find(isFirewall);
  return onRoot(context, root, {
    argument: variable?.name ?? 'enable_waf',
    value: shown(variable?.value),
    ...(variable ? placeOfSetting(variable) : {}),
    ...(!variable && switchedOff
      ? {
          ...placeOfArgument(switchedOff, 'count'),
          near: 'count' in switchedOff.body ? 'count' : 'for_each',
        }
      : {}),
    reason: `Nothing filters the requests to ${root.name}`,
  });
}
