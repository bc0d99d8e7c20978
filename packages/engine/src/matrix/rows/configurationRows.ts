import { EnvironmentState } from '../environmentState';
import { map } from '../known';
import { LiveWorkload } from '../liveWorkload';
import { Reading, RowDefinition } from './RowDefinition';
import { resourceList } from './resourceList';
import { field, isRecord, joined, listOf } from './values';

const AUTOSCALED = 'autoscaled';

const AUTOSCALER = 'HorizontalPodAutoscaler';

/** What the main workload is told: a row per setting, and one per environment variable that any environment has. */
export function configurationRows(options: {
  /** `apps/Deployment checkout` */
  subject: string;
  /** Where its pod template stands: itself, or what a Rollout takes it from. */
  templateSubject: string;
  container: string;
  states: readonly EnvironmentState[];
}): RowDefinition[] {
  const { subject, templateSubject, container, states } = options;
  const at = `/spec/template/spec/containers/${container}`;
  const row = (
    id: string,
    title: string,
    pointers: readonly string[],
    read: (live: LiveWorkload) => unknown,
  ): RowDefinition => ({
    id: `configuration.${id}`,
    group: 'configuration',
    title,
    comparison: { kind: 'declared', subject: templateSubject, pointers },
    read: ({ workload }) => ({ known: map(workload, read, 'Not set') }),
  });
  const probe = (
    id: string,
    title: string,
    name: 'startupProbe' | 'readinessProbe' | 'livenessProbe',
  ) =>
    row(id, title, [`${at}/${name}`], live => probeText(live.container[name]));
  const resources = (title: string, part: 'requests' | 'limits') =>
    row(part, title, [`${at}/resources/${part}`], live =>
      resourcesText(live.container.resources, part),
    );
  return [
    {
      ...row('replicas', 'Replicas', [], () => undefined),
      comparison: {
        kind: 'declared',
        subject,
        pointers: ['/spec/replicas'],
        declaredPart: value => (typeof value === 'string' ? AUTOSCALED : value),
      },
      read: replicasReading,
    },
    ...autoscalingRow(states),
    row(
      'image',
      'Image repository',
      [`${at}/image/repository`],
      live => live.wanted.repository,
    ),
    row('command', 'Command', [`${at}/command`, `${at}/args`], live =>
      joined(
        [...listOf(live.container.command), ...listOf(live.container.args)],
        ' ',
      ),
    ),
    row('ports', 'Ports', [`${at}/ports`], live =>
      joined(listOf(live.container.ports).map(portText), ', '),
    ),
    probe('startup-probe', 'Startup probe', 'startupProbe'),
    probe('readiness-probe', 'Readiness probe', 'readinessProbe'),
    probe('liveness-probe', 'Liveness probe', 'livenessProbe'),
    resources('Requests', 'requests'),
    resources('Limits', 'limits'),
    row('mounts', 'Volume mounts', [`${at}/volumeMounts`], live =>
      joined(
        listOf(live.container.volumeMounts).map(mount =>
          field(mount, 'mountPath'),
        ),
        ', ',
      ),
    ),
    row(
      'security',
      'Security context',
      [`${at}/securityContext`, '/spec/template/spec/securityContext'],
      securityText,
    ),
    ...variableNames(states).map(name =>
      row(`env.${name}`, name, [`${at}/env/${escapePointer(name)}`], live =>
        variablesOf(live).get(name),
      ),
    ),
  ];
}

/** The wanted number: declared, or where an autoscaler decides on it, measured. */
function replicasReading(state: EnvironmentState): Reading {
  const autoscalers = state.objects(AUTOSCALER).value ?? [];
  return {
    known: map(
      state.workload,
      ({ desiredReplicas, object }) =>
        autoscalers.some(
          ({ spec }) =>
            isRecord(spec) &&
            field(spec.scaleTargetRef, 'name') === object.metadata.name,
        )
          ? `${desiredReplicas}, ${AUTOSCALED}`
          : desiredReplicas,
      'Not set',
    ),
  };
}

