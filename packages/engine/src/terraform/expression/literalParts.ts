import { partsOf } from './evaluate';
import { Expression, TemplatePart } from './syntax';

/** Functions that choose or test by a text, and do not make it part of their value. */
const CHOOSING = new Set([
  'contains',
  'startswith',
  'endswith',
  'can',
  'regex',
  'index',
]);

/** What the texts of a template are gathered by. */
export interface Gathering {
  /** Words of other environments: entries of a map under one of them are not looked at. */
  readonly foreign: ReadonlySet<string>;
  /** The value of a condition; anything but a truth value where it is not known. */
  readonly decide: (condition: Expression) => unknown;
}

/**
 * The texts that become part of what a template makes. What a value is only compared with or looked up by is none of them;
 * neither are the branches of a choice that is not known, of which one is another environment's.
 */
export function literalParts(template: string, how: Gathering): string[] {
  return (partsOf(template) ?? []).flatMap(part => ofPart(part, how));
}

function ofPart(part: TemplatePart, how: Gathering): string[] {
  if (typeof part === 'string') {
    return [part];
  }
  if (part.kind === 'unread') {
    return [];
  }
  if (part.kind === 'choice') {
    const condition = how.decide(part.condition);
    return typeof condition === 'boolean'
      ? (condition ? part.then : part.otherwise).flatMap(chosen =>
          ofPart(chosen, how),
        )
      : [];
  }
  return ofExpression(part, how);
}

function ofExpression(expression: Expression, how: Gathering): string[] {
  const inside = (parts: readonly Expression[]) =>
    parts.flatMap(part => ofExpression(part, how));
  switch (expression.kind) {
    case 'literal':
      return typeof expression.value === 'string' ? [expression.value] : [];
    case 'template':
      return expression.parts.flatMap(part => ofPart(part, how));
    case 'call':
      return CHOOSING.has(expression.name)
        ? []
        : inside(
            expression.name === 'lookup'
              ? [expression.args[0], ...expression.args.slice(2)]
              : expression.args,
          );
    case 'index':
    case 'splat':
      return inside([expression.of]);
    case 'tuple':
      return inside(expression.items);
    case 'object':
      return expression.entries.flatMap(([key, value]) =>
        key.kind === 'literal' && how.foreign.has(String(key.value))
          ? []
          : ofExpression(value, how),
      );
    case 'for':
      return inside([expression.over, expression.value]);
    case 'conditional': {
      const condition = how.decide(expression.condition);
      return typeof condition === 'boolean'
        ? inside([condition ? expression.then : expression.otherwise])
        : [];
    }
    default:
      return [];
  }
}
