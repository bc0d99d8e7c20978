import { fieldsOf, objectsOf, type Fields } from '../../values';
import type { ConformanceTarget } from './ConformanceTarget';
import { exchange, type ConformanceRow } from './ConformanceRow';
import { differencesOf, inShape } from './comparison';

const PODS = '/api/v1/pods';

/** Which pod is the first of a later page differs; that of the first page is in `list/page-1` of the answers. */
const OF_THE_POD = ['items.spec', 'items.status'];

/** Lists in pieces: a token names a version, so that the recorded ones are of use to nobody else. */
export const PAGING: readonly ConformanceRow[] = [
  {
    name: 'list/page-1, list/page-2: pages are together the whole list, of one version; the last names no other',
    differences: async target => {
      const whole = await page(target, 'list/nonprod-pods', PODS);
      const first = await page(target, 'list/page-1', `${PODS}?limit=2`);
      const second = await page(
        target,
        'list/page-2',
        `${PODS}?limit=500&continue=${first.metadata.continue}`,
      );
      return [
        ...[whole, first, second].flatMap(({ differences }) => differences),
        ...differencesOf(
          whole.names,
          [...first.names, ...second.names],
          '/items',
        ),
        ...differencesOf(
          {
            length: 2,
            remainingItemCount: second.names.length,
            resourceVersion: second.metadata.resourceVersion,
          },
          {
            length: first.names.length,
            remainingItemCount: first.metadata.remainingItemCount,
            resourceVersion: first.metadata.resourceVersion,
          },
          '/first',
        ),
      ];
    },
  },
  {
    name: 'list/continue-after-restart: a page of the version that its token names',
    differences: async target => {
      const version = Number(await target.version(PODS));
      await target.restart();
      const { recorded, answered } = await exchange(
        target,
        'list/continue-after-restart',
        path =>
          path.replace(/continue=(.*)/, (_, token: string) => {
            const read = JSON.parse(Buffer.from(token, 'base64').toString());
            return `continue=${Buffer.from(
              JSON.stringify({ ...read, rv: version }),
            ).toString('base64url')}`;
          }),
      );
      return [
        ...inShape(recorded, answered, OF_THE_POD),
        ...differencesOf(
          `${version}`,
          metadataOf(answered.body).resourceVersion,
          '/metadata/resourceVersion',
        ),
      ];
    },
  },
];

async function page(target: ConformanceTarget, name: string, path: string) {
  const { recorded, answered } = await exchange(target, name, () => path);
  return {
    differences: inShape(recorded, answered, OF_THE_POD),
    metadata: metadataOf(answered.body),
    names: objectsOf(fieldsOf(answered.body).items).map(
      item => fieldsOf(item.metadata).name,
    ),
  };
}

function metadataOf(body: unknown): Fields {
  return fieldsOf(fieldsOf(body).metadata);
}
