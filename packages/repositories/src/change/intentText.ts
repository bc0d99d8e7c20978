import { isDeepStrictEqual } from 'util';
import { Intent } from '@envmatrix/engine';
import {
  Document,
  isMap,
  isScalar,
  isSeq,
  Node,
  parseDocument,
  YAMLMap,
  YAMLSeq,
} from 'yaml';

/**
 * The text of `environments.yaml` with other content: what stays the same keeps its words, its order and its comments.
 *
 * @public
 */
export function changeIntentText(
  text: string,
  before: Intent,
  after: Intent,
): string {
  const document = parseDocument(text);
  changeMap(document, document.contents, before, after);
  return document.toString({
    lineWidth: 120,
    indentSeq: true,
    flowCollectionPadding: true,
  });
}

type Fields = Readonly<Record<string, unknown>>;

/** Only what differs between the two is touched: defaults that the file does not write stay unwritten. */
function changeMap(
  document: Document,
  node: unknown,
  before: Fields,
  after: Fields,
): void {
  if (!isMap(node)) {
    throw new Error('environments.yaml is no longer the map that it was');
  }
  for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
    if (isDeepStrictEqual(before[key], after[key])) {
      continue;
    }
    if (after[key] === undefined) {
      node.delete(key);
    } else {
      changeValue(document, node, key, before[key], after[key]);
    }
  }
}

function changeValue(
  document: Document,
  node: YAMLMap,
  key: string,
  before: unknown,
  after: unknown,
): void {
  const child = node.get(key, true);
  if (isFields(before) && isFields(after) && isMap(child)) {
    changeMap(document, child, before, after);
  } else if (isNamed(before) && isNamed(after) && isSeq(child)) {
    changeList(document, child, before, after);
  } else if (isScalar(child) && !(after instanceof Object)) {
    child.value = after;
  } else {
    const created = document.createNode(after);
    copyStyle(child, created);
    node.set(key, created);
  }
}

/** Entries are known by their names, wherever they stand. */
function changeList(
  document: Document,
  node: YAMLSeq,
  before: readonly Named[],
  after: readonly Named[],
): void {
  const nodes = new Map(
    node.items.map(item => [isMap(item) ? item.get('name') : undefined, item]),
  );
  node.items = after.map(entry => {
    const known = nodes.get(entry.name);
    const previous = before.find(({ name }) => name === entry.name);
    if (known && previous) {
      changeMap(document, known, previous, entry);
      return known;
    }
    return document.createNode(entry);
  });
}

/** A list of words that was written on one line stays on one. */
function copyStyle(from: Node | undefined, to: Node): void {
  if (isSeq(from) && isSeq(to)) {
    to.flow = from.flow;
  }
}

interface Named extends Fields {
  readonly name: string;
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isNamed(value: unknown): value is readonly Named[] {
  return (
    Array.isArray(value) &&
    value.length > 0 &&
    value.every(entry => isFields(entry) && typeof entry.name === 'string')
  );
}
