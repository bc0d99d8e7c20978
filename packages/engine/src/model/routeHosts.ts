import { objectsAt, stringAt, valueAt } from './json';
import { ManifestObject } from './parseManifests';

/** Where the kinds that expose a service to the outside, or certify it, name their hosts. */
const HOST_LISTS: Readonly<Record<string, readonly string[]>> = {
  'gateway.networking.k8s.io/HTTPRoute': ['spec', 'hostnames'],
  'gateway.networking.k8s.io/GRPCRoute': ['spec', 'hostnames'],
  'gateway.networking.k8s.io/TLSRoute': ['spec', 'hostnames'],
  'cert-manager.io/Certificate': ['spec', 'dnsNames'],
  'networking.istio.io/VirtualService': ['spec', 'hosts'],
};

/** The hosts under which objects expose a service: without wildcards, and without names inside of the cluster. */
export function routeHostsOf(objects: readonly ManifestObject[]): string[] {
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
    const list = Object.hasOwn(HOST_LISTS, kind)
      ? valueAt(object.value, ...HOST_LISTS[kind])
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
