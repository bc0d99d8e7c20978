import { isMap, parseAllDocuments, visit } from 'yaml';

const MASKED = '***';

/**
 * Rendered manifests with the values of Secrets masked: that a key is there is a fact, what it holds is nobody's business here.
 */
export function withoutSecrets(manifests: string): string {
  if (!/^kind:\s*['"]?Secret['"]?\s*$/m.test(manifests)) {
    return manifests;
  }
  const documents = parseAllDocuments(manifests);
  for (const document of documents) {
    if (document.get('kind') === 'Secret') {
      for (const field of ['data', 'stringData']) {
        const values = document.get(field);
        if (isMap(values)) {
          visit(values, {
            Pair(_, pair) {
              pair.value = MASKED;
            },
          });
        }
      }
    }
  }
  return documents
    .map(document => document.toString().replace(/^---\n/, ''))
    .join('---\n');
}
