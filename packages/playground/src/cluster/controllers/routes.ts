import type { Clock, KubeObject } from '../../core';
import { kindNamed } from '../resources';
import type { ObjectStore } from '../store';
import { fieldsOf, objectsOf, sameContent, type Fields } from '../values';
import { conditionsNow, type Statement } from './conditions';
import type { Controller } from './controllerManager';
import { StatusController } from './StatusController';

/** The controller of the gateways that routes are attached to. */
export const GATEWAY_CONTROLLER = 'playground.example.com/gateway-controller';

/** Where a platform's load balancer would be: an address that documentation may use. */
const BALANCER = '192.0.2.10';

/** What a route names, and nobody has. */
function missingBackend(
  store: ObjectStore,
  route: KubeObject,
): string | undefined {
  const { namespace: home } = route.metadata;
  return objectsOf(fieldsOf(route.spec).rules)
    .flatMap(rule => objectsOf(rule.backendRefs))
    .filter(({ group, kind }) => group === '' && kind === 'Service')
    .map(({ namespace = home, name }) => ({
      namespace: String(namespace),
      name: String(name),
    }))
    .filter(
      ({ namespace, name }) =>
        !store.get(kindNamed('Service'), namespace, name),
    )
    .map(({ namespace, name }) => `service ${namespace}/${name} not found`)
    .at(0);
}

/** The gateways are the platform's, and taken as being there: every route is accepted, and told when it leads nowhere. */
export function routeController(
  store: ObjectStore,
  clock: Clock,
): StatusController {
  const parentStatus = (route: KubeObject, parentRef: Fields): Fields => {
    const observedGeneration = route.metadata.generation;
    const missing = missingBackend(store, route);
    const resolved: Statement =
      missing === undefined
        ? { type: 'ResolvedRefs', status: 'True', reason: 'ResolvedRefs' }
        : { type: 'ResolvedRefs', status: 'False', reason: 'BackendNotFound' };
    const before = objectsOf(fieldsOf(route.status).parents).find(parent =>
      sameContent(parent.parentRef, parentRef),
    );
    return {
      parentRef,
      controllerName: GATEWAY_CONTROLLER,
      conditions: conditionsNow(
        before?.conditions,
        [
          {
            type: 'Accepted',
            status: 'True',
            reason: 'Accepted',
            message: '',
            observedGeneration,
          },
          { ...resolved, message: missing ?? '', observedGeneration },
        ],
        clock.now(),
      ),
    };
  };
  return new StatusController({
    store,
    manager: 'gateway-controller',
    kind: 'HTTPRoute',
    looksAt: ['Service'],
    statusOf: route => ({
      parents: objectsOf(fieldsOf(route.spec).parentRefs).map(parentRef =>
        parentStatus(route, parentRef),
      ),
    }),
  });
}

/** Whatever its class: the platform has a controller for it. */
export function ingressController(store: ObjectStore): Controller {
  return new StatusController({
    store,
    manager: 'ingress-controller',
    kind: 'Ingress',
    statusOf: () => ({ loadBalancer: { ingress: [{ ip: BALANCER }] } }),
  });
}
