import { JsonObject, isObject, objectsAt, stringAt } from '../model/json';

/** Who wrote a field of a live object, and when it wrote to the object last. */
export interface FieldManager {
  readonly manager: string;
  /** ISO 8601 */
  readonly time?: string;
}

/** What controllers of Kubernetes itself write is not a change by hand. */
const CONTROLLERS =
  /^(kube-controller-manager|kube-scheduler|kube-apiserver|kubelet|deployment-controller|cloud-controller-manager|cluster-autoscaler|horizontal-pod-autoscaler|vpa-.*|cert-manager-.*|external-secrets.*|argo-rollouts.*|rollouts-controller)$/;

/** Those who apply what git says. */
const APPLIERS =
  /^(argocd-|argocd$|argocd-controller|kubectl-client-side-apply$|helm$|flux|kustomize-controller)/;

/**
 * The managers of a field, people and tools first: those that are neither a controller nor what applies git.
 * Source: `metadata.managedFields` of the Kubernetes API, FieldsV1.
 *
 * @param path - unescaped segments; items of lists by their keys.
 */
export function managersOf(
  live: JsonObject,
  path: readonly string[],
): { byHand: FieldManager[]; others: FieldManager[] } {
  const byHand: FieldManager[] = [];
  const others: FieldManager[] = [];
  for (const entry of objectsAt(live, 'metadata', 'managedFields')) {
    const manager = stringAt(entry, 'manager') ?? '';
    if (entry.subresource !== 'status' && owns(entry.fieldsV1, path)) {
      const found = { manager, time: stringAt(entry, 'time') };
      if (CONTROLLERS.test(manager) || APPLIERS.test(manager)) {
        others.push(found);
      } else {
        byHand.push(found);
      }
    }
  }
  return { byHand, others };
}

/** Whether a set of fields has one, or an ancestor of it as a whole. */
function owns(fields: unknown, path: readonly string[]): boolean {
  if (!isObject(fields)) {
    return false;
  }
  const [part, ...rest] = path;
  if (part === undefined) {
    return true;
  }
  const child = childOf(fields, part);
  if (child === undefined) {
    return false;
  }
  const isWhole = isObject(child) && Object.keys(child).length === 0;
  return isWhole || owns(child, rest);
}

function childOf(fields: JsonObject, part: string): unknown {
  if (Object.hasOwn(fields, `f:${part}`)) {
    return fields[`f:${part}`];
  }
  const key = Object.keys(fields).find(
    candidate =>
      (candidate.startsWith('k:') && isKey(candidate.slice(2), part)) ||
      (candidate.startsWith('v:') &&
        candidate.slice(2) === JSON.stringify(part)),
  );
  return key === undefined ? undefined : fields[key];
}

/** `{"containerPort":8080,"protocol":"TCP"}` is `8080/TCP`. */
function isKey(text: string, part: string): boolean {
  try {
    const key: unknown = JSON.parse(text);
    return isObject(key) && Object.values(key).map(String).join('/') === part;
  } catch {
    return false;
  }
}
