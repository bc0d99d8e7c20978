import { objectsAt, stringAt, valueAt } from './json';
import { ManifestObject } from './parseManifests';

/** Where the kinds that expose a service to the outside name their hosts. */
const ROUTES: Readonly<Record<string, readonly string[]>> = {
  'gateway.networking.k8s.io/HTTPRoute': ['spec', 'hostnames'],
  'gateway.networking.k8s.io/GRPCRoute': ['spec', 'hostnames'],
  'gateway.networking.k8s.io/TLSRoute': ['spec', 'hostnames'],
  'networking.istio.io/VirtualService': ['spec', 'hosts'],
};

/** Say it too, where nothing else does. */
const CERTIFICATES: typeof ROUTES = {
  'cert-manager.io/Certificate': ['spec', 'dnsNames'],
};

/** The hosts under which objects expose a service: without wildcards, and without names inside of the cluster. */
export function routeHostsOf(objects: readonly ManifestObject[]): string[] {
  const hosts = hostsIn(objects, ROUTES);
  return hosts.length > 0 ? hosts : hostsIn(objects, CERTIFICATES);
}

function hostsIn(
  objects: readonly ManifestObject[],
  lists: typeof ROUTES,
): string[] {
  const hosts = objects.flatMap(object => {
    const kind = `${object.group}/${object.kind}`;
    if (kind === 'networking.k8s.io/Ingress') {
      return objectsAt(object.value, 'spec', 'rules').map(rule =>
        stringAt(rule, 'host'),
      );
    }
    if (kind === 'route.openshift.io/Route') {
      return [stringAt(object.value, 'spec', 'host')];
    }
    const list = Object.hasOwn(lists, kind)
      ? valueAt(object.value, ...lists[kind])
      : undefined;
    return Array.isArray(list) ? list.map(String) : [];
  });
  return [...new Set(hosts)].filter(
    (host): host is string =>
      host !== undefined &&
      /^[a-z0-9-]+(\.[a-z0-9-]+)+$/i.test(host) &&
      !/\.svc(\.|$)|\.local$/.test(host),
  );
}
