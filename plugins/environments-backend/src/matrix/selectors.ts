import { Entity } from '@backstage/catalog-model';
import {
  ARGOCD_APP_NAME_ANNOTATION,
  ARGOCD_APP_NAMESPACE_ANNOTATION,
  ARGOCD_APP_SELECTOR_ANNOTATION,
  ARGOCD_INSTANCE_ANNOTATION,
  KUBERNETES_ID_ANNOTATION,
  KUBERNETES_LABEL_SELECTOR_ANNOTATION,
} from '@envmatrix/backstage-plugin-environments-common';
import {
  ApplicationFact,
  IntentEnvironment,
  matchesSelector,
  targetsOf,
} from '@envmatrix/engine';

/** The label selector of an entity's workloads, by the annotations that the Kubernetes plugin reads. */
export function workloadSelector(entity: Entity): string {
  const annotations = entity.metadata.annotations ?? {};
  return (
    annotations[KUBERNETES_LABEL_SELECTOR_ANNOTATION] ??
    `backstage.io/kubernetes-id=${
      annotations[KUBERNETES_ID_ANNOTATION] ?? entity.metadata.name
    }`
  );
}

/** Whether an application belongs to an entity, by the annotations that the Argo CD plugins read. Never by what a request says. */
export function ownsApplication(
  entity: Entity,
  application: Pick<
    ApplicationFact,
    'instance' | 'name' | 'namespace' | 'labels'
  >,
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
  const selector = annotations[ARGOCD_APP_SELECTOR_ANNOTATION];
  if (selector !== undefined) {
    return matchesSelector(application.labels, selector);
  }
  return annotations[ARGOCD_APP_NAME_ANNOTATION] === application.name;
}

/**
 * The application of an environment: by its label, else by its destination, else by its name.
 */
export function applicationOf<T extends { readonly value: ApplicationFact }>(
  environment: IntentEnvironment,
  service: string,
  destinationOf: (cluster: string) => string,
  applications: readonly T[],
): T | undefined {
  const targets = targetsOf(environment);
  const { name } = environment;
  return (
    applications.find(({ value }) => value.labels.environment === name) ??
    applications.find(({ value: { destination } }) =>
      targets.some(
        target =>
          destination.namespace === target.namespace &&
          destination.name === destinationOf(target.cluster),
      ),
    ) ??
    applications.find(({ value }) => value.name === `${service}-${name}`)
  );
}
