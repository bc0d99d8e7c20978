import { Rule, RuleSource, unknown } from './rule';

/**
 * A rule whose facts are in a system that the given input says nothing of. It is part of the catalogue, so that nobody takes
 * silence for a pass; it is `unknown`, and says whom to ask.
 */
function elsewhere(
  words: Omit<Rule, 'appliesTo' | 'sources'> & {
    sources: readonly [RuleSource, ...RuleSource[]];
    ask: string;
  },
): Rule {
  const { ask, ...rule } = words;
  return { ...rule, appliesTo: () => unknown(ask, rule.sources[0]) };
}

const CLUSTERS = 'What runs in the clusters is for the clusters to tell';
const GIT_HOST =
  'How branches and environments are protected is for the git host to tell';
const ARGOCD = 'What was synced, when and by whom, is for Argo CD to tell';
const VAULT =
  'What is in the secret store, and who may read it, is for the store to tell';
const PROMETHEUS = 'What is measured is for Prometheus to tell';

export const policyEngine = elsewhere({
  id: 'ENV-06',
  kind: 'must match',
  title: 'The same engine enforces network policies everywhere',
  guideStep: 3,
  sources: ['cluster'],
  semantics:
    'Every cluster has an engine that enforces NetworkPolicies, and it is the same one: a policy that nothing enforces is a comment.',
  remedy: 'Switch network policies on in the CNI of the cluster.',
  ask: CLUSTERS,
});

export const addOns = elsewhere({
  id: 'ENV-11',
  kind: 'must match',
  title: 'Platform add-ons are at most one minor version apart',
  guideStep: 3,
  sources: ['cluster'],
  semantics:
    'Argo CD, External Secrets, cert-manager, the gateway and the metrics server run versions at most one minor version apart in all clusters.',
  remedy: 'Upgrade the add-on that is behind; production last.',
  ask: CLUSTERS,
});

export const platformClasses = elsewhere({
  id: 'ENV-12',
  kind: 'must match',
  title: 'What production admits and provides, staging does too',
  guideStep: 3,
  sources: ['cluster'],
  semantics:
    'Admission policies, provisioners of storage, gateway classes and priority classes of production are in the cluster of staging as well.',
  remedy: 'Install in staging what production has.',
  ask: CLUSTERS,
});

export const strictSchema = elsewhere({
  id: 'K8S-25',
  kind: 'absolute',
  title: 'Every field is one that the API server knows',
  guideStep: 10,
  sources: ['cluster'],
  semantics:
    'Objects have no field that their kind does not have: the API server drops it, or refuses the object.',
  remedy:
    'Look the field up in the API reference; it is misspelled, or in the wrong place.',
  ask: 'Which fields a kind has is for the API server to tell: kubectl apply --dry-run=server',
});

export const liveState = elsewhere({
  id: 'K8S-27',
  kind: 'sources agree',
  title: 'What runs is what git says',
  guideStep: 13,
  sources: ['cluster', 'argocd'],
  semantics:
    'The live objects are the desired ones, but for what API server and controllers fill in; there are no others that somebody made by hand.',
  remedy: 'Sync the application, or bring the change into git.',
  ask: CLUSTERS,
});

export const syncedSecrets = elsewhere({
  id: 'SEC-04',
  kind: 'absolute',
  title: 'Every secret was fetched lately',
  guideStep: 16,
  sources: ['cluster'],
  semantics:
    'Every ExternalSecret is ready, and was refreshed within twice its interval.',
  remedy: 'Read the conditions of the ExternalSecret.',
  ask: CLUSTERS,
});

export const differentSecrets = elsewhere({
  id: 'SEC-05',
  kind: 'must differ',
  title: 'No two environments have the same secret',
  guideStep: 16,
  sources: ['vault'],
  semantics:
    'Values of secrets differ between environments: keyed hashes are compared where the values are, and neither values nor hashes are kept.',
  remedy: 'Create a secret of its own for the environment.',
  ask: VAULT,
});

export const deniedPaths = elsewhere({
  id: 'SEC-06',
  kind: 'absolute',
  title: "No environment may read another one's secrets",
  guideStep: 16,
  sources: ['vault'],
  semantics:
    'The role of an environment is denied every path of every other environment.',
  remedy: 'Narrow the policy to the path of the environment.',
  ask: VAULT,
});

export const humanAccess = elsewhere({
  id: 'SEC-07',
  kind: 'absolute',
  title: 'Nobody reads the secrets of production in passing',
  guideStep: 15,
  sources: ['cluster'],
  semantics:
    'No group of people may get or list Secrets in production but through break-glass; in staging seniors and continuous integration may, in dev the developers.',
  remedy: 'Take secrets out of the role.',
  ask: CLUSTERS,
});

export const ownEndpoints = elsewhere({
  id: 'SEC-09',
  kind: 'sources agree',
  title: 'Every environment talks to its own database',
  guideStep: 16,
  sources: ['plan'],
  semantics:
    "The addresses of databases and APIs in the configuration of an environment are outputs of its own Terraform root, and nobody else's.",
  remedy: 'Take the address from the output of the root of this environment.',
  ask: 'Which endpoints belong to an environment is for the state of its Terraform root to tell',
});

export const rotation = elsewhere({
  id: 'SEC-10',
  kind: 'advisory',
  title: 'Secrets of production are rotated',
  guideStep: 15,
  sources: ['vault'],
  semantics:
    'No secret of production is older than the policy allows, and no token of a store is about to expire.',
  remedy: 'Rotate the secret.',
  ask: VAULT,
});

