import { SERVICE_WORKLOAD_KINDS } from '@envmatrix/engine';
import { readFileSync } from 'fs';
import path from 'path';
import { parse } from 'yaml';
import { z } from 'zod';
import { groupKindOf, WATCHED_KINDS } from './kinds';

const clusterRole = z
  .object({
    kind: z.literal('ClusterRole'),
    rules: z.array(
      z.strictObject({
        apiGroups: z.array(z.string()),
        resources: z.array(z.string()),
        verbs: z.array(z.string()),
      }),
    ),
  })
  .parse(
    parse(
      readFileSync(
        path.join(__dirname, '../../../docs/clusterrole.yaml'),
        'utf8',
      ),
    ),
  );

const rights = clusterRole.rules.flatMap(({ apiGroups, resources, verbs }) =>
  apiGroups.flatMap(group =>
    resources.map(resource => ({ resource: `${group}/${resource}`, verbs })),
  ),
);

describe('The ClusterRole', () => {
  it('grants what is watched, each once, and no more', () => {
    expect(rights.map(({ resource }) => resource).sort()).toEqual(
      WATCHED_KINDS.map(({ group, plural }) => `${group}/${plural}`).sort(),
    );
  });

  it('only lets read', () => {
    for (const { verbs } of rights) {
      expect(verbs).toEqual(['get', 'list', 'watch']);
    }
  });

  it('leaves out Secrets, and grants nothing by a wildcard', () => {
    expect(
      rights.filter(({ resource }) => /\/secrets\b|\*/.test(resource)),
    ).toEqual([]);
  });

  it('keeps what only platforms are compared by apart from what a service needs', () => {
    const optional = new Set(
      WATCHED_KINDS.filter(({ isOptional }) => isOptional).map(
        ({ group, plural }) => `${group}/${plural}`,
      ),
    );
    for (const { apiGroups, resources } of clusterRole.rules) {
      const kinds = apiGroups.flatMap(group =>
        resources.map(resource => optional.has(`${group}/${resource}`)),
      );
      expect(new Set(kinds).size).toBe(1);
    }
  });
});

describe('WATCHED_KINDS', () => {
  it('include every kind of workload that a service can be, and what its pods belong to', () => {
    expect(WATCHED_KINDS.map(groupKindOf)).toEqual(
      expect.arrayContaining([
        ...SERVICE_WORKLOAD_KINDS,
        'apps/ReplicaSet',
        'Pod',
      ]),
    );
  });

  it('do not include Secrets', () => {
    expect(WATCHED_KINDS.map(groupKindOf)).not.toContain('Secret');
    expect(WATCHED_KINDS.map(({ plural }) => plural)).not.toContain('secrets');
  });
});
