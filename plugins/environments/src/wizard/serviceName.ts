import { CatalogApi } from '@backstage/plugin-catalog-react';

const LABEL = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;

/** So that `<service>-<environment>` and the names derived from it stay below 63 characters. */
export const SERVICE_NAME_MAX_LENGTH = 30;

/** What is wrong with a name of a service, as text alone. */
export function serviceNameProblem(name: string): string | undefined {
  if (!LABEL.test(name)) {
    return 'Lower-case letters, digits and hyphens, a letter or digit at both ends';
  }
  return name.length > SERVICE_NAME_MAX_LENGTH
    ? `At most ${SERVICE_NAME_MAX_LENGTH} characters; this has ${name.length}`
    : undefined;
}

/** What is wrong with a name, once the catalog is asked too. */
export async function takenNameProblem(
  catalog: Pick<CatalogApi, 'getEntityByRef'>,
  name: string,
): Promise<string | undefined> {
  const entity = await catalog.getEntityByRef({
    kind: 'Component',
    namespace: 'default',
    name,
  });
  return entity
    ? `The catalog has a component ${name} already; choose another name`
    : undefined;
}
