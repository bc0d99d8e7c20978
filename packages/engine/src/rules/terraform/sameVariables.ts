import { TerraformRoot } from '../../terraform/types';
import { Rule, RuleContext, Verdict } from '../rule';
import { flagOf } from './values';
import { needsFiles, onRoot, rootsOf } from './verdicts';

export const sameVariables: Rule = {
  id: 'TF-02',
  kind: 'must match',
  title: 'Every environment sets the same variables',
  guideStep: 6,
  sources: ['terraform'],
  semantics:
    'The variable files of roots that make the same things have the same keys: shared platforms, roots that stand on one, and roots with a cluster of their own. A key that one lacks takes a default that nobody compared.',
  remedy: 'Set the variable in every environment, each to its own value.',
  appliesTo: needsFiles,
  evaluate: context => {
    const classes = new Map<string, TerraformRoot[]>();
    for (const root of rootsOf(context)) {
      if (root.files.size > 0) {
        const known = classes.get(classOf(root)) ?? [];
        classes.set(classOf(root), [...known, root]);
      }
    }
    return [...classes.values()]
      .filter(roots => roots.some(({ tfvars }) => tfvars.length > 0))
      .flatMap(roots =>
        roots.flatMap(root => variableVerdicts(context, root, roots)),
      );
  },
};

/** Roots that make the same things: shared platforms, those that stand on one, and those with a cluster of their own. */
function classOf(root: TerraformRoot): string {
  return `${root.component} ${root.isPlatform} ${
    flagOf(root, 'create_cluster') !== false
  }`;
}

function variableVerdicts(
  context: RuleContext,
  root: TerraformRoot,
  roots: readonly TerraformRoot[],
): Verdict[] {
  const keys = [
    ...new Set(roots.flatMap(({ variables }) => Object.keys(variables))),
  ];
  const lacking = keys.filter(key => !Object.hasOwn(root.variables, key));
  if (lacking.length === 0) {
    return [onRoot(context, root)];
  }
  return lacking.map(key => {
    const others = roots
      .filter(other => Object.hasOwn(other.variables, key))
      .map(({ name }) => name);
    return onRoot(context, root, {
      argument: key,
      file: root.tfvars.at(-1),
      reason: `${root.name} does not set ${key}; ${others.join(' and ')} ${
        others.length === 1 ? 'does' : 'do'
      }`,
    });
  });
}
