import {
  autoscaledReplicas,
  disruptionBudgets,
  replicas,
  spread,
} from './availability';
import { configurationKeys, operation, residual } from './configuration';
import {
  containerDefinition,
  environmentVariables,
  probes,
} from './containers';
import { releaseTags, sameTagSameImage } from './images';
import {
  apiVersions,
  environmentLabels,
  foreignTokens,
  inventory,
} from './inventory';
import { networkPolicies } from './network';
import { applicationSources, projects, syncPolicies } from './pipeline';
import { limitRanges, quotaFits, quotaParity, resources } from './resources';
import { Rule } from './rule';
import { certificates, secretKeys } from './secrets';
import { selectors, servicePorts } from './services';
import {
  declaredEnvironments,
  hostNames,
  ingressPattern,
  ownNamespaces,
  podSecurity,
} from './topology';
import { volumes } from './volumes';

/** Every rule, in the order of the catalogue. */
export const RULES: readonly Rule[] = [
  declaredEnvironments,
  ownNamespaces,
  podSecurity,
  ingressPattern,
  hostNames,
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
