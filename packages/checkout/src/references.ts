import { promises as fs } from 'fs';
import path from 'path';
import { parse } from 'yaml';

/**
 * A kustomization refers to something that is not a file or folder of the same tree.
 *
 * @public
 */
export class KustomizeReferenceError extends Error {
  constructor(readonly file: string, message: string) {
    super(`${file}: ${message}`);
    this.name = 'KustomizeReferenceError';
  }
}

const KUSTOMIZATION_FILES = [
  'kustomization.yaml',
  'kustomization.yml',
  'Kustomization',
];

/** Fields whose entries are paths of files or folders. */
const PATH_LISTS = [
  'resources',
  'bases',
  'components',
  'crds',
  'configurations',
  'patchesStrategicMerge',
  'generators',
  'transformers',
  'validators',
];

/** Of these, the ones whose entries may also be objects written inline; kustomize takes for inline what is an object as YAML. */
const INLINE_FIELDS = new Set([
  'patchesStrategicMerge',
  'generators',
  'transformers',
  'validators',
]);

/** Fields that run or fetch something else. */
const REFUSED_FIELDS = [
  'helmCharts',
  'helmChartInflationGenerator',
  'helmGlobals',
];

/**
 * Walks the kustomization files that an overlay reaches and refuses every reference that is not a file or folder of
 * the same tree. `kubectl kustomize` itself fetches HTTP and git resources, and nothing but this keeps it from doing so.
 *
 * @throws {@link KustomizeReferenceError} with the kustomization file and the reference.
 * @public
 */
export async function assertLocalReferences(options: {
  root: string;
  overlay: string;
}): Promise<void> {
  const root = await fs.realpath(options.root);
  const seen = new Set<string>();
  await visit(path.join(root, options.overlay));

  async function visit(folder: string): Promise<void> {
    if (seen.has(folder)) {
      return;
    }
    seen.add(folder);
    const file = await kustomizationFileOf(folder);
    const shown = path.relative(root, file ?? folder) || '.';
    if (!file) {
      throw new KustomizeReferenceError(
        shown,
        `holds no ${KUSTOMIZATION_FILES[0]}`,
      );
    }
    await inside(file, shown);
    const content: unknown = parse(await fs.readFile(file, 'utf8'), {
      maxAliasCount: 100,
      schema: 'core',
    });
    if (content === null) {
      return;
    }
    if (!isRecord(content)) {
      throw new KustomizeReferenceError(shown, 'is not an object');
    }
    for (const field of REFUSED_FIELDS) {
      if (content[field] !== undefined) {
        throw new KustomizeReferenceError(
          shown,
          `'${field}' is not rendered here, as it fetches charts; commit the rendered manifests instead`,
        );
      }
    }
    for (const reference of referencesOf(content)) {
      const target = await inside(
        path.resolve(folder, reference),
        shown,
        reference,
      );
      if ((await fs.stat(target)).isDirectory()) {
        await visit(target);
      }
    }
  }

  async function inside(
    target: string,
    file: string,
    reference = file,
  ): Promise<string> {
    let real: string;
    try {
      real = await fs.realpath(target);
    } catch {
      throw new KustomizeReferenceError(
        file,
        `'${reference}' is not a file or folder of this repository; remote references are not rendered`,
      );
    }
    if (real !== root && !real.startsWith(root + path.sep)) {
      throw new KustomizeReferenceError(
        file,
        `'${reference}' leads outside this repository`,
      );
    }
    return real;
  }
}

async function kustomizationFileOf(
  folder: string,
): Promise<string | undefined> {
  for (const name of KUSTOMIZATION_FILES) {
    try {
      await fs.access(path.join(folder, name));
      return path.join(folder, name);
    } catch {
      // the next spelling
    }
  }
  return undefined;
}

function referencesOf(kustomization: Record<string, unknown>): string[] {
  const references: string[] = [];
  for (const field of PATH_LISTS) {
    for (const entry of listOf(kustomization[field])) {
      if (
        typeof entry === 'string' &&
        !(INLINE_FIELDS.has(field) && isInline(entry))
      ) {
        references.push(entry);
      }
    }
  }
  for (const field of ['patches', 'patchesJson6902', 'replacements']) {
    for (const entry of listOf(kustomization[field])) {
      if (isRecord(entry) && typeof entry.path === 'string') {
        references.push(entry.path);
      }
    }
  }
  for (const field of ['configMapGenerator', 'secretGenerator']) {
    for (const entry of listOf(kustomization[field])) {
      if (isRecord(entry)) {
        const files = [
          ...listOf(entry.files),
          ...listOf(entry.envs),
          ...listOf(entry.env === undefined ? [] : [entry.env]),
        ];
        references.push(
          ...files
            .filter((file): file is string => typeof file === 'string')
            .map(file => file.slice(file.indexOf('=') + 1)),
        );
      }
    }
  }
  if (
    isRecord(kustomization.openapi) &&
    typeof kustomization.openapi.path === 'string'
  ) {
    references.push(kustomization.openapi.path);
  }
  return references;
}

function isInline(entry: string): boolean {
  try {
    return isRecord(parse(entry, { maxAliasCount: 100 }));
  } catch {
    return false;
  }
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
