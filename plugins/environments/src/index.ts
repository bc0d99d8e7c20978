/**
 * The Environments tab, the page of all services, the card, the promotion dialog and the wizard's fields.
 *
 * @packageDocumentation
 */
export { environmentsPlugin as default } from './plugin';
export { environmentsApiRef } from './api';
export { environmentsRouteRef, fleetRouteRef } from './routes';
export { environmentsTranslationRef } from './translation';
