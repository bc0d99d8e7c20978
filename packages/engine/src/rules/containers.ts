import { shownValue } from '../model/canonical';
import { parseImage } from '../model/image';
import { objectAt, objectsAt, stringAt } from '../model/json';
import { replaceOwnTokens } from '../model/tokens';
import { podSpecOf } from '../model/workloads';
import {
  always,
  EnvironmentView,
  Judgement,
  Pair,
  PlacedChange,
  Rule,
  RuleContext,
} from './rule';
import { workloadsOf } from './view';

const CONTAINER = '/pod/containers|initContainers|ephemeralContainers/*';

/** Subjects with a pod template, in any environment. */
export function workloadSubjects(context: RuleContext): string[] {
  return [
    ...new Set(
      context.environments.flatMap(environment =>
        workloadsOf(environment).map(object => object.subject),
      ),
    ),
  ];
}

/** Says which side lacks an entry, or that the two differ. */
export function describe(
  change: PlacedChange,
  { from, to }: Pair,
  what: string,
): string {
  if (!change.before || !change.after) {
    const [has, lacks] = change.before
      ? [from.name, to.name]
      : [to.name, from.name];
    return `${has} has ${what}, ${lacks} has not`;
  }
  return `${what[0].toUpperCase()}${what.slice(1)} differs between ${
    from.name
  } and ${to.name}`;
}

function violation(reason: string): Judgement {
  return { class: 'violation', reason };
}

export const containerDefinition: Rule = {
  id: 'K8S-02',
  kind: 'must match',
  title: 'Containers are the same everywhere',
  guideStep: 11,
  sources: ['manifests'],
  semantics:
    'Every container has the same name, image repository, command, arguments, working directory, ports, sources of environment variables, lifecycle hooks and security context in every environment; init containers run in the same order. The tag of an image that promotions carry may lag.',
  remedy:
    'Define it in the base, and take it out of the overlay that changes it.',
  appliesTo: always,
  subjects: workloadSubjects,
  claims: [
    { at: [`${CONTAINER}/image`], judge: judgeImage },
    {
      at: [`${CONTAINER}$`],
      judge: (change, pair) =>
        violation(describe(change, pair, `container ${change.place[2]}`)),
    },
    {
      at: ['/pod/initContainers$'],
      judge: (_change, { from, to }) =>
        violation(
          `The order of the init containers differs between ${from.name} and ${to.name}`,
        ),
    },
    {
      at: [
        'command',
        'args',
        'workingDir',
        'ports',
        'envFrom',
        'lifecycle',
        'securityContext',
      ].map(field => `${CONTAINER}/${field}`),
      judge: (change, pair) =>
        violation(describe(change, pair, words(change.place[3]))),
    },
    {
      at: ['/pod/securityContext'],
      judge: (change, pair) =>
        violation(describe(change, pair, "the pod's security context")),
    },
    {
      at: ['/pod/hostNetwork|hostPID|hostIPC|shareProcessNamespace'],
      judge: (change, pair) =>
        violation(describe(change, pair, change.place[1])),
    },
  ],
};

function words(field: string): string {
  const known: Readonly<Record<string, string>> = {
    args: 'the list of arguments',
    command: 'the command',
    workingDir: 'the working directory',
    ports: 'the container port',
    envFrom: 'the source of environment variables',
    lifecycle: 'the lifecycle hook',
    securityContext: 'the security context',
  };
  return known[field] ?? field;
}

