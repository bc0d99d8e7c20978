import type { Router } from 'express';
import PromiseRouter from 'express-promise-router';
import { isFields, objectsOf, timestamp } from '../../cluster/values';
import { groupVersion, RESOURCES } from '../../cluster/resources';
import type { LiveState } from '../liveState';
import type { AppProject } from '../resources';
import { may } from './accounts';
import { answer, ApiError } from './answers';
import type { ApiContext } from './context';
import { parameter } from './query';

const API_VERSIONS = [
  ...new Set(
    RESOURCES.flatMap(resource => [
      groupVersion(resource),
      `${groupVersion(resource)}/${resource.kind}`,
    ]),
  ),
].sort();

/** A project by itself carries the tokens of its roles, of which there are none. */
function withTokens(project: AppProject): AppProject {
  const roles = objectsOf(project.spec.roles).map(({ name }) => [name, {}]);
  return {
    ...project,
    status:
      roles.length > 0 ? { jwtTokensByRole: Object.fromEntries(roles) } : {},
  };
}

/**
 * A cluster as Argo CD tells of it: `Successful` as long as it has been read once, also while its API server is gone.
 */
function clusterOf({ store, clock }: ApiContext, live: LiveState) {
  const { name, server, gitVersion } = live.cluster;
  const applications = store
    .applications()
    .filter(
      ({ spec }) =>
        spec.destination.name === name || spec.destination.server === server,
    ).length;
  const { syncedAt } = live;
  const attemptedAt = timestamp(clock.now());
  const monitored =
    applications > 0 && (syncedAt !== undefined || live.problem !== undefined);
  const seen = {
    status: syncedAt === undefined ? 'Failed' : 'Successful',
    message: live.problem ?? '',
    attemptedAt,
  };
  const connectionState = monitored
    ? seen
    : {
        status: 'Unknown',
        message: 'Cluster has no applications and is not being monitored.',
        attemptedAt,
      };
  return {
    server,
    name,
    config: { tlsClientConfig: { insecure: false } },
    connectionState,
    serverVersion: gitVersion,
    info: {
      connectionState,
      serverVersion: gitVersion,
      cacheInfo:
        syncedAt === undefined
          ? {}
          : {
              resourcesCount: live.all().length,
              apisCount: RESOURCES.length,
              lastCacheSyncTime: timestamp(syncedAt),
            },
      applicationsCount: applications,
      apiVersions: API_VERSIONS,
    },
  };
}

/** Projects, clusters, and the list that is always empty here. */
export function platformRoutes(context: ApiContext): Router {
  const { store, accounts, clusters } = context;
  const router = PromiseRouter();

  const projectNamed = (name: string): AppProject => {
    const project = store.project(name);
    if (!project) {
      throw new ApiError(5, `appprojects.argoproj.io "${name}" not found`);
    }
    return project;
  };

  router.get('/projects', (request, response) => {
    const account = accounts.authenticated(request);
    const items = store
      .projects()
      .filter(
        ({ metadata }) =>
          account.platform && may(account, 'get', metadata.name),
      );
    answer(response, {
      metadata: { resourceVersion: store.resourceVersion },
      items: items.length > 0 ? items : null,
    });
  });

  router.get(
    ['/projects/:name', '/projects/:name/detailed'],
    (request, response) => {
      const account = accounts.authenticated(request);
      if (!account.platform || !may(account, 'get', request.params.name)) {
        throw new ApiError(7, 'permission denied');
      }
      const project = withTokens(projectNamed(request.params.name));
      const isDetailed = request.path.endsWith('/detailed');
      answer(response, isDetailed ? { project } : project);
    },
  );

  router.get('/clusters', (request, response) => {
    const account = accounts.authenticated(request);
    const items = account.platform
      ? clusters.map(live => clusterOf(context, live))
      : [];
    answer(response, { metadata: {}, items: items.length > 0 ? items : null });
  });

  router.get('/clusters/:id', (request, response) => {
    const account = accounts.authenticated(request);
    const byName = parameter(request, 'id.type') === 'name';
    const live = clusters.find(({ cluster }) =>
      byName
        ? cluster.name === request.params.id
        : cluster.server === request.params.id,
    );
    if (!live || !account.platform) {
      throw new ApiError(7, 'permission denied');
    }
    answer(response, clusterOf(context, live));
  });

  router.get('/repositories', (request, response) => {
    accounts.authenticated(request);
    answer(response, { metadata: {}, items: null });
  });

  router.get(
    '/account/can-i/:resource/:action/:project/:name?',
    (request, response) => {
      const account = accounts.authenticated(request);
      const { resource, action, project } = request.params;
      const permitted =
        resource === 'applications'
          ? may(account, action, project)
          : account.platform &&
            action === 'get' &&
            ['projects', 'clusters'].includes(resource);
      answer(response, { value: permitted ? 'yes' : 'no' });
    },
  );

  router.get('/session/userinfo', (request, response) => {
    const account = accounts.identified(request);
    answer(
      response,
      account ? { loggedIn: true, username: account.name, iss: 'argocd' } : {},
    );
  });

  router.post('/session', (request, response) => {
    const text: unknown = request.body;
    const body: unknown = JSON.parse(typeof text === 'string' ? text : '{}');
    const { username, password } = isFields(body) ? body : {};
    const token = accounts.open(
      String(username ?? ''),
      String(password ?? ''),
      context.clock.now(),
    );
    response.setHeader('set-cookie', [
      `argocd.token=${token}; path=/; SameSite=lax; httpOnly`,
    ]);
    answer(response, { token });
  });

  router.get('/settings', (_, response) => {
    answer(response, {
      appLabelKey: 'app.kubernetes.io/instance',
      googleAnalytics: { anonymizeUsers: true },
      kustomizeOptions: { BuildOptions: '', BinaryPath: '', Versions: null },
      help: {},
      trackingMethod: 'annotation',
      syncWithReplaceAllowed: true,
    });
  });

  return router;
}
