import {
  CORE_SCHEMA,
  EventType,
  loadAll,
  State,
  Type,
  YAMLException,
} from 'js-yaml';
import { ManifestError } from './ManifestError';

/** A text under the name by which findings point at it. */
export interface NamedSource {
  readonly name: string;
  readonly text: string;
}

/** One document of a multi-document text. */
export interface YamlDocument {
  readonly value: unknown;
  /** 1-based line of its first key. */
  readonly line: number;
}

/** The 1-based line of an entry of a mapping or sequence that was read from a text. */
export type LineLookup = (container: object, key: string) => number | undefined;

/** Far more than any environment renders to. A larger text is a mistake, and would only exhaust the memory. */
export const MAX_SOURCE_LENGTH = 16 * 1024 * 1024;

/** What aliases may expand to, counted in nodes of one document. Manifests have none; a bomb has billions. */
const MAX_NODES = 1_000_000;

/** What the parser makes of `{{ .Values.port }}`, a mapping within a mapping. */
const MAPPING_AS_KEY = '[object Object]';

/** As the API server reads integers: `0644` is 420, for file modes are written so. */
const integer = new Type('tag:yaml.org,2002:int', {
  kind: 'scalar',
  resolve: data =>
    typeof data === 'string' &&
    /^[-+]?(0|[1-9][0-9]*|0[0-7]+|0o[0-7]+|0x[0-9a-fA-F]+|0b[01]+)$/.test(data),
  construct: data => {
    const [, sign, digits] = /^([-+]?)(.*)$/.exec(String(data)) ?? [];
    const value = Number(
      /^0[0-7]+$/.test(digits) ? `0o${digits.slice(1)}` : digits,
    );
    return sign === '-' ? -value : value;
  },
});

const merge = new Type('tag:yaml.org,2002:merge', {
  kind: 'scalar',
  resolve: data => data === '<<',
});

const SCHEMA = CORE_SCHEMA.extend({ implicit: [integer, merge] });

interface OpenNode {
  readonly line: number;
  readonly children: { line: number; isKey: boolean; result: unknown }[];
}

/**
 * Reads every document of a text. Keys must be unique, nesting and expansion are bounded.
 *
 * @throws {@link ManifestError} at the line of the mistake.
 */
export function readYaml(source: NamedSource): {
  documents: YamlDocument[];
  lineOf: LineLookup;
} {
  const { name, text } = source;
  if (text.length > MAX_SOURCE_LENGTH) {
    throw new ManifestError(
      name,
      1,
      `is larger than ${MAX_SOURCE_LENGTH / 1024 / 1024} MiB`,
    );
  }
  const lines = new WeakMap<object, ReadonlyMap<string, number>>();
  const open: OpenNode[] = [];
  const starts: number[] = [];
  const documents: YamlDocument[] = [];
  const listener = function listen(event: EventType, state: State) {
    if (event === 'open') {
      open.push({ line: state.line + 1, children: [] });
      return;
    }
    const node = open.pop();
    const result: unknown = state.result;
    if (!node) {
      return;
    }
    if (typeof result === 'object' && result !== null && !lines.has(result)) {
      lines.set(result, linesOfEntries(node, result));
    }
    const parent = open.at(-1);
    if (parent) {
      parent.children.push({
        line: node.line,
        isKey: isFollowedByColon(state),
        result,
      });
    } else {
      starts.push(firstLine(lines, result) ?? node.line);
    }
  };
  try {
    loadAll(
      text,
      value => documents.push({ value, line: starts[documents.length] ?? 1 }),
      { filename: name, schema: SCHEMA, listener },
    );
  } catch (error) {
    throw asManifestError(source, error);
  }
  for (const document of documents) {
    assertBounded(source, document);
  }
  return {
    documents,
    lineOf: (container, key) => lines.get(container)?.get(key),
  };
}

function asManifestError(
  { name, text }: NamedSource,
  error: unknown,
): ManifestError {
  if (error instanceof YAMLException) {
    const line = error.mark ? error.mark.line + 1 : 1;
    const isTemplate = text.split('\n', line).at(-1)?.includes('{{');
    return new ManifestError(
      name,
      line,
      `is not valid YAML: ${error.reason}${
        isTemplate ? '; was a template left unrendered?' : ''
      }`,
    );
  }
  // Deep nesting ends in a RangeError of the parser's recursion.
  const reason = error instanceof Error ? error.message : String(error);
  return new ManifestError(name, 1, `cannot be read: ${reason}`);
}

function isFollowedByColon(state: State): boolean {
  let position = state.position;
  while (state.input[position] === ' ' || state.input[position] === '\t') {
    position += 1;
  }
  return state.input[position] === ':';
}

function linesOfEntries(
  node: OpenNode,
  result: object,
): ReadonlyMap<string, number> {
  const entries = new Map<string, number>();
  if (Array.isArray(result)) {
    // An empty item (`-` alone) is no node of its own, so positions only tell when all are there.
    if (node.children.length === result.length) {
      node.children.forEach((child, index) =>
        entries.set(String(index), child.line),
      );
    }
  } else {
    for (const child of node.children) {
      if (child.isKey) {
        entries.set(String(child.result), child.line);
      }
    }
  }
  return entries;
}

function firstLine(
  lines: WeakMap<object, ReadonlyMap<string, number>>,
  result: unknown,
): number | undefined {
  if (typeof result !== 'object' || result === null) {
    return undefined;
  }
  const first = lines.get(result)?.values().next();
  return first && !first.done ? first.value : undefined;
}

/** Aliases share what they point at, so that reading a bomb is cheap; walking it is not. */
/** Where a template begins that nobody has rendered. */
function lineOfTemplate(text: string): number | undefined {
  const index = text.split('\n').findIndex(line => line.includes('{{'));
  return index < 0 ? undefined : index + 1;
}

function assertBounded({ name, text }: NamedSource, document: YamlDocument) {
  const sizes = new Map<object, number>();
  const within = new Set<object>();
  const measure = (value: unknown): number => {
    if (typeof value !== 'object' || value === null) {
      return 1;
    }
    const known = sizes.get(value);
    if (known !== undefined) {
      return known;
    }
    if (within.has(value)) {
      throw new ManifestError(
        name,
        document.line,
        'contains an alias to itself',
      );
    }
    within.add(value);
    if (Object.hasOwn(value, MAPPING_AS_KEY)) {
      throw new ManifestError(
        name,
        lineOfTemplate(text) ?? document.line,
        'has a mapping for a key; was a template left unrendered?',
      );
    }
    let size = 1;
    for (const item of Object.values(value)) {
      size += measure(item);
    }
    within.delete(value);
    sizes.set(value, size);
    if (size > MAX_NODES) {
      throw new ManifestError(
        name,
        document.line,
        'expands through aliases to more than a manifest can hold',
      );
    }
    return size;
  };
  measure(document.value);
}
