import { objectsOf } from '../cluster/values';
import type { Expansion } from './applicationSets';
import type {
  Application,
  ApplicationSet,
  ApplicationSetCondition,
  OwnerReference,
} from './resources';

const API_VERSION = 'argoproj.io/v1alpha1';

/** As the Applications of a set name it. */
export function ownerOf({ metadata }: ApplicationSet): OwnerReference {
  return {
    apiVersion: API_VERSION,
    kind: 'ApplicationSet',
    name: metadata.name,
    uid: metadata.uid,
    controller: true,
    blockOwnerDeletion: true,
  };
}

export function isOwnedBy(
  { metadata }: Application,
  set: ApplicationSet,
): boolean {
  return (metadata.ownerReferences ?? []).some(
    ({ uid }) => uid === set.metadata.uid,
  );
}

/** What is to be said of a set; a condition that stays keeps its time. */
export function conditionsOf(
  expansion: Expansion,
  before: readonly ApplicationSetCondition[] | undefined,
  time: string,
): ApplicationSetCondition[] {
  const failed = 'problem' in expansion;
  const message = failed
    ? expansion.problem
    : 'Successfully generated parameters for all Applications';
  const said: readonly Omit<ApplicationSetCondition, 'lastTransitionTime'>[] = [
    {
      type: 'ErrorOccurred',
      status: failed ? 'True' : 'False',
      reason: failed
        ? 'ApplicationGenerationFromParamsError'
        : 'ApplicationSetUpToDate',
      message,
    },
    {
      type: 'ParametersGenerated',
      status: failed ? 'False' : 'True',
      reason: failed ? 'ErrorOccurred' : 'ParametersGenerated',
      message,
    },
    {
      type: 'ResourcesUpToDate',
      status: failed ? 'False' : 'True',
      reason: failed
        ? 'ApplicationGenerationFromParamsError'
        : 'ApplicationSetUpToDate',
      message: failed
        ? message
        : 'All applications have been generated successfully',
    },
  ];
  return said.map(condition => {
    const known = before?.find(({ type }) => type === condition.type);
    return {
      ...condition,
      lastTransitionTime:
        known?.status === condition.status ? known.lastTransitionTime : time,
    };
  });
}

/** A set as the API tells of it: with the overrides that a generator could have, and how its Applications are. */
export function shownSet(
  set: ApplicationSet,
  applications: readonly Application[],
) {
  const { metadata, spec, status } = set;
  const failed = status.conditions.some(
    ({ type, status: holds }) => type === 'ErrorOccurred' && holds === 'True',
  );
  const own = applications.filter(application => isOwnedBy(application, set));
  const noOverrides = {
    metadata: {},
    spec: { destination: {}, project: '' },
  };
  return {
    metadata,
    spec: {
      ...spec,
      generators: objectsOf(spec.generators).map(generator =>
        Object.fromEntries(
          Object.entries(generator).map(([kind, content]) => [
            kind,
            typeof content === 'object'
              ? { template: noOverrides, ...content }
              : content,
          ]),
        ),
      ),
    },
    status: {
      conditions: status.conditions,
      ...(own.length > 0 && {
        resources: own.map(application => ({
          group: 'argoproj.io',
          version: 'v1alpha1',
          kind: 'Application',
          namespace: application.metadata.namespace,
          name: application.metadata.name,
          status: application.status.sync.status,
          health: application.status.health,
        })),
        resourcesCount: own.length,
      }),
      health: { status: failed ? 'Degraded' : 'Healthy' },
    },
  };
}
