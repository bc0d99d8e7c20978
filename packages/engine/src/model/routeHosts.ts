import { textOf } from './canonical';
import { JsonObject, objectsAt, stringAt, valueAt } from './json';
import { ManifestObject } from './parseManifests';

/** A host under which an object exposes a service, with its place in the object. */
export interface ExposedHost {
  readonly host: string;
  readonly path: readonly string[];
}

const listAt =
  (...path: string[]) =>
  (value: JsonObject): ExposedHost[] => {
    const list = valueAt(value, ...path);
    return (Array.isArray(list) ? list : []).map(host => ({
      host: textOf(host),
      path,
    }));
  };

const fieldAt =
  (...path: string[]) =>
  (value: JsonObject): ExposedHost[] => {
    const host = stringAt(value, ...path);
    return host === undefined ? [] : [{ host, path }];
  };

const itemsAt =
  (list: string, field: string) =>
  (value: JsonObject): ExposedHost[] =>
    objectsAt(value, 'spec', list).flatMap((item, index) => {
      const host = stringAt(item, field);
      return host === undefined
        ? []
        : [{ host, path: ['spec', list, `${index}`, field] }];
    });

/** Rules of Traefik: Host(`shop.example.com`, `www.example.com`) && PathPrefix(`/`). */
function hostsInRules(value: JsonObject): ExposedHost[] {
  return objectsAt(value, 'spec', 'routes').flatMap((route, index) => {
    const rule = stringAt(route, 'match') ?? '';
    return [...rule.matchAll(/\bHost(?:SNI)?\(([^)]*)\)/g)].flatMap(
      ([, names]) =>
        [...names.matchAll(/[`"']([^`"']+)[`"']/g)].map(([, host]) => ({
          host,
          path: ['spec', 'routes', `${index}`, 'match'],
        })),
    );
  });
}

const ROUTES: Readonly<
  Record<string, (value: JsonObject) => readonly ExposedHost[]>
> = {
  'networking.k8s.io/Ingress': itemsAt('rules', 'host'),
  'gateway.networking.k8s.io/HTTPRoute': listAt('spec', 'hostnames'),
  'gateway.networking.k8s.io/GRPCRoute': listAt('spec', 'hostnames'),
  'gateway.networking.k8s.io/TLSRoute': listAt('spec', 'hostnames'),
  'networking.istio.io/VirtualService': listAt('spec', 'hosts'),
  'route.openshift.io/Route': fieldAt('spec', 'host'),
  'projectcontour.io/HTTPProxy': fieldAt('spec', 'virtualhost', 'fqdn'),
  'traefik.io/IngressRoute': hostsInRules,
  'traefik.containo.us/IngressRoute': hostsInRules,
};

/** Say it too, where nothing else does. */
const CERTIFICATES: typeof ROUTES = {
  'cert-manager.io/Certificate': listAt('spec', 'dnsNames'),
};

/** Kinds that expose a service to the outside, as `group/Kind`. */
export const ROUTE_KINDS: readonly string[] = Object.keys(ROUTES);

/** The hosts under which an object exposes a service: with wildcards, and without names inside of the cluster. */
export function hostsOfRoute(
  kind: string,
  value: JsonObject,
): readonly ExposedHost[] {
  const hosts = Object.hasOwn(ROUTES, kind) ? ROUTES[kind](value) : [];
  return hosts.filter(({ host }) => host === '*' || isOutside(host));
}

function isOutside(host: string): boolean {
  return host.includes('.') && !/\.svc(\.|$)|\.local$/.test(host);
}

/** The hosts under which objects expose a service: without wildcards, and without names inside of the cluster. */
export function routeHostsOf(objects: readonly ManifestObject[]): string[] {
  const hosts = hostsIn(objects, ROUTES);
  return hosts.length > 0 ? hosts : hostsIn(objects, CERTIFICATES);
}

function hostsIn(
  objects: readonly ManifestObject[],
  kinds: typeof ROUTES,
): string[] {
  const hosts = objects.flatMap(({ group, kind, value }) => {
    const name = `${group}/${kind}`;
    return Object.hasOwn(kinds, name)
      ? kinds[name](value).map(({ host }) => host)
      : [];
  });
  return [...new Set(hosts)].filter(
    host => /^[a-z0-9-]+(\.[a-z0-9-]+)+$/i.test(host) && isOutside(host),
  );
}
