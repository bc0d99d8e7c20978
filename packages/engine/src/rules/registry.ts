import { applicationSources } from './applications';
import { certificates } from './certificates';
import { configurationKeys, operation, residual } from './configuration';
import { containerDefinition } from './containers';
import { declaredEnvironments } from './declaredEnvironments';
import { disruptionBudgets, spread } from './disruptions';
import * as elsewhere from './elsewhere';
import { environmentLabels } from './environmentLabels';
import { environmentVariables } from './environmentVariables';
import { hostNames, ingressPattern } from './exposure';
import { foreignTokens } from './foreignTokens';
import { releaseTags, sameTagSameImage } from './images';
import { apiVersions, inventory } from './inventory';
import { ownNamespaces, podSecurity } from './namespaces';
import { networkPolicies } from './network';
import {
  burnRates,
  retention,
  sameAlertRules,
  sameDashboards,
} from './observability/alertRules';
import { alertRoutes } from './observability/alertRoutes';
import { capacity } from './platform/capacity';
import {
  clusterIdentity,
  kubernetesVersions,
  ownAccounts,
} from './platform/clusters';
import { podSecurityStandard } from './podSecurityStandards';
import { probes } from './probes';
import { projects } from './projects';
import { quotaFits } from './quotaFits';
import { limitRanges, quotaParity } from './quotas';
import { autoscaledReplicas, replicas } from './replicas';
import { kustomizations } from './repository/kustomizations';
import { safeWorkflows } from './repository/workflows';
import { resources } from './resources';
import { Rule } from './rule';
import { secretKeys } from './secrets';
import {
  noLiteralSecrets,
  restartOnSecret,
  secretStores,
} from './secretStores';
import { selectors, servicePorts } from './services';
import { syncPolicies } from './syncPolicies';
import { TERRAFORM_RULES } from './terraform';
import { documentFacts } from './terraform/documents';
import { volumes } from './volumes';

/** Every rule, in the order of the catalogue. The claims of an earlier one come before those of a later one. */
export const RULES: readonly Rule[] = [
  declaredEnvironments,
  clusterIdentity,
  ownNamespaces,
  ownAccounts,
  kubernetesVersions,
  elsewhere.policyEngine,
  podSecurity,
  ingressPattern,
  hostNames,
  documentFacts,
  elsewhere.addOns,
  elsewhere.platformClasses,
  ...TERRAFORM_RULES,
  capacity,
  // Dashboards are ConfigMaps of which more is demanded than of others.
  sameDashboards,
  inventory,
  containerDefinition,
  environmentVariables,
  probes,
  selectors,
  servicePorts,
  volumes,
  replicas,
  autoscaledReplicas,
  resources,
  releaseTags,
  sameTagSameImage,
  quotaParity,
  limitRanges,
  quotaFits,
  networkPolicies,
  disruptionBudgets,
  spread,
  podSecurityStandard,
  apiVersions,
  kustomizations,
  configurationKeys,
  environmentLabels,
  foreignTokens,
  elsewhere.strictSchema,
  operation,
  elsewhere.liveState,
  residual,
  secretKeys,
  secretStores,
  noLiteralSecrets,
  elsewhere.syncedSecrets,
  elsewhere.differentSecrets,
  elsewhere.deniedPaths,
  elsewhere.humanAccess,
  certificates,
  elsewhere.ownEndpoints,
  elsewhere.rotation,
  restartOnSecret,
  applicationSources,
  syncPolicies,
  projects,
  elsewhere.provenGate,
  safeWorkflows,
  elsewhere.promotionOrder,
  elsewhere.releaseIdentity,
  elsewhere.onePerCommit,
  elsewhere.lag,
  elsewhere.wayBack,
  elsewhere.proof,
  sameAlertRules,
  elsewhere.scraped,
  alertRoutes,
  retention,
  elsewhere.evaluated,
  elsewhere.markers,
  elsewhere.sameMetrics,
  burnRates,
  elsewhere.validQueries,
  elsewhere.outliers,
  elsewhere.deadMansSwitch,
];
