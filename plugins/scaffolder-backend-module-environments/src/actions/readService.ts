import {
  BackstageCredentials,
  UrlReaderService,
} from '@backstage/backend-plugin-api';
import { ANNOTATION_SOURCE_LOCATION, Entity } from '@backstage/catalog-model';
import { InputError, NotFoundError } from '@backstage/errors';
import { CatalogService } from '@backstage/plugin-catalog-node';
import { Intent, parseIntent } from '@envmatrix/engine';
import { RepositoryRef, ScmHost, ScmHosts } from '@envmatrix/scm';

const INTENT_ANNOTATION = 'environments.envmatrix.dev/intent';
const INTENT_FILE = 'environments.yaml';

/** One of the two repositories of a service, as its default branch is now. */
export interface ServiceRepository {
  readonly part: 'infrastructure' | 'deployConfig';
  readonly url: string;
  readonly host: ScmHost;
  readonly repository: RepositoryRef;
  readonly branch: string;
  readonly files: ReadonlyMap<string, string>;
}

/** A service with its repositories. */
export interface Service {
  readonly intent: Intent;
  /** The text of the intent, with what a person wrote beside it. */
  readonly intentText: string;
  readonly repositories: readonly ServiceRepository[];
}

/**
 * Reads the two repositories of a service of the catalog. The intent of the deploy-config repository says where the other one is.
 *
 * @throws NotFoundError for an entity that is not there, InputError for one without an intent that can be read.
 */
export async function readService(options: {
  entityRef: string;
  catalog: CatalogService;
  credentials: BackstageCredentials;
  hosts: ScmHosts;
  reader: UrlReaderService;
}): Promise<Service> {
  const { entityRef, catalog, credentials, hosts, reader } = options;
  const entity = await catalog.getEntityByRef(entityRef, { credentials });
  if (!entity) {
    throw new NotFoundError(`There is no ${entityRef} in the catalog`);
  }
  const read = (part: ServiceRepository['part'], url: string) =>
    readRepository({ part, url, hosts, reader });
  const deployConfig = await read('deployConfig', locationOf(entity));
  const intentText = deployConfig.files.get(INTENT_FILE);
  const result = intentText === undefined ? undefined : parseIntent(intentText);
  if (intentText === undefined || !result?.ok) {
    throw new InputError(
      `${deployConfig.url} has no ${INTENT_FILE} that can be read${
        result && !result.ok
          ? `: ${result.problems
              .map(({ field, message }) => `${field} ${message}`.trim())
              .join('; ')}`
          : ''
      }`,
    );
  }
  const { intent } = result;
  const { infrastructure } = intent.repositories;
  return {
    intent,
    intentText,
    repositories: [
      ...(infrastructure === undefined
        ? []
        : [await read('infrastructure', infrastructure)]),
      deployConfig,
    ],
  };
}

/** Where the intent of an entity is; its repository is the deploy-config repository. */
function locationOf(entity: Entity): string {
  const { annotations = {}, name } = entity.metadata;
  const intent = annotations[INTENT_ANNOTATION];
  const source = annotations[ANNOTATION_SOURCE_LOCATION];
  const location = intent?.startsWith('url:') ? intent : source;
  if (
    intent === undefined ||
    !location?.startsWith('url:') ||
    intent.split('/').at(-1) !== INTENT_FILE
  ) {
    throw new InputError(
      `${name} was not made from a template of environments: it needs the annotation ${INTENT_ANNOTATION}, with the ${INTENT_FILE} of a repository`,
    );
  }
  return location.slice('url:'.length);
}

async function readRepository(options: {
  part: ServiceRepository['part'];
  url: string;
  hosts: ScmHosts;
  reader: UrlReaderService;
}): Promise<ServiceRepository> {
  const { part, hosts, reader } = options;
  const { host, repository } = hosts.byUrl(options.url);
  const found = await host.getRepository({ repository });
  if (!found || found.empty) {
    throw new NotFoundError(
      `There is no repository ${hosts.urlOf(repository)}, or it is empty`,
    );
  }
  const { defaultBranch: branch } = found;
  const tree = await reader.readTree(
    host.links.file(repository, '', branch).replace(/\/$/, ''),
  );
  const files = await tree.files();
  return {
    part,
    url: hosts.urlOf(repository),
    host,
    repository,
    branch,
    files: new Map(
      await Promise.all(
        files.map(
          async file =>
            [file.path, (await file.content()).toString('utf8')] as const,
        ),
      ),
    ),
  };
}
