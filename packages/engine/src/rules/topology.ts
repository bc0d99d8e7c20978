import { targetsOf } from '../intent';
import { ModelObject } from '../model/environmentModel';
import { objectAt, objectsAt, stringAt, valueAt } from '../model/json';
import { describe } from './containers';
import {
  always,
  Applicability,
  EnvironmentView,
  notApplicable,
  Rule,
  RuleContext,
  Verdict,
} from './rule';
import { envNames, listed, objectsOfKind } from './view';

export const declaredEnvironments: Rule = {
  id: 'ENV-01',
  kind: 'sources agree',
  title: 'Exactly the declared environments exist',
  guideStep: 1,
  sources: ['intent', 'manifests', 'argocd'],
  semantics:
    'Every environment of the intent has manifests and an Argo CD Application, and nothing else has.',
  remedy:
    'Declare the environment in environments.yaml, or remove what is left of it.',
  appliesTo: always,
  evaluate: context => {
    const failures = [
      ...context.undeclared.map(
        (what): Verdict => ({
          outcome: 'fail',
          environments: [],
          subject: what,
          reason: `${what} belongs to no environment of the intent`,
        }),
      ),
      ...context.missing.map(
        (name): Verdict => ({
          outcome: 'unknown',
          environments: [name],
          subject: context.service,
          reason: `The manifests of ${name} are not known`,
        }),
      ),
      ...applicationVerdicts(context),
    ];
    return failures.length > 0
      ? failures
      : [
          {
            outcome: 'pass',
            environments: context.intent.environments.map(({ name }) => name),
            subject: context.service,
          },
        ];
  },
};

function applicationVerdicts(context: RuleContext): Verdict[] {
  const { argocd, intent } = context;
  if (!argocd) {
    return [];
  }
  const applications = argocd.filter(({ kind }) => kind === 'Application');
  if (argocd.some(({ kind }) => kind === 'ApplicationSet')) {
    return [
      {
        outcome: 'unknown',
        environments: [],
        subject: context.service,
        reason:
          'An ApplicationSet makes the Applications; which ones is for Argo CD to tell',
      },
    ];
  }
  const declared = new Set(intent.environments.map(({ name }) => name));
  const served = new Set<string>();
  const verdicts: Verdict[] = [];
  for (const application of applications) {
    const environment = environmentOfApplication(context, application.value);
    if (environment !== undefined && declared.has(environment)) {
      served.add(environment);
    } else if (environment !== undefined) {
      verdicts.push({
        outcome: 'fail',
        environments: [],
        subject: `argoproj.io/Application ${application.name}`,
        reason: `The Application is for ${environment}, which the intent does not declare`,
        locations: { [environment]: application.location },
      });
    }
  }
  for (const name of declared) {
    if (!served.has(name)) {
      verdicts.push({
        outcome: 'fail',
        environments: [name],
        subject: `argoproj.io/Application ${context.service}`,
        reason: `No Application brings ${name} into its cluster`,
        remedy: 'Add an Application for the overlay to argocd/applications.',
      });
    }
  }
  return verdicts;
}

/**
 * The environment of an Application: by its label, else by the overlay that it applies, else by destination. Undefined for
 * one that is none of the service's, an app of apps for example.
 */
export function environmentOfApplication(
  { intent }: RuleContext,
  application: Readonly<Record<string, unknown>>,
): string | undefined {
  const label = stringAt(application, 'metadata', 'labels', 'environment');
  if (label !== undefined) {
    return label;
  }
  const namespace = stringAt(application, 'spec', 'destination', 'namespace');
  const cluster = stringAt(application, 'spec', 'destination', 'name');
  const byDestination = intent.environments.find(environment =>
    targetsOf(environment).some(
      target =>
        target.namespace === namespace &&
        (cluster === undefined ||
          intent.clusters.some(
            entry =>
              entry.name === target.cluster &&
              (entry.argocd?.destination ?? entry.name) === cluster,
          )),
    ),
  );
  if (byDestination) {
    return byDestination.name;
  }
  const sources = [
    objectAt(application, 'spec', 'source'),
    ...objectsAt(application, 'spec', 'sources'),
  ];
  return sources
    .map(
      source =>
        /(?:^|\/)overlays\/([^/]+)\/?$/.exec(
          stringAt(source, 'path') ?? '',
        )?.[1],
    )
    .find(name => name !== undefined);
}

export const ownNamespaces: Rule = {
  id: 'ENV-03',
  kind: 'must differ',
  title: 'Every environment has a namespace of its own',
  guideStep: 2,
  sources: ['intent', 'manifests'],
  semantics:
    'No two environments share a namespace of a cluster; everything in the manifests goes into the namespace of its environment; namespaces are called <service>-<environment>.',
  remedy:
    "Set the namespace in the overlay's kustomization.yaml to the one of the intent.",
  appliesTo: always,
  evaluate: context =>
    context.environments.flatMap(environment => {
      const strays = [...environment.objects.values()].flatMap(object =>
        strayVerdict(environment, object),
      );
      const unusual = environment.tokens.namespaces.filter(
        namespace => namespace !== `${context.service}-${environment.name}`,
      );
      const named: Verdict[] = unusual.map(namespace => ({
        outcome: 'warn',
        environments: [environment.name],
        subject: `Namespace ${namespace}`,
        values: { [environment.name]: namespace },
        reason: `The namespace is not called ${context.service}-${environment.name}`,
        remedy: 'Nothing needs to change where the name is meant.',
      }));
      const verdicts = [...strays, ...named];
      return verdicts.length > 0
        ? verdicts
        : [
            {
              outcome: 'pass' as const,
              environments: [environment.name],
              subject: context.service,
              values: {
                [environment.name]: environment.tokens.namespaces.join(', '),
              },
            },
          ];
    }),
};