/** Between which numbers it scales by itself; no row where nothing does. */
function autoscalingRow(states: readonly EnvironmentState[]): RowDefinition[] {
  const kind = AUTOSCALER;
  return states.some(state => (state.objects(kind).value ?? []).length > 0)
    ? [
        {
          id: 'configuration.autoscaling',
          group: 'configuration',
          title: 'Autoscaling',
          comparison: {
            kind: 'declared',
            subject: `autoscaling/${kind}`,
            pointers: [''],
          },
          read: state => ({
            known: map(state.objects(kind), ([{ spec }]) => {
              const most = field(spec, 'maxReplicas');
              return (
                most && `${field(spec, 'minReplicas') ?? 1} to ${most} replicas`
              );
            }),
          }),
        },
      ]
    : [];
}

function variableNames(states: readonly EnvironmentState[]): string[] {
  const names = states.flatMap(({ workload }) =>
    workload.value ? [...variablesOf(workload.value).keys()] : [],
  );
  return [...new Set(names)].sort();
}

function variablesOf(live: LiveWorkload): ReadonlyMap<string, string> {
  return new Map(
    listOf(live.container.env).flatMap((entry): [string, string][] => {
      const name = field(entry, 'name');
      return name === undefined
        ? []
        : [[name, field(entry, 'value') ?? referenceText(entry)]];
    }),
  );
}

/** Where a value comes from; the value itself is nobody's business here. */
function referenceText(entry: unknown): string {
  const from = isRecord(entry) ? entry.valueFrom : undefined;
  if (!isRecord(from)) {
    return '(empty)';
  }
  for (const [kind, word] of [
    ['secretKeyRef', 'secret'],
    ['configMapKeyRef', 'config map'],
  ] as const) {
    if (isRecord(from[kind])) {
      return `from ${word} ${field(from[kind], 'name') ?? '?'}, key ${
        field(from[kind], 'key') ?? '?'
      }`;
    }
  }
  return isRecord(from.fieldRef)
    ? `from field ${field(from.fieldRef, 'fieldPath') ?? '?'}`
    : 'from a reference';
}

function escapePointer(segment: string): string {
  return segment.replaceAll('~', '~0').replaceAll('/', '~1');
}

function portText(port: unknown): string {
  return `${field(port, 'name') ?? ''}:${field(port, 'containerPort') ?? '?'}`;
}

function probeText(probe: unknown): string | undefined {
  if (!isRecord(probe)) {
    return undefined;
  }
  if (isRecord(probe.httpGet)) {
    return `GET ${field(probe.httpGet, 'path') ?? '/'} :${
      field(probe.httpGet, 'port') ?? '?'
    }`;
  }
  if (isRecord(probe.tcpSocket)) {
    return `TCP :${field(probe.tcpSocket, 'port') ?? '?'}`;
  }
  if (isRecord(probe.grpc)) {
    return `gRPC :${field(probe.grpc, 'port') ?? '?'}`;
  }
  return isRecord(probe.exec)
    ? joined(listOf(probe.exec.command), ' ')
    : undefined;
}

function resourcesText(
  resources: unknown,
  part: 'requests' | 'limits',
): string | undefined {
  return isRecord(resources) && isRecord(resources[part])
    ? resourceList(resources[part])
    : undefined;
}

function securityText(live: LiveWorkload): string {
  const pod = live.workload.spec.template.spec.securityContext;
  const container = live.container.securityContext;
  const both = {
    ...(isRecord(pod) ? pod : {}),
    ...(isRecord(container) ? container : {}),
  };
  return [
    both.runAsNonRoot === true ? 'non-root' : 'may be root',
    both.readOnlyRootFilesystem === true ? 'read-only' : 'writable',
    both.allowPrivilegeEscalation === false ? 'no escalation' : 'may escalate',
  ].join(', ');
}
