import { hostsOfRoute, ROUTE_KINDS } from '../model/routeHosts';
import {
  EnvironmentView,
  Rule,
  RuleContext,
  Verdict,
  notApplicable,
} from './rule';
import { envNames, listed, objectsOfKind } from './view';
import { isOwnName } from './releases';
import { describe } from './subjects';

const ROUTES = [
  'networking.k8s.io/Ingress',
  'gateway.networking.k8s.io/HTTPRoute',
  'gateway.networking.k8s.io/GRPCRoute',
] as const;

const hasRoutes = (context: RuleContext) =>
  context.environments.some(
    environment => objectsOfKind(environment, ...ROUTES).length > 0,
  );

/** Fields that mean something else in kinds that are no routes: a DestinationRule, a ServiceEntry. */
const HOST_OR_TARGET = new Set(['host', 'hosts', 'virtualhost']);

interface Host {
  readonly host: string;
  readonly subject: string;
  readonly path: readonly string[];
}

export const ingressPattern: Rule = {
  id: 'ENV-08',
  kind: 'must match',
  title: 'Requests come in the same way everywhere',
  guideStep: 3,
  sources: ['manifests', 'cluster'],
  semantics:
    'Ingresses name the same class and routes the same Gateway and listener in every environment, with the same paths and backends; only host names differ.',
  remedy: 'Define the route in the base, and only its host in the overlay.',
  appliesTo: context =>
    hasRoutes(context)
      ? { applies: true }
      : notApplicable('Nothing is exposed'),
  subjects: context => [
    ...new Set(
      context.environments.flatMap(environment =>
        objectsOfKind(environment, ...ROUTES).map(({ subject }) => subject),
      ),
    ),
  ],
  claims: [
    {
      at: [
        '/spec/ingressClassName',
        '/spec/parentRefs',
        '/spec/defaultBackend',
        '/spec/rules/*$',
        '/spec/rules/*/http',
        '/spec/rules/*/matches',
        '/spec/rules/*/filters',
        '/spec/rules/*/backendRefs',
        '/spec/rules/*/timeouts',
        '/spec/tls/*$',
        '/metadata/annotations/kubernetes.io~1ingress.class',
      ],
      kinds: ROUTES,
      judge: (change, pair) =>
        isOwnName(change, pair)
          ? undefined
          : {
              class: 'violation',
              reason: describe(
                change,
                pair,
                change.place[1] === 'tls'
                  ? 'TLS for its host'
                  : change.place.slice(1).join(' '),
              ),
            },
    },
  ],
};

export const hostNames: Rule = {
  id: 'ENV-09',
  kind: 'must differ',
  title: 'No two environments answer to the same host name',
  guideStep: 11,
  sources: ['manifests', 'intent'],
  semantics:
    'The host names of the environments are disjoint, and production has no wildcard.',
  remedy: 'Give every environment a host name of its own in its overlay.',
  appliesTo: context =>
    context.environments.some(environment => hostsOf(environment).length > 0)
      ? { applies: true }
      : notApplicable('No host name is declared'),
  claims: [
    {
      at: [
        '/spec/hostnames',
        '/spec/hosts',
        '/spec/host',
        '/spec/virtualhost/fqdn',
        '/spec/rules/*/host',
        '/spec/tls/*/hosts',
        '/spec/dnsNames',
        '/spec/commonName',
        '/spec/listeners/*/hostname',
        '/metadata/annotations/external-dns.alpha.kubernetes.io~1hostname',
      ],
      judge: ({ path, kind, before, after }, { from, to }) => {
        if (HOST_OR_TARGET.has(path[1]) && !ROUTE_KINDS.includes(kind)) {
          // A host that traffic goes to, and none under which anybody answers.
          return undefined;
        }
        return before && after
          ? { class: 'expected', reason: 'Host names differ by environment' }
          : {
              class: 'violation',
              reason: `${before ? from.name : to.name} has a host name, ${
                before ? to.name : from.name
              } has not`,
            };
      },
    },
  ],
  evaluate: hostVerdicts,
};

function hostsOf(environment: EnvironmentView): Host[] {
  return objectsOfKind(environment, ...ROUTE_KINDS).flatMap(
    ({ subject, kind, source }) =>
      hostsOfRoute(kind, source.value).map(({ host, path }) => ({
        host,
        subject,
        path,
      })),
  );
}

function hostVerdicts(context: RuleContext): Verdict[] {
  const owners = new Map<string, { name: string; at: Host }[]>();
  const verdicts: Verdict[] = [];
  for (const environment of context.environments) {
    for (const at of hostsOf(environment)) {
      const known = owners.get(at.host) ?? [];
      owners.set(at.host, [...known, { name: environment.name, at }]);
      if (environment.role === 'prod' && at.host.includes('*')) {
        verdicts.push({
          outcome: 'fail',
          environments: [environment.name],
          subject: at.subject,
          path: at.path,
          reason: `${at.host} is a wildcard, in production`,
        });
      }
    }
  }
  for (const [host, found] of owners) {
    const names = [...new Set(found.map(({ name }) => name))];
    const { at } = found[found.length - 1];
    if (names.length > 1) {
      verdicts.push({
        outcome: 'fail',
        environments: names,
        subject: at.subject,
        path: at.path,
        reason: `${listed(names)} answer to ${host}`,
      });
    }
  }
  return verdicts.length > 0
    ? verdicts
    : [
        {
          outcome: 'pass',
          environments: envNames(context.environments),
          subject: context.service,
        },
      ];
}
