import { fieldsOf, objectsOf, type Fields } from '../../values';
import { exchange, type ConformanceRow } from './ConformanceRow';
import { differencesOf, outside, type Heard } from './comparison';

/** A document without its kinds, and each of these by `group/version/plural`. */
interface Described {
  readonly frame: unknown;
  readonly kinds: ReadonlyMap<string, Fields>;
}

/** What the discovery documents say of each kind that a target serves, and that they name no other. */
export const DISCOVERY: readonly ConformanceRow[] = [
  described('discovery/apis-apps-v1', ofOneGroup),
  described('discovery/aggregated-api', ofAllGroups, expectEtag),
  described('discovery/aggregated-apis', ofAllGroups, expectEtag),
];

function described(
  name: string,
  describe: (body: unknown) => Described,
  alsoOf: (answered: Heard) => string[] = () => [],
): ConformanceRow {
  return {
    name: `${name}, for every kind that is served`,
    differences: async target => {
      const { recorded, answered } = await exchange(target, name);
      const words = (heard: Heard) => {
        const { frame, kinds } = describe(heard.body);
        return { ...outside(heard), frame, kinds: Object.fromEntries(kinds) };
      };
      return [
        ...differencesOf(
          only(words(recorded), resource => target.serves(resource)),
          only(words(answered), resource => !target.servesBeyond?.(resource)),
        ),
        ...alsoOf(answered),
      ];
    },
  };
}

function only<T extends { readonly kinds: Fields }>(
  words: T,
  isMeant: (resource: string) => boolean,
): T {
  return {
    ...words,
    kinds: Object.fromEntries(
      Object.entries(words.kinds).filter(([resource]) =>
        isMeant(resource.split('/').slice(0, 3).join('/')),
      ),
    ),
  };
}

function ofOneGroup(body: unknown): Described {
  const { resources, ...frame } = fieldsOf(body);
  return {
    frame,
    kinds: new Map(
      objectsOf(resources).map(({ storageVersionHash, ...resource }) => [
        `${frame.groupVersion}/${resource.name}`,
        resource,
      ]),
    ),
  };
}

function ofAllGroups(body: unknown): Described {
  const { items, ...frame } = fieldsOf(body);
  return {
    frame,
    kinds: new Map(
      objectsOf(items).flatMap(({ versions, ...group }) =>
        objectsOf(versions).flatMap(({ resources, ...version }) =>
          objectsOf(resources).map(
            ({ subresources, ...resource }): [string, Fields] => [
              `${fieldsOf(group.metadata).name ?? ''}/${version.version}/${
                resource.resource
              }`,
              {
                ...resource,
                group,
                version,
                subresources: objectsOf(subresources).map(
                  ({ subresource }) => subresource,
                ),
              },
            ],
          ),
        ),
      ),
    ),
  };
}

function expectEtag({ headers }: Heard): string[] {
  return /^"[0-9A-F]{128}"$/.test(`${headers.etag}`)
    ? []
    : [`/headers/etag: a hash of 128 digits, answered ${headers.etag}`];
}
