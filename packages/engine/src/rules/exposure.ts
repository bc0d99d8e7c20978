import { objectsAt, stringAt, valueAt } from '../model/json';
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
        '/spec/rules/*/host',
        '/spec/tls/*/hosts',
        '/spec/dnsNames',
        '/spec/commonName',
        '/spec/listeners/*/hostname',
        '/metadata/annotations/external-dns.alpha.kubernetes.io~1hostname',
      ],
      judge: ({ before, after }, { from, to }) =>
        before && after
          ? { class: 'expected', reason: 'Host names differ by environment' }
          : {
              class: 'violation',
              reason: `${before ? from.name : to.name} has a host name, ${
                before ? to.name : from.name
              } has not`,
            },
    },
  ],
  evaluate: hostVerdicts,
};

function hostsOf(environment: EnvironmentView): Host[] {
  return objectsOfKind(environment, ...ROUTES).flatMap(
    ({ subject, source }) => {
      const names = valueAt(source.value, 'spec', 'hostnames');
      return [
        ...(Array.isArray(names) ? names : []).map(host => ({
          host: String(host),
          subject,
          path: ['spec', 'hostnames'],
        })),
        ...objectsAt(source.value, 'spec', 'rules').flatMap((rule, index) => {
          const host = stringAt(rule, 'host');
          return host === undefined
            ? []
            : [{ host, subject, path: ['spec', 'rules', `${index}`, 'host'] }];
        }),
      ];
    },
  );
}

function hostVerdicts(context: RuleContext): Verdict[] {
  const owners = new Map<string, string[]>();
  const verdicts: Verdict[] = [];
  for (const environment of context.environments) {
    for (const { host, subject, path } of hostsOf(environment)) {
      const known = owners.get(host) ?? [];
      const others = known.filter(name => name !== environment.name);
      if (others.length > 0) {
        verdicts.push({
          outcome: 'fail',
          environments: [...others, environment.name],
          subject,
          path,
          reason: `${listed([...others, environment.name])} answer to ${host}`,
        });
      }
      if (environment.role === 'prod' && host.includes('*')) {
        verdicts.push({
          outcome: 'fail',
          environments: [environment.name],
          subject,
          path,
          reason: `${host} is a wildcard, in production`,
        });
      }
      owners.set(host, [...new Set([...known, environment.name])]);
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
