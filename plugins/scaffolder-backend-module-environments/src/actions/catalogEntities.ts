import { stringifyEntityRef } from '@backstage/catalog-model';
import { parseAllDocuments } from 'yaml';
import { z } from 'zod';

const CATALOG_FILE = 'catalog-info.yaml';

const entitySchema = z.object({
  kind: z.string(),
  metadata: z.object({ name: z.string(), namespace: z.string().optional() }),
});

/** References of the entities that the files of a repository bring into the catalog, as `component:default/checkout`. */
export function catalogEntities(
  files: readonly { readonly path: string; readonly content: string }[],
): string[] {
  return files
    .filter(({ path }) => path === CATALOG_FILE)
    .flatMap(({ content }) => parseAllDocuments(content))
    .flatMap(document => {
      const entity = entitySchema.safeParse(document.toJS());
      // What is no entity is for the registration to refuse.
      return entity.success
        ? [
            stringifyEntityRef({
              kind: entity.data.kind,
              name: entity.data.metadata.name,
              namespace: entity.data.metadata.namespace,
            }),
          ]
        : [];
    });
}
