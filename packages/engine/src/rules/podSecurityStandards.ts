import {
  JsonObject,
  objectAt,
  objectsAt,
  stringAt,
  valueAt,
} from '../model/json';
import {
  ContainerView,
  containersOf,
  objectsOfKind,
  podSpec,
  workloadsOf,
} from './view';
import { nodeAt } from '../model/canonical';
import { ModelObject } from '../model/environmentModel';
import { templatePath } from '../model/workloads';
import {
  EnvironmentView,
  Rule,
  RuleContext,
  Verdict,
  notApplicable,
  unknown,
} from './rule';

type Level = 'privileged' | 'baseline' | 'restricted';

/** A place that a standard forbids, and why. */
interface Problem {
  readonly path: readonly string[];
  readonly reason: string;
}

const ENFORCE = 'pod-security.kubernetes.io/enforce';

export const podSecurityStandard: Rule = {
  id: 'K8S-19',
  kind: 'absolute',
  title: 'Pods keep to the pod security standard of their namespace',
  guideStep: 12,
  sources: ['manifests'],
  semantics:
    'Every pod template satisfies the Pod Security Standard that its namespace enforces, baseline or restricted, as the Kubernetes documentation defines it: a pod that does not is refused when it is created, and the workload stays without pods.',
  remedy: 'Set the security context that the standard asks for, in the base.',
  appliesTo: context => {
    if (!context.environments.some(({ objects }) => objects.size > 0)) {
      return notApplicable('There are no manifests');
    }
    return context.environments.some(
      environment => levelOf(environment) !== undefined,
    )
      ? { applies: true }
      : unknown(
          'No manifest labels the namespaces with a pod security level; what they enforce is for the clusters to tell',
        );
  },
  evaluate: context =>
    context.environments.flatMap(environment => {
      const level = levelOf(environment);
      if (level === undefined || level === 'privileged') {
        return [];
      }
      return workloadsOf(environment).flatMap(workload =>
        workloadVerdicts(context, environment, workload, level),
      );
    }),
};

/** What the namespace of an environment enforces; undefined where no manifest says so. */
function levelOf(environment: EnvironmentView): Level | undefined {
  const [level] = objectsOfKind(environment, 'Namespace').flatMap(
    ({ source }) => {
      const value = stringAt(source.value, 'metadata', 'labels', ENFORCE);
      return value === undefined ? [] : [value];
    },
  );
  return level === 'privileged' ||
    level === 'baseline' ||
    level === 'restricted'
    ? level
    : undefined;
}

/** What containers take over from the security context of their pod. */
const INHERITED = ['runAsNonRoot', 'seccompProfile'];

function workloadVerdicts(
  context: RuleContext,
  environment: EnvironmentView,
  workload: ModelObject,
  level: 'baseline' | 'restricted',
): Verdict[] {
  const template = templatePath(workload.kind) ?? [];
  const podPath = [...template, 'spec', 'securityContext'];
  // Where an environment says it once for all containers, it is missing once.
  const inherited = INHERITED.filter(field =>
    context.environments.some(({ objects }) =>
      nodeAt(objects.get(workload.subject)?.node, [...podPath, field]),
    ),
  );
  const problems = [
    ...podProblems(podSpec(workload), level).map(problem => ({
      ...problem,
      path: [...template, 'spec', ...problem.path],
    })),
    ...containersOf(workload).flatMap(container =>
      containerProblems(podSpec(workload), container, level).map(problem => {
        const [, field] = problem.path;
        const own = valueAt(container.value, 'securityContext', field);
        return {
          ...problem,
          path:
            own === undefined && inherited.includes(field)
              ? [...podPath, field]
              : [...container.path, ...problem.path],
        };
      }),
    ),
  ].map(problem => ({
    ...problem,
    path: wholeContext(context, workload, problem.path),
  }));
  const reasons = new Map<string, { path: readonly string[]; all: string[] }>();
  for (const { path, reason } of problems) {
    const key = path.join('\n');
    const known = reasons.get(key);
    if (known) {
      known.all.push(reason);
    } else {
      reasons.set(key, { path, all: [reason] });
    }
  }
  const base = { environments: [environment.name], subject: workload.subject };
  return reasons.size === 0
    ? [{ ...base, outcome: 'pass' }]
    : [...reasons.values()].map(({ path, all }) => ({
        ...base,
        outcome: 'fail',
        path,
        reason: `${[...new Set(all)].join('. ')}; namespace ${
          environment.name
        } enforces ${level}`,
      }));
}

