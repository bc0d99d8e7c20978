import { createRouteRef } from '@backstage/core-plugin-api';

/**
 * The Environments tab of an entity; made by the package whose route refs serve both frontend systems.
 *
 * @public
 */
export const environmentsRouteRef = createRouteRef({ id: 'environments' });

/**
 * The page of all services.
 *
 * @public
 */
export const fleetRouteRef = createRouteRef({ id: 'environments-fleet' });
