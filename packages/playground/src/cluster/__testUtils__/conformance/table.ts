import { fieldsOf } from '../../values';
import { ANSWERS } from './answers';
import { exchange, type ConformanceRow } from './ConformanceRow';
import { wordForWord } from './comparison';
import { DISCOVERY } from './discovery';
import { PAGING } from './paging';
import { WATCHES } from './watches';

/**
 * What a Kubernetes API server was seen to do, as far as the portal and its tests depend on it. The playground's clusters are held
 * to it, and so are real API servers, by the same comparison.
 *
 * The other recordings, and why they are not in it:
 *
 * - `stories/*`, `get/deployment-quota-failed`: in stories.test.ts
 * - `error/connection-refused`: there is no server; core/service.test.ts
 */
export const CONFORMANCE: readonly ConformanceRow[] = [
  ...ANSWERS,
  ...DISCOVERY,
  ...PAGING,
  {
    name: 'error/403-secrets-namespace, of one Secret by its name',
    differences: async target => {
      const { recorded, answered } = await exchange(
        target,
        'error/403-secrets-namespace',
        path => `${path}/checkout`,
      );
      const { message, ...status } = fieldsOf(recorded.body);
      return wordForWord(
        {
          ...recorded,
          body: {
            ...status,
            details: { ...fieldsOf(status.details), name: 'checkout' },
            message: `${message}`
              .replace(/^secrets/, 'secrets "checkout"')
              .replace('cannot list', 'cannot get'),
          },
        },
        answered,
      );
    },
  },
  ...WATCHES,
];
