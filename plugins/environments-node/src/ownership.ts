import { Entity } from '@backstage/catalog-model';
import {
  ARGOCD_APP_NAME_ANNOTATION,
  ARGOCD_APP_NAMESPACE_ANNOTATION,
  ARGOCD_APP_SELECTOR_ANNOTATION,
  ARGOCD_INSTANCE_ANNOTATION,
  ARGOCD_PROJECT_ANNOTATION,
  KUBERNETES_ID_ANNOTATION,
  KUBERNETES_LABEL_SELECTOR_ANNOTATION,
} from '@envmatrix/backstage-plugin-environments-common';
import { ApplicationFact, matchesSelector } from '@envmatrix/engine';

/**
 * The label selector of an entity's workloads, by the annotations that the Kubernetes plugin reads.
 *
 * @public
 */
export function workloadSelector(entity: Entity): string {
  const annotations = entity.metadata.annotations ?? {};
  return (
    annotations[KUBERNETES_LABEL_SELECTOR_ANNOTATION] ??
    `backstage.io/kubernetes-id=${
      annotations[KUBERNETES_ID_ANNOTATION] ?? entity.metadata.name
    }`
  );
}

/**
 * What decides whose an application is. Where its project is not known, it may be of any: who asks then has to ask again once it is.
 *
 * @public
 */
export type OwnableApplication = Pick<
  ApplicationFact,
  'instance' | 'name' | 'namespace' | 'labels'
> &
  Partial<Pick<ApplicationFact, 'project'>>;

/**
 * Whether an application belongs to an entity, by the annotations that the Argo CD plugins read. Never by what a request says.
 *
 * @public
 */
export function ownsApplication(
  entity: Entity,
  application: OwnableApplication,
): boolean {
  const annotations = entity.metadata.annotations ?? {};
  const instances = annotations[ARGOCD_INSTANCE_ANNOTATION]?.split(',').map(
    name => name.trim(),
  );
  if (instances && !instances.includes(application.instance)) {
    return false;
  }
  const namespace = annotations[ARGOCD_APP_NAMESPACE_ANNOTATION];
  if (namespace !== undefined && namespace !== application.namespace) {
    return false;
  }
  const project = annotations[ARGOCD_PROJECT_ANNOTATION];
  if (
    project !== undefined &&
    application.project !== undefined &&
    project !== application.project
  ) {
    return false;
  }
  const selector = annotations[ARGOCD_APP_SELECTOR_ANNOTATION];
  if (selector !== undefined) {
    return holds(application.labels, selector);
  }
  return annotations[ARGOCD_APP_NAME_ANNOTATION] === application.name;
}

/**
 * What every application of an entity has for certain, to look it up by: a label with its value, or a name. `unknown` where the selector
 * says no such thing, and `none` where the entity has no applications.
 *
 * @public
 */
export function applicationClue(
  entity: Entity,
):
  | { readonly label: readonly [key: string, value: string] }
  | { readonly name: string }
  | 'unknown'
  | 'none' {
  const annotations = entity.metadata.annotations ?? {};
  const selector = annotations[ARGOCD_APP_SELECTOR_ANNOTATION];
  if (selector === undefined) {
    const name = annotations[ARGOCD_APP_NAME_ANNOTATION];
    return name ? { name } : 'none';
  }
  const equality = /^\s*([^!=,\s()]+)\s*==?\s*([^=,\s()]+)\s*(?:,|$)/.exec(
    selector,
  );
  return equality ? { label: [equality[1], equality[2]] } : 'unknown';
}

/** One entity's selector that nobody understands must not keep others' applications from them. */
function holds(
  labels: Readonly<Record<string, string>>,
  selector: string,
): boolean {
  try {
    return matchesSelector(labels, selector);
  } catch {
    return false;
  }
}
