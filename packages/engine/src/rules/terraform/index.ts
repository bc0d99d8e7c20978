import { Rule } from '../rule';
import {
  accountGuard,
  environmentVariable,
  foreignReferences,
} from './identity';
import { noLiteralSecrets } from './literals';
import {
  freshPlans,
  heldChecks,
  keptData,
  noDrift,
  sameResources,
} from './plans';
import {
  firewall,
  productionProtections,
  stagingProtections,
} from './protections';
import { identicalRoots, sameVariables, sameVersions } from './roots';
import { disjointNetworks, orderedSizes, standby } from './sizes';
import { lockedState, ownState } from './state';

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
];
