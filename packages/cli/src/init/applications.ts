import { parseAllDocuments } from 'yaml';

/** What an Argo CD Application says of the environment that it deploys. */
export interface FoundApplication {
  readonly path: string;
  /** Name of the cluster in Argo CD, or its address. */
  readonly cluster?: string;
  readonly namespace?: string;
  readonly isAutomatic: boolean;
  readonly repository?: string;
}

/** The Applications of a repository, wherever they stand. */
export function applicationsIn(
  files: Readonly<Record<string, string>>,
): FoundApplication[] {
  return Object.entries(files)
    .filter(
      ([path, text]) =>
        /\.ya?ml$/.test(path) && text.includes('kind: Application'),
    )
    .flatMap(([, text]) => documentsOf(text))
    .flatMap(document => {
      const source = mapAt(document, 'spec', 'source');
      if (document.kind !== 'Application' || typeof source.path !== 'string') {
        return [];
      }
      const destination = mapAt(document, 'spec', 'destination');
      const automated = mapAt(document, 'spec', 'syncPolicy').automated;
      return [
        {
          path: source.path.replace(/^\.?\//, '').replace(/\/$/, ''),
          cluster: textOf(destination.name) ?? textOf(destination.server),
          namespace: textOf(destination.namespace),
          isAutomatic:
            typeof automated === 'object' &&
            automated !== null &&
            !('enabled' in automated && automated.enabled === false),
          repository: textOf(source.repoURL),
        },
      ];
    });
}

/** What one folder's kustomization says. */
export function kustomizationOf(text: string | undefined): {
  namespace?: string;
  images: { name: string; newName?: string; newTag?: string }[];
} {
  const [document = {}] = documentsOf(text ?? '');
  const images = Array.isArray(document.images) ? document.images : [];
  return {
    namespace: textOf(document.namespace),
    images: images.flatMap(image =>
      isMap(image) && typeof image.name === 'string'
        ? [
            {
              name: image.name,
              newName: textOf(image.newName),
              newTag: textOf(image.newTag),
            },
          ]
        : [],
    ),
  };
}

function documentsOf(text: string): Record<string, unknown>[] {
  try {
    return parseAllDocuments(text)
      .map((document): unknown => document.toJS({ maxAliasCount: 100 }))
      .filter(isMap);
  } catch {
    // What is no YAML says nothing of environments.
    return [];
  }
}

function mapAt(
  value: Record<string, unknown>,
  ...path: string[]
): Record<string, unknown> {
  let current: unknown = value;
  for (const part of path) {
    current = isMap(current) ? current[part] : undefined;
  }
  return isMap(current) ? current : {};
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
