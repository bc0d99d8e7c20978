import { isObject, valueAt } from '../model/json';
import {
  EnvironmentApplication,
  applicationsOf,
  hasApplications,
  verdictOn,
} from './argocd';
import { Rule, Verdict } from './rule';

export const syncPolicies: Rule = {
  id: 'PIPE-02',
  kind: 'absolute',
  title: 'Dev follows git by itself, production waits for a person',
  guideStep: 17,
  sources: ['argocd', 'intent'],
  semantics:
    'The Application of dev syncs by itself, prunes and heals; that of production does not sync by itself, unless every change comes through a pull request. Each does what the intent says.',
  remedy: 'Set spec.syncPolicy.automated as the intent says.',
  appliesTo: hasApplications,
  evaluate: context => applicationsOf(context).map(entry => syncVerdict(entry)),
};

function syncVerdict({
  application,
  environment,
  role,
}: EnvironmentApplication): Verdict {
  const automated = valueAt(
    application.value,
    'spec',
    'syncPolicy',
    'automated',
  );
  const on = isObject(automated) && automated.enabled !== false;
  const { sync, way } = environment.delivery;
  const path = ['spec', 'syncPolicy', 'automated'];
  const fail = (reason: string) =>
    verdictOn(application, environment.name, {
      path,
      value: automated,
      reason,
    });
  if (on && sync === 'manual') {
    return fail(
      `It syncs by itself; the intent says that a person starts each sync of ${environment.name}`,
    );
  }
  if (!on && sync === 'automatic') {
    return fail(
      `It does not sync by itself; the intent says that ${environment.name} does`,
    );
  }
  if (on && role === 'prod') {
    return way === 'pull-request' || way === 'workflow'
      ? {
          ...verdictOn(application, environment.name),
          outcome: 'unknown',
          reason: `It syncs by itself; that ${
            way === 'workflow' ? 'approvals' : 'pull requests'
          } are demanded is for the git host to tell`,
        }
      : fail('It syncs by itself, and nobody has to agree before it');
  }
  if (role === 'dev' && isObject(automated)) {
    const lacking = ['prune', 'selfHeal'].filter(
      field => automated[field] !== true,
    );
    if (on && lacking.length > 0) {
      return fail(
        `It syncs by itself without ${lacking.join(
          ' and ',
        )}, so what is removed from git, or changed by hand, stays`,
      );
    }
  }
  return verdictOn(application, environment.name);
}
