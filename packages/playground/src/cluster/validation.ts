import type { KubeObject } from '../core';
import { customProblems } from './customValidation';
import { invalid } from './errors';
import { parseQuantity } from './quantity';
import type { ResourceKind } from './resources';
import { fieldsOf, objectsOf, sameContent, type Fields } from './values';

const DNS_LABEL = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const DNS_SUBDOMAIN =
  /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const WORKLOADS = ['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet'];

/** Refuses with 422 what the API server would refuse; `live` is the object that is replaced. */
export function validate(
  resource: ResourceKind,
  object: KubeObject,
  live: KubeObject | undefined,
): void {
  const problems = [
    ...nameProblems(resource, object.metadata.name),
    ...(resource.isCustom
      ? customProblems(resource.kind, object)
      : kindProblems(resource.kind, object, live)),
  ];
  if (problems.length > 0) {
    throw invalid(resource, object.metadata.name, problems);
  }
}

function nameProblems(resource: ResourceKind, name: string): string[] {
  if (!name) {
    return ['metadata.name: Required value: name or generateName is required'];
  }
  const asLabel = resource.kind === 'Namespace' || resource.kind === 'Service';
  if (
    name.length <= (asLabel ? 63 : 253) &&
    (asLabel ? DNS_LABEL : DNS_SUBDOMAIN).test(name)
  ) {
    return [];
  }
  const rule = asLabel
    ? "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character"
    : "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character";
  return [`metadata.name: Invalid value: "${name}": ${rule}`];
}

function kindProblems(
  kind: string,
  object: KubeObject,
  live: KubeObject | undefined,
): string[] {
  const spec = fieldsOf(object.spec);
  const liveSpec = fieldsOf(live?.spec);
  if (WORKLOADS.includes(kind)) {
    return workloadProblems(spec, live ? liveSpec : undefined);
  }
  switch (kind) {
    case 'Service':
      return serviceProblems(spec, liveSpec);
    case 'ResourceQuota':
      return amountProblems('spec.hard', fieldsOf(spec.hard));
    case 'LimitRange':
      return objectsOf(spec.limits).flatMap((limit, index) =>
        ['max', 'min', 'default', 'defaultRequest'].flatMap(key =>
          amountProblems(`spec.limits[${index}].${key}`, fieldsOf(limit[key])),
        ),
      );
    case 'Ingress':
      return ingressProblems(spec);
    case 'HorizontalPodAutoscaler':
      return autoscalerProblems(spec);
    case 'PriorityClass':
      return live !== undefined && live.value !== object.value
        ? ['value: Forbidden: may not be changed in an update.']
        : [];
    default:
      return [];
  }
}

function workloadProblems(
  spec: Fields,
  liveSpec: Fields | undefined,
): string[] {
  if (liveSpec && !sameContent(spec.selector, liveSpec.selector)) {
    return [
      `spec.selector: Invalid value: ${JSON.stringify(
        spec.selector,
      )}: field is immutable`,
    ];
  }
  const problems: string[] = [];
  const selected = fieldsOf(fieldsOf(spec.selector).matchLabels);
  const template = fieldsOf(spec.template);
  const labels = fieldsOf(fieldsOf(template.metadata).labels);
  if (spec.selector === undefined) {
    problems.push('spec.selector: Required value');
  } else if (
    Object.entries(selected).some(([key, value]) => labels[key] !== value)
  ) {
    problems.push(
      `spec.template.metadata.labels: Invalid value: ${JSON.stringify(
        labels,
      )}: \`selector\` does not match template \`labels\``,
    );
  }
  if (typeof spec.replicas === 'number' && spec.replicas < 0) {
    problems.push(
      `spec.replicas: Invalid value: ${spec.replicas}: must be greater than or equal to 0`,
    );
  }
  return [
    ...problems,
    ...podSpecProblems('spec.template.spec', fieldsOf(template.spec)),
  ];
}