/** The security context itself, where it is missing as a whole and another environment has it. */
function wholeContext(
  context: RuleContext,
  workload: ModelObject,
  path: readonly string[],
): readonly string[] {
  const whole = path.slice(0, path.lastIndexOf('securityContext') + 1);
  return whole.length > 0 &&
    !nodeAt(workload.node, whole) &&
    context.environments.some(({ objects }) =>
      nodeAt(objects.get(workload.subject)?.node, whole),
    )
    ? whole
    : path;
}

const SAFE_SYSCTLS = new Set([
  'kernel.shm_rmid_forced',
  'net.ipv4.ip_local_port_range',
  'net.ipv4.ip_unprivileged_port_start',
  'net.ipv4.tcp_syncookies',
  'net.ipv4.ping_group_range',
  'net.ipv4.ip_local_reserved_ports',
  'net.ipv4.tcp_keepalive_time',
  'net.ipv4.tcp_fin_timeout',
  'net.ipv4.tcp_keepalive_intvl',
  'net.ipv4.tcp_keepalive_probes',
  'net.ipv4.tcp_rmem',
  'net.ipv4.tcp_wmem',
]);

const RESTRICTED_VOLUMES = new Set([
  'configMap',
  'csi',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'image',
  'persistentVolumeClaim',
  'projected',
  'secret',
]);

function podProblems(spec: JsonObject, level: Level): Problem[] {
  const problems: Problem[] = [];
  for (const field of ['hostNetwork', 'hostPID', 'hostIPC']) {
    if (spec[field] === true) {
      problems.push({
        path: [field],
        reason: `The pods share the ${field
          .slice(4)
          .toLowerCase()} of the node`,
      });
    }
  }
  for (const volume of objectsAt(spec, 'volumes')) {
    const name = stringAt(volume, 'name') ?? '';
    const [type] = Object.keys(volume).filter(key => key !== 'name');
    if (type === 'hostPath') {
      problems.push({
        path: ['volumes', name],
        reason: `Volume ${name} is a folder of the node`,
      });
    } else if (
      level === 'restricted' &&
      type !== undefined &&
      !RESTRICTED_VOLUMES.has(type)
    ) {
      problems.push({
        path: ['volumes', name],
        reason: `Volume ${name} is of type ${type}`,
      });
    }
  }
  for (const { name } of objectsAt(spec, 'securityContext', 'sysctls')) {
    if (typeof name === 'string' && !SAFE_SYSCTLS.has(name)) {
      problems.push({
        path: ['securityContext', 'sysctls'],
        reason: `The pods set ${name}`,
      });
    }
  }
  const context = objectAt(spec, 'securityContext');
  problems.push(
    ...contextProblems(context).map(problem => ({
      ...problem,
      path: ['securityContext', ...problem.path],
    })),
  );
  if (level === 'restricted' && context.runAsUser === 0) {
    problems.push({
      path: ['securityContext', 'runAsUser'],
      reason: 'The pods run as root',
    });
  }
  return problems;
}

const SELINUX_TYPES = [
  undefined,
  '',
  'container_t',
  'container_init_t',
  'container_kvm_t',
  'container_engine_t',
];

/** What baseline asks of a security context, of a pod or of a container. */
function contextProblems(context: JsonObject): Problem[] {
  const problems: Problem[] = [];
  const forbid = (isWrong: boolean, path: string[], reason: string) => {
    if (isWrong) {
      problems.push({ path, reason });
    }
  };
  forbid(
    valueAt(context, 'windowsOptions', 'hostProcess') === true,
    ['windowsOptions', 'hostProcess'],
    'A process of the host is run',
  );
  forbid(
    stringAt(context, 'seccompProfile', 'type') === 'Unconfined',
    ['seccompProfile', 'type'],
    'Seccomp is switched off',
  );
  forbid(
    stringAt(context, 'appArmorProfile', 'type') === 'Unconfined',
    ['appArmorProfile', 'type'],
    'AppArmor is switched off',
  );
  const selinux = objectAt(context, 'seLinuxOptions');
  forbid(
    !SELINUX_TYPES.includes(
      typeof selinux.type === 'string' ? selinux.type : undefined,
    ),
    ['seLinuxOptions', 'type'],
    `The SELinux type ${selinux.type} is not one of containers`,
  );
  for (const field of ['user', 'role']) {
    forbid(
      selinux[field] !== undefined && selinux[field] !== '',
      ['seLinuxOptions', field],
      `The SELinux ${field} is set`,
    );
  }
  return problems;
}