function judgeImage(
  change: PlacedChange,
  pair: Pair,
  context: RuleContext,
): Judgement | undefined {
  const before = imageOf(change.before);
  const after = imageOf(change.after);
  if (!before || !after) {
    return violation(describe(change, pair, 'an image'));
  }
  if (before.repository !== after.repository) {
    return violation(
      `${pair.from.name} runs ${before.repository}, ${pair.to.name} ${after.repository}`,
    );
  }
  if (
    before.tag === after.tag &&
    before.digest !== undefined &&
    after.digest !== undefined
  ) {
    // One tag that means two images is for K8S-12.
    return undefined;
  }
  if (!isPromoted(change, before.repository, context)) {
    return {
      ...violation(
        `${before.repository} is not what promotions carry, so it stays different`,
      ),
      remedy: 'Set the tag in the base, so that every environment gets it.',
    };
  }
  const older = version(after);
  return {
    class: 'lag',
    reason:
      pair.from.name === pair.to.name
        ? `The release: ${version(before)} becomes ${older}`
        : `${pair.to.name} runs ${older}; the next promotion brings ${version(
            before,
          )}`,
  };
}

function version(image: { tag?: string; digest?: string }): string {
  return image.tag ?? image.digest?.slice(0, 19) ?? 'latest';
}

export function imageOf(node: PlacedChange['before']) {
  return node?.type === 'leaf' && typeof node.value === 'string'
    ? parseImage(node.value)
    : undefined;
}

/** Whether promotions bring the image along: the service's own, or the one that gives a workload its name. */
export function isPromoted(
  change: Pick<PlacedChange, 'place' | 'subject'>,
  repository: string,
  { intent, service }: RuleContext,
): boolean {
  const own = intent.service.image;
  if (own === undefined || parseImage(own).repository === repository) {
    return true;
  }
  const [, list, container] = change.place;
  const workload = change.subject.slice(change.subject.lastIndexOf(' ') + 1);
  return (
    list === 'containers' && container === workload && workload !== service
  );
}

export const environmentVariables: Rule = {
  id: 'K8S-03',
  kind: 'must match',
  title: 'Environment variables have the same names and sources',
  guideStep: 11,
  sources: ['manifests', 'intent'],
  semantics:
    "Every container has the same environment variables, from the same keys of the same Secrets and ConfigMaps. Values differ only for log levels, for addresses of external services, where the value names its own environment or release, and for variables that the intent lists in an environment's workload.env or in parity.allow.",
  remedy:
    "Set the variable in the base. If it may differ, list it in the environment's workload.env, or in parity.allow with the reason.",
  appliesTo: always,
  subjects: workloadSubjects,
  claims: [{ at: [`${CONTAINER}/env/*`], judge: judgeVariable }],
};

function judgeVariable(change: PlacedChange, pair: Pair): Judgement {
  const name = change.place[4];
  const { before, after } = change;
  const { from, to } = pair;
  if (!before || !after) {
    return violation(describe(change, pair, `variable ${name}`));
  }
  const [a, b] = [shownValue(before), shownValue(after)];
  if (typeof a === 'object' || typeof b === 'object') {
    return violation(
      `Variable ${name} has its value from somewhere else in ${to.name} than in ${from.name}`,
    );
  }
  const expected = (reason: string): Judgement => ({
    class: 'expected',
    reason,
  });
  if (/(^|_)LOG_?(LEVEL|VERBOSITY)$/i.test(name)) {
    return expected('Log levels may differ');
  }
  for (const { name: environment, environment: declared } of [to, from]) {
    if (Object.hasOwn(declared.workload?.env ?? {}, name)) {
      return expected(`The intent sets ${name} for ${environment}`);
    }
  }
  const [x, y] = [String(a), String(b)];
  if (namesOwnEnvironment(x, y, pair)) {
    return expected('Each value names its own environment');
  }
  if (followsRelease(change, x, y, pair)) {
    return { class: 'lag', reason: 'It follows the release' };
  }
  if (isEndpoint(name, x) && isEndpoint(name, y) && hostOf(x) !== hostOf(y)) {
    return expected('Addresses of external services may differ');
  }
  return violation(
    `Variable ${name} has another value in ${to.name} than in ${from.name}, and is not one whose values may differ`,
  );
}

