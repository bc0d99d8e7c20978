/**
 * The Environments tab, the promotion dialog and the wizard's fields.
 *
 * @packageDocumentation
 */
export { environmentsPlugin as default } from './plugin';
export { environmentsApiRef } from './api';
export { environmentsRouteRef } from './routes';
export { environmentsTranslationRef } from './translation';
