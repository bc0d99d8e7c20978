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
import { NotAllowedError, NotFoundError } from '@backstage/errors';
import { CatalogService } from '@backstage/plugin-catalog-node';
import { AuthorizeResult } from '@backstage/plugin-permission-common';
import {
  environmentsMatrixReadPermission,
  environmentsPromotionCreatePermission,
} from '@envmatrix/backstage-plugin-environments-common';
import { Request } from 'express';
import { Person } from '../promotions/PromotionService';

/** How long the catalog's word on one entity, for one caller, is remembered. */
const REMEMBER_MS = 5_000;

/** Bounds what is remembered, however many callers there are. */
const REMEMBER_MAX = 5_000;

/**
 * Who asks, and what they may see and do. What they may not see is not there for them.
 */
export class Access {
  readonly #httpAuth: HttpAuthService;
  readonly #permissions: PermissionsService;
  readonly #catalog: CatalogService;
  readonly #userInfo: UserInfoService;
  readonly #entities = new Map<string, { entity: Entity; until: number }>();

  constructor(options: {
    httpAuth: HttpAuthService;
    permissions: PermissionsService;
    catalog: CatalogService;
    userInfo: UserInfoService;
  }) {
    this.#httpAuth = options.httpAuth;
    this.#permissions = options.permissions;
    this.#catalog = options.catalog;
    this.#userInfo = options.userInfo;
  }

  /** The caller, who may read matrices. */
  async reader(request: Request): Promise<BackstageCredentials> {
    const credentials = await this.#httpAuth.credentials(request, {
      allow: ['user', 'service'],
    });
    const [decision] = await this.#permissions.authorize(
      [{ permission: environmentsMatrixReadPermission }],
      { credentials },
    );
    if (decision.result !== AuthorizeResult.ALLOW) {
      throw new NotAllowedError(
        'You may not see environments (permission environments.matrix.read)',
      );
    }
    return credentials;
  }

  /** The entity of the request, with the caller's rights in the catalog. */
  async entity(
    request: Request,
    credentials: BackstageCredentials,
  ): Promise<Entity> {
    const { kind, namespace, name } = request.params;
    const entityRef = stringifyEntityRef({ kind, namespace, name });
    const caller = principalOf(credentials);
    const key = `${caller} ${entityRef}`;
    const known = caller === undefined ? undefined : this.#entities.get(key);
    if (known && known.until > Date.now()) {
      return known.entity;
    }
    const entity = await this.#catalog.getEntityByRef(entityRef, {
      credentials,
    });
    if (!entity) {
      this.#entities.delete(key);
      throw new NotFoundError(`There is no entity ${entityRef}`);
    }
    if (caller !== undefined) {
      if (this.#entities.size >= REMEMBER_MAX) {
        this.#entities.clear();
      }
      this.#entities.set(key, { entity, until: Date.now() + REMEMBER_MS });
    }
    return entity;
  }

  /** The person who may promote into this environment of the entity. */
  async promoter(
    request: Request,
    entity: Entity,
    environment: string,
  ): Promise<Person> {
    const credentials = await this.#httpAuth.credentials(request, {
      allow: ['user'],
    });
    const resourceRef = environmentResourceRef(
      stringifyEntityRef(entity),
      environment,
    );
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

  async #person(
    credentials: BackstageCredentials<BackstageUserPrincipal>,
  ): Promise<Person> {
    const { userEntityRef } = await this.#userInfo.getUserInfo(credentials);
    const user = await this.#catalog.getEntityByRef(userEntityRef, {
      credentials,
    });
    const { name } = parseEntityRef(userEntityRef);
    const profile = user && isUserEntity(user) ? user.spec.profile : undefined;
    return {
      ref: userEntityRef,
      author: {
        name: profile?.displayName ?? name,
        email: profile?.email ?? `${name}@users.noreply.localhost`,
      },
    };
  }
}

/** How the permission framework names one environment of an entity. */
export function environmentResourceRef(
  entityRef: string,
  environment: string,
): string {
  return `${entityRef}#${environment}`;
}

export function parseEnvironmentResourceRef(resourceRef: string): {
  entityRef: string;
  environment: string;
} {
  const hash = resourceRef.lastIndexOf('#');
  return {
    entityRef: resourceRef.slice(0, hash),
    environment: resourceRef.slice(hash + 1),
  };
}

function principalOf(credentials: BackstageCredentials): string | undefined {
  const principal: unknown = credentials.principal;
  if (typeof principal !== 'object' || principal === null) {
    return undefined;
  }
  if (
    'userEntityRef' in principal &&
    typeof principal.userEntityRef === 'string'
  ) {
    return principal.userEntityRef;
  }
  return 'subject' in principal && typeof principal.subject === 'string'
    ? `service:${principal.subject}`
    : undefined;
}
