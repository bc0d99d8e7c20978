import { BackstageCredentials } from '@backstage/backend-plugin-api';
import { ActionsRegistryService } from '@backstage/backend-plugin-api/alpha';
import { InputError } from '@backstage/errors';
import { parseEntityRef, stringifyEntityRef } from '@backstage/catalog-model';
import { environmentsMatrixReadPermission } from '@envmatrix/backstage-plugin-environments-common';
import { ruleCatalogue } from '@envmatrix/engine';
import { FleetService } from '../fleet/FleetService';
import { differencesOf } from '../matrix/differencesOf';
import { Computed } from '../matrix/KeptMatrix';
import { MatrixService } from '../matrix/MatrixService';
import { Access } from '../router/Access';

/** Enough for an explanation; a whole configuration would be read by nobody. */
const MAX_DIFFERENCES = 100;

/**
 * What agents and other plugins may ask: the same answers as the API's, with the same rights.
 */
export function registerActions(options: {
  registry: ActionsRegistryService;
  access: Access;
  matrices: MatrixService;
  fleet: FleetService;
}): void {
  const { registry, access, matrices, fleet } = options;

  const computedOf = async (
    entityRef: string,
    credentials: BackstageCredentials,
  ): Promise<Computed> => {
    await access.requireReader(credentials);
    return await matrices.get(
      await access.entity(refOf(entityRef), credentials),
    );
  };

  registry.register({
    name: 'get-environment-matrix',
    title: 'Get the environment matrix of a service',
    description:
      'What runs in each environment of a catalog entity: version, digest, sync, health, how far behind the environment before it, rule violations, and how far each of it is known.',
    attributes: { readOnly: true, idempotent: true, destructive: false },
    visibilityPermission: environmentsMatrixReadPermission,
    schema: {
      input: z =>
        z.object({
          entityRef: z
            .string()
            .describe('Entity reference, as component:default/checkout'),
        }),
      output: z =>
        z.object({
          entityRef: z.string(),
          computedAt: z.string(),
          problem: z.string().optional(),
          environments: z.array(z.record(z.unknown())),
          groups: z.array(z.record(z.unknown())),
          sources: z.array(z.record(z.unknown())),
        }),
    },
    action: async ({ input, credentials }) => {
      const { matrix } = await computedOf(input.entityRef, credentials);
      const { entityRef, computedAt, problem } = matrix;
      return {
        output: {
          entityRef,
          computedAt,
          ...(problem === undefined ? {} : { problem }),
          environments: plain(matrix.environments),
          groups: plain(matrix.groups),
          sources: plain(matrix.sources),
        },
      };
    },
  });

  registry.register({
    name: 'explain-difference',
    title: 'Explain what differs between two environments',
    description:
      'Every value that git declares differently for two environments of a catalog entity, whether it may differ, by which rule, and what to do where it may not.',
    attributes: { readOnly: true, idempotent: true, destructive: false },
    visibilityPermission: environmentsMatrixReadPermission,
    schema: {
      input: z =>
        z.object({
          entityRef: z
            .string()
            .describe('Entity reference, as component:default/checkout'),
          from: z.string().describe('Name of an environment, as staging'),
          to: z.string().describe('Name of another, as prod'),
          pointer: z
            .string()
            .optional()
            .describe('Only what has this in its subject or its pointer'),
        }),
      output: z =>
        z.object({
          differences: z.array(
            z.object({
              subject: z.string(),
              pointer: z.string(),
              before: z.unknown(),
              after: z.unknown(),
              class: z.string(),
              rule: z.string().optional(),
              title: z.string().optional(),
              reason: z.string().optional(),
              remedy: z.string().optional(),
            }),
          ),
          total: z.number(),
        }),
    },
    action: async ({ input, credentials }) => {
      const { entityRef, from, to, pointer = '' } = input;
      const computed = await computedOf(entityRef, credentials);
      const found = differencesOf(computed, from, to).filter(
        difference =>
          difference.pointer.includes(pointer) ||
          difference.subject.includes(pointer),
      );
      return {
        output: {
          total: found.length,
          differences: found.slice(0, MAX_DIFFERENCES).map(difference => {
            const rule = ruleCatalogue.find(({ id }) => id === difference.rule);
            const isWrong =
              difference.class === 'violation' ||
              difference.class === 'unclassified';
            return {
              subject: difference.subject,
              pointer: difference.pointer,
              before: difference.before,
              after: difference.after,
              class: difference.class,
              rule: difference.rule,
              title: rule?.title,
              reason: difference.reason,
              remedy: isWrong ? rule?.remedy : undefined,
            };
          }),
        },
      };
    },
  });

  registry.register({
    name: 'list-lagging-services',
    title: 'List services that lag behind',
    description:
      'Services with an environment whose release is behind the one before it, the furthest first.',
    attributes: { readOnly: true, idempotent: true, destructive: false },
    visibilityPermission: environmentsMatrixReadPermission,
    schema: {
      input: z =>
        z.object({
          environment: z
            .string()
            .optional()
            .describe('Only where this environment is behind, as prod'),
          limit: z.number().int().min(1).max(200).default(50),
        }),
      output: z =>
        z.object({
          services: z.array(
            z.object({
              entityRef: z.string(),
              owners: z.array(z.string()),
              environment: z.string(),
              version: z.string().optional(),
              behind: z.string(),
              status: z.string(),
              commits: z.number().optional(),
              since: z.string().optional(),
            }),
          ),
        }),
    },
    action: async ({ input, credentials }) => {
      await access.requireReader(credentials);
      const visible = await access.visible(fleet.entityRefs(), credentials);
      const services = fleet.rows(visible).flatMap(row =>
        row.environments.flatMap(({ name, summary }) => {
          const { behind, version } = summary;
          const isLagging =
            behind?.status === 'behind' || behind?.status === 'diverged';
          return behind &&
            isLagging &&
            (input.environment === undefined || input.environment === name)
            ? [
                {
                  entityRef: row.entityRef,
                  owners: [...row.owners],
                  environment: name,
                  version,
                  behind: behind.environment,
                  status: behind.status,
                  commits: behind.commits,
                  since: behind.since,
                },
              ]
            : [];
        }),
      );
      services.sort((a, b) => (b.commits ?? 0) - (a.commits ?? 0));
      return { output: { services: services.slice(0, input.limit) } };
    },
  });
}

function refOf(entityRef: string): string {
  try {
    return stringifyEntityRef(parseEntityRef(entityRef));
  } catch (error) {
    throw new InputError(`'${entityRef}' is not an entity reference`, error);
  }
}

/** As it is sent: without what is undefined. */
function plain(value: readonly object[]): Record<string, unknown>[] {
  return JSON.parse(JSON.stringify(value));
}
