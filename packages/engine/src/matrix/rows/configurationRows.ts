import { EnvironmentState } from '../environmentState';
import { map } from '../known';
import { LiveWorkload } from '../liveWorkload';
import { RowDefinition } from './RowDefinition';
import { resourceList } from './resourceList';
import { field, isRecord, joined, listOf } from './values';

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
      ...row('replicas', 'Replicas', [], live => live.desiredReplicas),
      comparison: { kind: 'declared', subject, pointers: ['/spec/replicas'] },
    },
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