function podSpecProblems(path: string, spec: Fields): string[] {
  const containers = objectsOf(spec.containers);
  const volumes = objectsOf(spec.volumes).map(volume => volume.name);
  const problems =
    containers.length === 0 ? [`${path}.containers: Required value`] : [];
  containers.forEach((container, index) => {
    const at = `${path}.containers[${index}]`;
    if (!container.name) {
      problems.push(`${at}.name: Required value`);
    }
    if (!container.image) {
      problems.push(`${at}.image: Required value`);
    }
    problems.push(
      ...resourceProblems(`${at}.resources`, fieldsOf(container.resources)),
    );
    objectsOf(container.volumeMounts).forEach((mount, mountIndex) => {
      if (!volumes.includes(mount.name)) {
        problems.push(
          `${at}.volumeMounts[${mountIndex}].name: Not found: "${mount.name}"`,
        );
      }
    });
  });
  return problems;
}

function resourceProblems(path: string, resources: Fields): string[] {
  const limits = fieldsOf(resources.limits);
  const requests = fieldsOf(resources.requests);
  const problems = [
    ...amountProblems(`${path}.limits`, limits),
    ...amountProblems(`${path}.requests`, requests),
  ];
  for (const [name, request] of Object.entries(requests)) {
    const limit = parseQuantity(limits[name]);
    const amount = parseQuantity(request);
    if (limit && amount && amount.nano > limit.nano) {
      problems.push(
        `${path}.requests: Invalid value: "${request}": must be less than or equal to ${name} limit of ${limits[name]}`,
      );
    }
  }
  return problems;
}

function amountProblems(path: string, amounts: Fields): string[] {
  return Object.entries(amounts)
    .filter(([, amount]) => !parseQuantity(amount))
    .map(
      ([name, amount]) =>
        `${path}[${name}]: Invalid value: "${amount}": quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'`,
    );
}

function serviceProblems(spec: Fields, liveSpec: Fields): string[] {
  const problems =
    objectsOf(spec.ports).length === 0 &&
    spec.clusterIP !== 'None' &&
    spec.type !== 'ExternalName'
      ? ['spec.ports: Required value']
      : [];
  if (
    liveSpec.clusterIP !== undefined &&
    spec.clusterIP !== liveSpec.clusterIP
  ) {
    problems.push(
      `spec.clusterIPs[0]: Invalid value: ["${spec.clusterIP}"]: may not change once set`,
    );
  }
  return problems;
}

function ingressProblems(spec: Fields): string[] {
  const rules = objectsOf(spec.rules);
  if (rules.length === 0 && spec.defaultBackend === undefined) {
    return [
      'spec: Invalid value: []: either `defaultBackend` or `rules` must be specified',
    ];
  }
  return rules.flatMap((rule, ruleIndex) =>
    objectsOf(fieldsOf(rule.http).paths).flatMap((path, index) =>
      path.pathType === undefined
        ? [
            `spec.rules[${ruleIndex}].http.paths[${index}].pathType: Required value: pathType must be specified`,
          ]
        : [],
    ),
  );
}

function autoscalerProblems(spec: Fields): string[] {
  const target = fieldsOf(spec.scaleTargetRef);
  const { minReplicas = 1, maxReplicas = 0 } = spec;
  const problems = ['kind', 'name']
    .filter(name => !target[name])
    .map(name => `spec.scaleTargetRef.${name}: Required value`);
  if (typeof maxReplicas !== 'number' || maxReplicas < 1) {
    problems.push(
      `spec.maxReplicas: Invalid value: ${maxReplicas}: must be greater than 0`,
    );
  } else if (typeof minReplicas === 'number' && maxReplicas < minReplicas) {
    problems.push(
      `spec.maxReplicas: Invalid value: ${maxReplicas}: must be greater than or equal to \`minReplicas\``,
    );
  }
  return problems;
}
