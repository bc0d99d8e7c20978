import { partsOf } from '../../terraform/expression/evaluate';
import { Expression, TemplatePart } from '../../terraform/expression/parse';

/** Functions whose value is one of what they are given. */
const CHOOSING = new Set(['coalesce', 'try', 'lookup', 'element', 'one']);

/** Functions whose value tells what they are given. */
const PASSING = new Set([
  'sensitive',
  'nonsensitive',
  'tostring',
  'trimspace',
  'chomp',
  'base64encode',
  'ephemeralasnull',
]);

/**
 * The texts that an argument can come to as a whole, as far as they are written out: `${x ? null : "a"}` gives `a`, whatever
 * `x` is. Text that is only part of a value gives none, where the rest of it is not written out.
 */
export function writtenResults(written: string): string[] {
  return /[$%]\{/.test(written) ? ofParts(partsOf(written) ?? []) : [written];
}

function ofParts(parts: readonly TemplatePart[]): string[] {
  return parts.reduce<string[]>(
    (starts, part) => {
      const ends = typeof part === 'string' ? [part] : ofPart(part);
      return starts.flatMap(start => ends.map(end => start + end));
    },
    [''],
  );
}

function ofPart(part: Exclude<TemplatePart, string>): string[] {
  switch (part.kind) {
    case 'unread':
      return [];
    case 'choice':
      return [...ofParts(part.then), ...ofParts(part.otherwise)];
    default:
      return ofExpression(part);
  }
}

function ofExpression(expression: Expression): string[] {
  switch (expression.kind) {
    case 'literal':
      return typeof expression.value === 'string' ? [expression.value] : [];
    case 'template':
      return ofParts(expression.parts);
    case 'conditional':
      return [expression.then, expression.otherwise].flatMap(ofExpression);
    case 'call':
      return ofCall(expression.name, expression.args);
    case 'index':
      return ofEntries(expression.of);
    default:
      return [];
  }
}

function ofCall(name: string, args: readonly Expression[]): string[] {
  if (name === 'lookup') {
    const [holder, , ...otherwise] = args;
    return [
      ...(holder ? ofEntries(holder) : []),
      ...otherwise.flatMap(ofExpression),
    ];
  }
  if (name === 'element' || name === 'one') {
    return args.slice(0, 1).flatMap(ofEntries);
  }
  return CHOOSING.has(name) || PASSING.has(name)
    ? args.flatMap(ofExpression)
    : [];
}

/** What stands in a list or a map that one is taken from. */
function ofEntries(holder: Expression): string[] {
  switch (holder.kind) {
    case 'tuple':
      return holder.items.flatMap(ofExpression);
    case 'object':
      return holder.entries.flatMap(([, value]) => ofExpression(value));
    default:
      return [];
  }
}
