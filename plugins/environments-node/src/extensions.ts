import { createExtensionPoint } from '@backstage/backend-plugin-api';
import { EnvironmentSourceProvider } from './sources';
import {
  PromotionDelivery,
  PromotionRepository,
  RepositoryProbe,
} from './promotion';

/**
 * Where modules register what they watch.
 *
 * @public
 */
export interface EnvironmentsSourcesExtensionPoint {
  addSourceProvider(provider: EnvironmentSourceProvider): void;
}

/** @public */
export const environmentsSourcesExtensionPoint =
  createExtensionPoint<EnvironmentsSourcesExtensionPoint>({
    id: 'environments.sources',
  });

/**
 * Where modules register how promotions reach git and the clusters.
 *
 * @public
 */
export interface EnvironmentsPromotionsExtensionPoint {
  setRepository(repository: PromotionRepository): void;
  setDelivery(delivery: PromotionDelivery): void;
  setRepositoryProbe(probe: RepositoryProbe): void;
}

/** @public */
export const environmentsPromotionsExtensionPoint =
  createExtensionPoint<EnvironmentsPromotionsExtensionPoint>({
    id: 'environments.promotions',
  });
