import { createTranslationRef } from '@backstage/frontend-plugin-api';
import { fleetMessages } from './translations/fleet';
import { historyMessages } from './translations/history';
import { matrixMessages } from './translations/matrix';
import { ownTokenMessages } from './translations/ownToken';
import { promotionMessages } from './translations/promotion';
import { wizardMessages } from './translations/wizard';

/**
 * The texts of this plugin.
 *
 * @public
 */
export const environmentsTranslationRef = createTranslationRef({
  id: 'plugin.environments',
  messages: {
    age: {
      ago: '{{age}} ago',
      second: '{{count}} s',
      minute: '{{count}} min',
      hour: '{{count}} h',
      day_one: '{{count}} day',
      day_other: '{{count}} days',
    },
    ...matrixMessages,
    ...historyMessages,
    ...ownTokenMessages,
    ...fleetMessages,
    ...promotionMessages,
    ...wizardMessages,
  },
});
