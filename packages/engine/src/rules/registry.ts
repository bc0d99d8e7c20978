import { autoscaledReplicas, replicas } from './replicas';
import { disruptionBudgets, spread } from './disruptions';
import { configurationKeys, operation, residual } from './configuration';
import { containerDefinition } from './containers';
import { environmentVariables } from './environmentVariables';
import { probes } from './probes';
import { releaseTags, sameTagSameImage } from './images';
import { apiVersions, inventory } from './inventory';
import { environmentLabels } from './environmentLabels';
import { foreignTokens } from './foreignTokens';
import { networkPolicies } from './network';
import { applicationSources } from './applications';
import { projects } from './projects';
import { syncPolicies } from './syncPolicies';
import { limitRanges, quotaParity } from './quotas';
import { quotaFits } from './quotaFits';
import { resources } from './resources';
import { Rule } from './rule';
import { certificates, secretKeys } from './secrets';
import { selectors, servicePorts } from './services';
import { declaredEnvironments } from './declaredEnvironments';
import { hostNames, ingressPattern } from './exposure';
import { ownNamespaces, podSecurity } from './namespaces';
import { TERRAFORM_RULES } from './terraform';
import { volumes } from './volumes';

/** Every rule, in the order of the catalogue. */
export const RULES: readonly Rule[] = [
  declaredEnvironments,
  ownNamespaces,
  podSecurity,
  ingressPattern,
  hostNames,
  ...TERRAFORM_RULES,
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
  apiVersions,
  configurationKeys,
  environmentLabels,
  foreignTokens,
  operation,
  residual,
  secretKeys,
  certificates,
  applicationSources,
  syncPolicies,
  projects,
];
