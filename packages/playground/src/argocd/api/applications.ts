import type { Request, Router } from 'express';
import PromiseRouter from 'express-promise-router';
import { canonicalJson } from '../../cluster/values';
import type { KubeObject } from '../../core';
import { normalized, targetsOf, type ManagedResource } from '../compare';
import {
  ARGOCD_NAMESPACE,
  groupVersionOf,
  type Application,
} from '../resources';
import { may, type Account } from './accounts';
import { answer, ApiError } from './answers';
import type { ApiContext } from './context';
import { maskListed } from './fields';
import { fieldsOf, filterOf, parameter } from './query';

/** An application as the custom resource holds it: health of resources is filled in when one is looked at by itself. */
export function asStored(application: Application): Application {
  const { resources, ...status } = application.status;
  return {
    ...application,
    status: {
      ...(resources && {
        resources: resources.map(({ health, ...resource }) => resource),
      }),
      ...status,
    },
  };
}

/**
 * The application that a request names. One that is not there cannot be told from one that may not be seen, unless the request
 * names the project.
 */
export function named(
  { store, accounts }: ApiContext,
  request: Request,
  body: { project?: string; appNamespace?: string } = {},
): { application: Application; account: Account } {
  const account = accounts.authenticated(request);
  const { name } = request.params;
  const project = body.project ?? parameter(request, 'project');
  const namespace =
    body.appNamespace ?? parameter(request, 'appNamespace') ?? ARGOCD_NAMESPACE;
  const application =
    namespace === ARGOCD_NAMESPACE ? store.application(name) : undefined;
  if (project !== undefined && may(account, 'get', project)) {
    if (!application || application.spec.project !== project) {
      throw new ApiError(5, `applications.argoproj.io "${name}" not found`);
    }
  } else if (!application || !may(account, 'get', application.spec.project)) {
    throw new ApiError(7, 'permission denied');
  }
  if (!store.project(application.spec.project)) {
    throw new ApiError(
      3,
      `app is not allowed in project "${application.spec.project}", or the project does not exist`,
    );
  }
  return { application, account };
}

/** Values of a secret are never shown. */
function shown(object: KubeObject | undefined): string {
  if (!object) {
    return 'null';
  }
  const { data, ...rest } = object;
  return canonicalJson(
    object.kind === 'Secret'
      ? { ...rest, data: '++++++++' }
      : { data, ...rest },
  );
}

function managedResourceOf(resource: ManagedResource) {
  const { identity, target, live, predicted } = resource;
  const { group } = groupVersionOf(identity.apiVersion);
  const { namespace, name } = identity.metadata;
  return {
    ...(group !== '' && { group }),
    kind: identity.kind,
    ...(namespace && { namespace }),
    name,
    targetState: shown(target),
    liveState: shown(live),
    normalizedLiveState: shown(live && normalized(live)),
    predictedLiveState: shown(predicted ? normalized(predicted) : target),
    ...(live?.metadata.resourceVersion && {
      resourceVersion: live.metadata.resourceVersion,
    }),
    ...(resource.status === 'OutOfSync' && { modified: true }),
  };
}

/** Reads of applications. */
export function applicationRoutes(context: ApiContext): Router {
  const { store, controller, repositories, accounts } = context;
  const router = PromiseRouter();

  router.get('/', (request, response) => {
    const account = accounts.authenticated(request);
    const wanted = filterOf(request, account);
    const fields = fieldsOf(request);
    const found = store.applications().filter(wanted).map(asStored);
    const items = fields
      ? found.map(application => maskListed(application, fields))
      : found;
    answer(response, {
      metadata: { resourceVersion: store.resourceVersion },
      items: items.length > 0 ? items : null,
    });
  });

  router.get('/:name', async (request, response) => {
    const { application } = named(context, request);
    const refresh = parameter(request, 'refresh');
    if (refresh === 'normal' || refresh === 'hard') {
      await controller.refreshOnRequest(application.metadata.name, refresh);
    }
    answer(response, named(context, request).application);
  });

  router.get('/:name/resource-tree', (request, response) => {
    const { application } = named(context, request);
    const { tree = [] } = controller.stateOf(application.metadata.name) ?? {};
    answer(response, tree.length > 0 ? { nodes: tree } : {});
  });

  router.get('/:name/managed-resources', (request, response) => {
    const { application } = named(context, request);
    const state = controller.stateOf(application.metadata.name);
    answer(response, {
      items: (state?.resources ?? []).map(managedResourceOf),
    });
  });

  router.get('/:name/manifests', async (request, response) => {
    const { application } = named(context, request);
    const { source, destination } = application.spec;
    const revision = await repositories.resolve(
      source,
      parameter(request, 'revision'),
    );
    const manifests = targetsOf(
      application.metadata.name,
      destination.namespace ?? '',
      await repositories.manifests(source, revision),
    );
    answer(response, { manifests: manifests.map(shown) });
  });

  router.get(
    '/:name/revisions/:revision/metadata',
    async (request, response) => {
      const { application } = named(context, request);
      answer(
        response,
        await repositories.revisionMetadata(
          application.spec.source,
          request.params.revision,
        ),
      );
    },
  );

  router.get('/:name/syncwindows', (request, response) => {
    named(context, request);
    answer(response, { canSync: true });
  });

  router.get('/:name/links', (request, response) => {
    named(context, request);
    answer(response, {});
  });

  return router;
}