export const provenGate = elsewhere({
  id: 'PIPE-04',
  kind: 'absolute',
  title: 'At least one gate stands before production, and holds',
  guideStep: 19,
  sources: ['git-host'],
  semantics:
    'Branch protection with reviews by code owners for the overlay of production, or an environment with required reviewers, and nobody may pass it by.',
  remedy: 'Protect the branch, and take bypass rights away.',
  ask: GIT_HOST,
});

export const promotionOrder = elsewhere({
  id: 'PIPE-06',
  kind: 'sources agree',
  title: 'Nothing reaches production that did not run before',
  guideStep: 20,
  sources: ['argocd'],
  semantics:
    'The image of production was healthy in staging for the soak time, and that of staging in dev.',
  remedy: 'Promote in order; go back to the release before.',
  ask: ARGOCD,
});

export const releaseIdentity = elsewhere({
  id: 'PIPE-07',
  kind: 'sources agree',
  title: 'The image in git is the one that all pods run',
  guideStep: 20,
  sources: ['cluster'],
  semantics:
    'The image of the revision that was synced is the digest of all ready pods, and the rollout is complete.',
  remedy: 'Look at the rollout: a pod still runs the release before.',
  ask: CLUSTERS,
});

export const onePerCommit = elsewhere({
  id: 'PIPE-08',
  kind: 'absolute',
  title: 'A promotion changes one environment',
  guideStep: 18,
  sources: ['git-host'],
  semantics:
    'A commit that promotes touches one overlay, and the Application of that environment where it pins a revision.',
  remedy: 'Split the commit.',
  ask: 'What a commit changed is for the git host to tell',
});

export const lag = elsewhere({
  id: 'PIPE-09',
  kind: 'advisory',
  title: 'Production does not fall far behind',
  guideStep: 20,
  sources: ['argocd'],
  semantics:
    'Production is few commits and days behind staging, and not out of sync for hours.',
  remedy: 'Promote, or say why not.',
  ask: ARGOCD,
});

export const wayBack = elsewhere({
  id: 'PIPE-10',
  kind: 'absolute',
  title: 'There is a way back',
  guideStep: 20,
  sources: ['argocd'],
  semantics:
    'The history of an application has at least three entries, and the image before the current one can still be pulled.',
  remedy: 'Raise revisionHistoryLimit, and keep images longer.',
  ask: ARGOCD,
});

export const proof = elsewhere({
  id: 'PIPE-11',
  kind: 'sources agree',
  title: 'A release can be followed from commit to production',
  guideStep: 20,
  sources: ['git-host'],
  semantics:
    'Commit, dev, staging, approval and production follow one another in time, and each names who and when.',
  remedy: 'Promote through the portal or the workflow, which write it down.',
  ask: GIT_HOST,
});

export const scraped = elsewhere({
  id: 'OBS-03',
  kind: 'absolute',
  title: 'Every environment is measured under its name',
  guideStep: 21,
  sources: ['prometheus'],
  semantics:
    'A count of what is up by environment has every environment, and no series without one.',
  remedy: 'Take over the label environment from the pods: podTargetLabels.',
  ask: PROMETHEUS,
});

export const evaluated = elsewhere({
  id: 'OBS-06',
  kind: 'absolute',
  title: 'Recording rules are evaluated',
  guideStep: 24,
  sources: ['prometheus'],
  semantics:
    'No recording rule fails, each ran within twice its interval, and gives one series per environment.',
  remedy: 'Read the error of the rule in Prometheus.',
  ask: PROMETHEUS,
});

export const markers = elsewhere({
  id: 'OBS-07',
  kind: 'absolute',
  title: 'Dashboards show when something was deployed',
  guideStep: 23,
  sources: ['grafana'],
  semantics:
    'Every dashboard has an annotation of deployments, and the last sync has one within ten minutes.',
  remedy: 'Add the annotation query to the dashboard.',
  ask: 'Which annotations there are is for Grafana to tell',
});

export const sameMetrics = elsewhere({
  id: 'OBS-08',
  kind: 'must match',
  title: 'Every environment exposes the same metrics',
  guideStep: 24,
  sources: ['prometheus'],
  semantics:
    'The same jobs are up in every environment, and expose metrics of the same names.',
  remedy: 'Look for the target that is down, or the metric that was renamed.',
  ask: PROMETHEUS,
});

export const validQueries = elsewhere({
  id: 'OBS-10',
  kind: 'absolute',
  title: 'Every query is valid, and asks for something that exists',
  guideStep: 24,
  sources: ['prometheus'],
  semantics:
    'Rules and dashboards are valid PromQL, every metric in them is exposed or recorded, and the unit tests of the rules pass.',
  remedy: 'Run promtool check rules and promtool test rules.',
  ask: 'Whether a query is valid is for promtool and Prometheus to tell',
});

export const outliers = elsewhere({
  id: 'OBS-11',
  kind: 'advisory',
  title: 'Staging behaves as production does',
  guideStep: 24,
  sources: ['prometheus'],
  semantics:
    'Latency, errors and the use of CPU and memory per pod are within a band of those of production.',
  remedy: 'Look at what differs: load, data, or the release.',
  ask: PROMETHEUS,
});

export const deadMansSwitch = elsewhere({
  id: 'OBS-12',
  kind: 'absolute',
  title: 'Silence is an alert',
  guideStep: 23,
  sources: ['prometheus'],
  semantics:
    "An alert that always fires reaches whoever notices its absence, and every environment's logs arrive.",
  remedy: "Route the alert Watchdog to a dead-man's switch.",
  ask: PROMETHEUS,
});