function strayVerdict(
  environment: EnvironmentView,
  { source, subject, kind }: ModelObject,
): Verdict[] {
  const { namespaces } = environment.tokens;
  const namespace = kind === 'Namespace' ? source.name : source.namespace;
  return namespace === undefined || namespaces.includes(namespace)
    ? []
    : [
        {
          outcome: 'fail',
          environments: [environment.name],
          subject,
          path: ['metadata', kind === 'Namespace' ? 'name' : 'namespace'],
          values: { [environment.name]: namespace },
          reason: `It goes into namespace ${namespace}; ${
            environment.name
          } is ${listed(namespaces)}`,
        },
      ];
}

const LEVELS: readonly unknown[] = ['privileged', 'baseline', 'restricted'];
const PSA = 'pod-security.kubernetes.io/';

function namespaceObjectsOf(environment: EnvironmentView): ModelObject[] {
  return objectsOfKind(environment, 'Namespace').filter(({ source }) =>
    environment.tokens.namespaces.includes(source.name),
  );
}

export const podSecurity: Rule = {
  id: 'ENV-07',
  kind: 'must match',
  title: 'The same pod security standard is enforced everywhere',
  guideStep: 3,
  sources: ['manifests', 'cluster'],
  semantics:
    'The namespace of every environment enforces the same level and version of the pod security standards; audit and warn are at least as strict.',
  remedy:
    'Set the pod-security.kubernetes.io labels of the Namespace in the base.',
  appliesTo: (context): Applicability => {
    const without = context.environments.filter(
      environment =>
        !namespaceObjectsOf(environment).some(
          ({ source }) => levelOf(source.value, 'enforce') !== undefined,
        ),
    );
    return without.length === context.environments.length
      ? {
          applies: false,
          outcome: 'unknown',
          reason:
            'No manifest labels the namespaces with a pod security level; what they enforce is for the clusters to tell',
        }
      : { applies: true };
  },
  subjects: context => [
    ...new Set(
      context.environments.flatMap(environment =>
        namespaceObjectsOf(environment).map(({ subject }) => subject),
      ),
    ),
  ],
  claims: [
    {
      at: ['enforce', 'enforce-version'].map(
        mode => `/metadata/labels/pod-security.kubernetes.io~1${mode}`,
      ),
      kinds: ['Namespace'],
      judge: (change, pair) => ({
        class: 'violation',
        reason: describe(change, pair, `the label ${change.place[2]}`),
      }),
    },
    {
      at: ['audit', 'audit-version', 'warn', 'warn-version'].map(
        mode => `/metadata/labels/pod-security.kubernetes.io~1${mode}`,
      ),
      kinds: ['Namespace'],
      judge: () => ({
        class: 'expected',
        reason: 'What is only reported may be stricter than what is enforced',
      }),
    },
  ],
  evaluate: context =>
    context.environments.flatMap(environment =>
      namespaceObjectsOf(environment).flatMap(({ source, subject }) => {
        const enforced = LEVELS.indexOf(levelOf(source.value, 'enforce'));
        return ['audit', 'warn'].flatMap((mode): Verdict[] => {
          const level = levelOf(source.value, mode);
          return level === undefined || LEVELS.indexOf(level) >= enforced
            ? []
            : [
                {
                  outcome: 'fail',
                  environments: [environment.name],
                  subject,
                  path: ['metadata', 'labels', `${PSA}${mode}`],
                  reason: `${mode} is ${level}, less strict than what is enforced`,
                },
              ];
        });
      }),
    ),
};

function levelOf(namespace: unknown, mode: string): string | undefined {
  return stringAt(namespace, 'metadata', 'labels', `${PSA}${mode}`);
}

const ROUTES = [
  'networking.k8s.io/Ingress',
  'gateway.networking.k8s.io/HTTPRoute',
  'gateway.networking.k8s.io/GRPCRoute',
] as const;

const hasRoutes = (context: RuleContext) =>
  context.environments.some(
    environment => objectsOfKind(environment, ...ROUTES).length > 0,
  );

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
        '/spec/rules/*/http',
        '/spec/rules/*/matches',
        '/spec/rules/*/filters',
        '/spec/rules/*/backendRefs',
        '/spec/rules/*/timeouts',
        '/metadata/annotations/kubernetes.io~1ingress.class',
      ],
      kinds: ROUTES,
      judge: (change, pair) => ({
        class: 'violation',
        reason: describe(change, pair, change.place.slice(1).join(' ')),
      }),
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

interface Host {
  readonly host: string;
  readonly subject: string;
  readonly path: readonly string[];
}

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