const BASELINE_CAPABILITIES = new Set([
  'AUDIT_WRITE',
  'CHOWN',
  'DAC_OVERRIDE',
  'FOWNER',
  'FSETID',
  'KILL',
  'MKNOD',
  'NET_BIND_SERVICE',
  'SETFCAP',
  'SETGID',
  'SETPCAP',
  'SETUID',
  'SYS_CHROOT',
]);

function containerProblems(
  pod: JsonObject,
  { value, name }: ContainerView,
  level: Level,
): Problem[] {
  const context = objectAt(value, 'securityContext');
  const problems: Problem[] = contextProblems(context).map(problem => ({
    ...problem,
    path: ['securityContext', ...problem.path],
  }));
  const forbid = (isWrong: boolean, path: string[], reason: string) => {
    if (isWrong) {
      problems.push({ path: ['securityContext', ...path], reason });
    }
  };
  forbid(
    context.privileged === true,
    ['privileged'],
    `Container ${name} is privileged`,
  );
  forbid(
    context.procMount !== undefined && context.procMount !== 'Default',
    ['procMount'],
    `Container ${name} sees all of /proc`,
  );
  const added = names(valueAt(context, 'capabilities', 'add'));
  const allowed =
    level === 'restricted'
      ? new Set(['NET_BIND_SERVICE'])
      : BASELINE_CAPABILITIES;
  const beyond = added.filter(capability => !allowed.has(capability));
  forbid(
    beyond.length > 0,
    ['capabilities', 'add'],
    `Container ${name} adds ${beyond.join(', ')}`,
  );
  objectsAt(value, 'ports').forEach(port => {
    if (typeof port.hostPort === 'number' && port.hostPort !== 0) {
      problems.push({
        path: [
          'ports',
          `${port.containerPort}/${port.protocol ?? 'TCP'}`,
          'hostPort',
        ],
        reason: `Container ${name} takes port ${port.hostPort} of the node`,
      });
    }
  });
  problems.push(...hostProblems(value, name));
  if (level === 'restricted') {
    problems.push(...restrictedProblems(pod, context, name));
  }
  return problems;
}

/** Probes and hooks that ask another host, which baseline forbids since Kubernetes 1.34. */
function hostProblems(container: JsonObject, name: string): Problem[] {
  const handlers: (readonly string[])[] = [
    ['startupProbe'],
    ['readinessProbe'],
    ['livenessProbe'],
    ['lifecycle', 'postStart'],
    ['lifecycle', 'preStop'],
  ];
  return handlers.flatMap(path =>
    ['httpGet', 'tcpSocket'].flatMap(kind => {
      const host = stringAt(container, ...path, kind, 'host');
      return host
        ? [
            {
              path: [...path, kind, 'host'],
              reason: `The ${path.at(-1)} of container ${name} asks ${host}`,
            },
          ]
        : [];
    }),
  );
}

function restrictedProblems(
  pod: JsonObject,
  context: JsonObject,
  name: string,
): Problem[] {
  const problems: Problem[] = [];
  const isWindows = stringAt(pod, 'os', 'name') === 'windows';
  const demand = (holds: boolean, path: string[], reason: string) => {
    if (!holds) {
      problems.push({ path: ['securityContext', ...path], reason });
    }
  };
  const inherited = objectAt(pod, 'securityContext');
  demand(
    isWindows || context.allowPrivilegeEscalation === false,
    ['allowPrivilegeEscalation'],
    `Container ${name} may gain privileges`,
  );
  demand(
    (context.runAsNonRoot ?? inherited.runAsNonRoot) === true,
    ['runAsNonRoot'],
    `Container ${name} may run as root`,
  );
  demand(
    context.runAsUser !== 0,
    ['runAsUser'],
    `Container ${name} runs as root`,
  );
  const seccomp =
    stringAt(context, 'seccompProfile', 'type') ??
    stringAt(inherited, 'seccompProfile', 'type');
  demand(
    isWindows || seccomp === 'RuntimeDefault' || seccomp === 'Localhost',
    ['seccompProfile'],
    `Container ${name} has no seccomp profile`,
  );
  demand(
    isWindows ||
      names(valueAt(context, 'capabilities', 'drop')).includes('ALL'),
    ['capabilities', 'drop'],
    `Container ${name} keeps capabilities`,
  );
  return problems;
}

function names(value: unknown): string[] {
  return Array.isArray(value) ? value.filter(isString) : [];
}

function isString(value: unknown): value is string {
  return typeof value === 'string';
}
