import { readFileSync } from 'fs';
import path from 'path';
import { WATCHED_KINDS } from './kinds';

const clusterRole = readFileSync(
  path.join(__dirname, '../../../docs/clusterrole.yaml'),
  'utf8',
);
const rights = [
  ...clusterRole.matchAll(
    /apiGroups: \[(.*)\]\n\s+resources: \[(.*)\]\n\s+verbs: \[(.*)\]/g,
  ),
].flatMap(([, group, resources, verbs]) =>
  resources
    .split(', ')
    .map(resource => ({ group: group.replaceAll("'", ''), resource, verbs })),
);

describe('WATCHED_KINDS', () => {
  it('are what the ClusterRole grants, and it grants no more', () => {
    expect(
      rights.map(({ group, resource }) => `${group}/${resource}`).sort(),
    ).toEqual(WATCHED_KINDS.map(kind => `${kind.group}/${kind.plural}`).sort());
    expect(new Set(rights.map(({ verbs }) => verbs))).toEqual(
      new Set(['get, list, watch']),
    );
  });

  it('do not include Secrets', () => {
    expect(
      WATCHED_KINDS.filter(({ plural }) => /secret/i.test(plural)),
    ).toEqual([]);
    expect(rights.filter(({ resource }) => /secret|\*/.test(resource))).toEqual(
      [],
    );
  });
});
