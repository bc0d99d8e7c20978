import { isError } from '@backstage/errors';
import { ApplicationFact } from '@envmatrix/engine';
import { z } from 'zod';
import { ArgoCdClient } from '../client/ArgoCdClient';
import { ArgoCdInstance } from '../readInstances';
import { applicationSchema, reduceApplication } from './reduceApplication';

/** What a list of thousands is reduced to. Servers know only some fields here, and leave out in silence what they do not know. */
const LIST_FIELDS = [
  'metadata.resourceVersion',
  ...[
    'metadata.name',
    'metadata.namespace',
    'metadata.labels',
    'spec',
    'status.sync.status',
    'status.sync.revision',
    'status.health',
    'status.operationState.phase',
    'status.operationState.startedAt',
    'status.operationState.finishedAt',
  ].map(field => `items.${field}`),
].join(',');

const APPLICATIONS = ['api', 'v1', 'applications'];

/** Reads an Application of any shape; undefined for what is not one. */
export type Reduce = (value: unknown) => ApplicationFact | undefined;

export function createReduce(instance: ArgoCdInstance): Reduce {
  return value => {
    const parsed = applicationSchema.safeParse(value);
    return parsed.success
      ? reduceApplication(instance, parsed.data)
      : undefined;
  };
}

/** `nameOfCluster` fills in what an application leaves out that names its cluster by its address. */
export function withClusterName(
  application: ApplicationFact,
  nameOfCluster: (server: string) => string | undefined,
): ApplicationFact {
  const { destination } = application;
  const { server, name } = destination;
  return {
    ...application,
    destination: {
      ...destination,
      name: name || (server && nameOfCluster(server)),
    },
  };
}

/** All applications, in all namespaces: in their outlines, or as they are. */
export async function listApplications(
  client: ArgoCdClient,
  reduce: Reduce,
  options: { whole: boolean; signal: AbortSignal },
): Promise<ApplicationFact[]> {
  const applications: ApplicationFact[] = [];
  await client.forEachItem(APPLICATIONS, {
    query: options.whole ? {} : { fields: LIST_FIELDS },
    signal: options.signal,
    onItem: item => {
      const application = reduce(item);
      if (application) {
        applications.push(application);
      }
    },
  });
  return applications;
}

/** One application as it is now; undefined when it is gone, or not to be seen. */
export async function getApplication(
  client: ArgoCdClient,
  reduce: Reduce,
  application: Pick<ApplicationFact, 'name' | 'namespace' | 'project'>,
  signal: AbortSignal,
): Promise<ApplicationFact | undefined> {
  const { name, namespace, project } = application;
  try {
    return reduce(
      await client.get(z.unknown(), [...APPLICATIONS, name], {
        query: { appNamespace: namespace, project },
        signal,
      }),
    );
  } catch (error) {
    if (isNotThere(error)) {
      return undefined;
    }
    throw error;
  }
}

/** An application that does not exist is refused like one that is not permitted. */
function isNotThere(error: unknown): boolean {
  return (
    isError(error) &&
    (error.name === 'NotFoundError' || error.name === 'NotAllowedError')
  );
}
