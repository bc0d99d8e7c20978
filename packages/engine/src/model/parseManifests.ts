import { isObject, JsonObject, stringAt } from './json';
import { ManifestError } from './ManifestError';
import { LineLookup, NamedSource, readYaml } from './readYaml';

/**
 * One Kubernetes object of rendered manifests, with the way back to the text that it came from.
 *
 * @public
 */
export interface ManifestObject {
  readonly apiVersion: string;
  /** `apps`; empty for the core group. */
  readonly group: string;
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string;
  /** The object as it was written. */
  readonly value: Readonly<Record<string, unknown>>;
  /** `file:line` of the object. */
  readonly location: string;
  /** `file:line` of an entry of one of the mappings or sequences of `value`. */
  locate(container: object, key: string): string | undefined;
}

/** Objects with this annotation are for tools on a person's machine, and are never applied. */
const LOCAL_CONFIG = 'config.kubernetes.io/local-config';

/**
 * Reads rendered manifests: multi-document YAML or JSON. Objects that are only for local tools are dropped, lists are
 * flattened, and empty documents are fine.
 *
 * @throws {@link ManifestError} with file and line for everything that is not a Kubernetes object.
 * @public
 */
export function parseManifests(
  sources: readonly { readonly name: string; readonly text: string }[],
): ManifestObject[] {
  return sources.flatMap(parseSource);
}

function parseSource(source: NamedSource): ManifestObject[] {
  const { documents, lineOf } = readYaml(source);
  return documents
    .filter(({ value }) => value !== null && value !== undefined)
    .flatMap(({ value, line }) => flatten(source.name, value, line, lineOf));
}

function flatten(
  file: string,
  value: unknown,
  line: number,
  lineOf: LineLookup,
): ManifestObject[] {
  if (!isObject(value)) {
    const what = Array.isArray(value) ? 'a list' : `a ${typeof value}`;
    throw new ManifestError(file, line, `is ${what}, not a Kubernetes object`);
  }
  if (
    typeof value.kind === 'string' &&
    value.kind.endsWith('List') &&
    Array.isArray(value.items)
  ) {
    const { items } = value;
    return items.flatMap((item, index) =>
      flatten(file, item, lineOf(items, String(index)) ?? line, lineOf),
    );
  }
  const object = toObject(file, value, line, lineOf);
  const local = stringAt(value, 'metadata', 'annotations', LOCAL_CONFIG);
  return local === 'true' ? [] : [object];
}

function toObject(
  file: string,
  value: JsonObject,
  line: number,
  lineOf: LineLookup,
): ManifestObject {
  const { apiVersion, kind } = value;
  if (typeof kind !== 'string' || kind === '') {
    throw new ManifestError(file, line, 'has no kind');
  }
  if (typeof apiVersion !== 'string' || apiVersion === '') {
    throw new ManifestError(file, line, `${kind} has no apiVersion`);
  }
  if (apiVersion.startsWith('kustomize.config.k8s.io/')) {
    throw new ManifestError(
      file,
      line,
      `is a ${kind}, not a manifest; render it first with 'kubectl kustomize'`,
    );
  }
  // The API server puts letters of its own behind it.
  const generated = stringAt(value, 'metadata', 'generateName');
  const name =
    stringAt(value, 'metadata', 'name') || generated?.replace(/-+$/, '');
  if (!name) {
    throw new ManifestError(file, line, `${kind} has no metadata.name`);
  }
  return {
    apiVersion,
    group: apiVersion.includes('/') ? apiVersion.split('/')[0] : '',
    kind,
    name,
    namespace: stringAt(value, 'metadata', 'namespace'),
    value,
    location: `${file}:${line}`,
    locate: (container, key) => {
      const found = lineOf(container, key);
      return found === undefined ? undefined : `${file}:${found}`;
    },
  };
}