export function namesOwnEnvironment(
  before: string,
  after: string,
  { from, to }: Pair,
): boolean {
  const own = replaceOwnTokens(before, from.tokens);
  return own !== before && own === replaceOwnTokens(after, to.tokens);
}

/** Both values are the tag or digest of an image that the same object runs, each in its environment. */
export function followsRelease(
  change: PlacedChange,
  before: string,
  after: string,
  { from, to }: Pair,
): boolean {
  return (
    releasesOf(from, change.subject).has(before) &&
    releasesOf(to, change.subject).has(after)
  );
}

function releasesOf(
  environment: EnvironmentView,
  subject: string,
): ReadonlySet<string> {
  const object = environment.objects.get(subject);
  const workloads =
    object && workloadsOf(environment).includes(object)
      ? [object]
      : workloadsOf(environment);
  const releases = new Set<string>();
  for (const { kind, source } of workloads) {
    for (const container of objectsAt(
      podSpecOf(kind, source.value),
      'containers',
    )) {
      const { tag, digest } = parseImage(stringAt(container, 'image') ?? '');
      [tag, digest].forEach(release => release && releases.add(release));
    }
  }
  return releases;
}

function isEndpoint(name: string, value: string): boolean {
  return (
    /^[a-z][a-z0-9+.-]*:\/\/[^/\s]/i.test(value) ||
    (/(URL|URI|HOST|HOSTNAME|ENDPOINT|ADDR|ADDRESS|SERVER|DOMAIN|BROKERS?|ORIGIN|ISSUER)S?$/i.test(
      name,
    ) &&
      /^[a-z0-9-]+(\.[a-z0-9-]+)*(:\d+)?(,[a-z0-9.:-]+)*$/i.test(value))
  );
}

function hostOf(value: string): string {
  return value
    .replace(/^[a-z][a-z0-9+.-]*:\/\//i, '')
    .replace(/[/?#].*$/, '')
    .replace(/^.*@/, '')
    .replace(/:\d+$/, '');
}

const PROBE = `${CONTAINER}/startupProbe|readinessProbe|livenessProbe`;

const PROBE_WORDS: Readonly<Record<string, string>> = {
  startupProbe: 'startup probe',
  readinessProbe: 'readiness probe',
  livenessProbe: 'liveness probe',
};

export const probes: Rule = {
  id: 'K8S-04',
  kind: 'must match',
  title: 'Probes are the same everywhere',
  guideStep: 11,
  sources: ['manifests'],
  semantics:
    'Every container has the same kinds of probes, with the same handler, path, port and scheme. Timings that differ are a warning.',
  remedy: 'Define the probe in the base, and take it out of the overlay.',
  appliesTo: context =>
    context.environments.some(environment =>
      workloadsOf(environment).some(({ kind, source }) =>
        objectsAt(podSpecOf(kind, source.value), 'containers').some(container =>
          Object.keys(PROBE_WORDS).some(
            probe => Object.keys(objectAt(container, probe)).length > 0,
          ),
        ),
      ),
    )
      ? { applies: true }
      : {
          applies: false,
          outcome: 'not-applicable',
          reason: 'No container has a probe',
        },
  subjects: workloadSubjects,
  claims: [
    {
      at: [
        `${PROBE}/initialDelaySeconds|periodSeconds|timeoutSeconds|successThreshold|failureThreshold|terminationGracePeriodSeconds`,
      ],
      judge: ({ place }, { from, to }) => ({
        class: 'warn',
        reason: `${place[4]} of the ${PROBE_WORDS[place[3]]} differs between ${
          from.name
        } and ${to.name}; that changes when it gives up, not what it asks`,
      }),
    },
    {
      at: [PROBE],
      judge: (change, pair) =>
        violation(
          describe(
            change,
            pair,
            [`the ${PROBE_WORDS[change.place[3]]}`, ...change.place.slice(5)]
              .join(' ')
              .trim(),
          ),
        ),
    },
  ],
};
