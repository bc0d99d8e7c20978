import {
  BackstageCredentials,
  BackstageUserPrincipal,
  HttpAuthService,
  PermissionsService,
  UserInfoService,
} from '@backstage/backend-plugin-api';
import {
  Entity,
  isUserEntity,
  parseEntityRef,
  stringifyEntityRef,
} from '@backstage/catalog-model';
import { isError, NotAllowedError, NotFoundError } from '@backstage/errors';
import { CatalogService } from '@backstage/plugin-catalog-node';
import { AuthorizeResult } from '@backstage/plugin-permission-common';
import {
  entityEnvironmentRef,
  environmentsMatrixReadPermission,
  environmentsPromotionCreatePermission,
} from '@envmatrix/backstage-plugin-environments-common';
import { Person } from '../promotions/Person';
import { ShortMemory } from './ShortMemory';

/** How long a yes of the catalog or of the permission framework, for one caller, is remembered. */
const REMEMBER_MS = 5_000;

type AnyRequest = Parameters<HttpAuthService['credentials']>[0];

/** Entities that the catalog is asked for at once. */
const AT_ONCE = 500;

/**
 * Who asks, and what they may see and do. What they may not see is not there for them.
 */
export class Access {
  readonly #httpAuth: HttpAuthService;
  readonly #permissions: PermissionsService;
  readonly #catalog: CatalogService;
  readonly #userInfo: UserInfoService;
  readonly #emailDomain: string;
  readonly #readers = new ShortMemory<true>(REMEMBER_MS);
  readonly #entities = new ShortMemory<Entity>(REMEMBER_MS);
  readonly #visible = new ShortMemory<ReadonlySet<string>>(REMEMBER_MS);

  constructor(options: {
    httpAuth: HttpAuthService;
    permissions: PermissionsService;
    catalog: CatalogService;
    userInfo: UserInfoService;
    /** Of the addresses of people whose own one the catalog does not know. */
    emailDomain: string;
  }) {
    this.#httpAuth = options.httpAuth;
    this.#permissions = options.permissions;
    this.#catalog = options.catalog;
    this.#userInfo = options.userInfo;
    this.#emailDomain = options.emailDomain;
  }

  /** The caller, who may read matrices. */
  async reader(request: AnyRequest): Promise<BackstageCredentials> {
    const credentials = await this.#httpAuth.credentials(request, {
      allow: ['user', 'service'],
    });
    await this.requireReader(credentials);
    return credentials;
  }

  /** A person who may read matrices: nobody else has tokens for clusters. */
  async viewer(request: AnyRequest): Promise<BackstageCredentials> {
    const credentials = await this.#httpAuth.credentials(request, {
      allow: ['user'],
    });
    await this.requireReader(credentials);
    return credentials;
  }

  /** Whoever these credentials are of may read matrices. */
  async requireReader(credentials: BackstageCredentials): Promise<void> {
    await this.#readers.get(callerOf(credentials), async () => {
      const [decision] = await this.#permissions.authorize(
        [{ permission: environmentsMatrixReadPermission }],
        { credentials },
      );
      if (decision.result !== AuthorizeResult.ALLOW) {
        throw new NotAllowedError(
          'You may not see environments (permission environments.matrix.read)',
        );
      }
      return true;
    });
  }

  /** Those of these entities that the caller may see in the catalog. */
  async visible(
    entityRefs: readonly string[],
    credentials: BackstageCredentials,
  ): Promise<ReadonlySet<string>> {
    return await this.#visible.get(callerOf(credentials), async () => {
      const visible = new Set<string>();
      for (let start = 0; start < entityRefs.length; start += AT_ONCE) {
        const { items } = await unlessCut(() =>
          this.#catalog.getEntitiesByRefs(
            {
              entityRefs: entityRefs.slice(start, start + AT_ONCE),
              fields: ['kind', 'metadata.name', 'metadata.namespace'],
            },
            { credentials },
          ),
        );
        for (const entity of items) {
          if (entity) {
            visible.add(stringifyEntityRef(entity));
          }
        }
      }
      return visible;
    });
  }

  /** An entity, with the caller's rights in the catalog. */
  async entity(
    entityRef: string,
    credentials: BackstageCredentials,
  ): Promise<Entity> {
    return await this.#entities.get(
      `${callerOf(credentials)} ${entityRef}`,
      async () => {
        const entity = await unlessCut(() =>
          this.#catalog.getEntityByRef(entityRef, { credentials }),
        );
        if (!entity) {
          throw new NotFoundError(`There is no entity ${entityRef}`);
        }
        return entity;
      },
    );
  }

  /** The person who may promote into this environment of the entity. Nothing is remembered: what changes something is asked each time. */
  async promoter(
    request: AnyRequest,
    entity: Entity,
    environment: string,
  ): Promise<Person> {
    const credentials = await this.#httpAuth.credentials(request, {
      allow: ['user'],
    });
    const resourceRef = entityEnvironmentRef({
      entityRef: stringifyEntityRef(entity),
      environment,
    });
    const [decision] = await this.#permissions.authorize(
      [{ permission: environmentsPromotionCreatePermission, resourceRef }],
      { credentials },
    );
    if (decision.result !== AuthorizeResult.ALLOW) {
      throw new NotAllowedError(
        `You may not promote ${entity.metadata.name} to ${environment} (permission environments.promotion.create)`,
      );
    }
    return await this.#person(credentials);
  }

  /** Git shows the person's name and address, as the catalog knows them. */
  async #person(
    credentials: BackstageCredentials<BackstageUserPrincipal>,
  ): Promise<Person> {
    const { userEntityRef } = credentials.principal;
    const [user, { ownershipEntityRefs }] = await Promise.all([
      this.#catalog.getEntityByRef(userEntityRef, { credentials }),
      this.#userInfo.getUserInfo(credentials),
    ]);
    const { name } = parseEntityRef(userEntityRef);
    const profile = user && isUserEntity(user) ? user.spec.profile : undefined;
    return {
      ref: userEntityRef,
      memberOf: [userEntityRef, ...ownershipEntityRefs],
      author: {
        name: profile?.displayName ?? name,
        email: profile?.email ?? `${name}@users.noreply.${this.#emailDomain}`,
      },
    };
  }
}

/** A connection that was kept open may be closed in the very moment in which it is used again: what only reads asks once more then. */
async function unlessCut<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (isError(error) && error.code === 'ECONNRESET') {
      return await ask();
    }
    throw error;
  }
}

/** The same for every token of one caller. */
function callerOf({ principal }: BackstageCredentials): string {
  return JSON.stringify(principal);
}
