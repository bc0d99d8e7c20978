import { Entity } from '@backstage/catalog-model';
import {
  ARGOCD_APP_NAME_ANNOTATION,
  ARGOCD_APP_SELECTOR_ANNOTATION,
} from '@envmatrix/backstage-plugin-environments-common';
import {
  FactKey,
  ownsApplication,
} from '@envmatrix/backstage-plugin-environments-node';

/** How to find an entity's applications among all: what the database can narrow, and what decides. */
export function ownedApplications(entity: Entity): {
  names?: readonly string[];
  label?: readonly [key: string, value: string];
  matches: (
    fact: FactKey & {
      source: string;
      labels: Readonly<Record<string, string>>;
    },
  ) => boolean;
} {
  const annotations = entity.metadata.annotations ?? {};
  const selector = annotations[ARGOCD_APP_SELECTOR_ANNOTATION];
  const name = annotations[ARGOCD_APP_NAME_ANNOTATION];
  const equality = /^\s*([^!=,\s()]+)\s*==?\s*([^=,\s()]+)\s*(?:,|$)/.exec(
    selector ?? '',
  );
  return {
    ...(selector === undefined ? { names: name ? [name] : [] } : {}),
    ...(equality ? { label: [equality[1], equality[2]] as const } : {}),
    matches: fact =>
      ownsApplication(entity, {
        instance: fact.source.replace(/^argocd\//, ''),
        name: fact.name,
        namespace: fact.scope,
        labels: fact.labels,
      }),
  };
}
