import pc from 'picocolors';
import { DifferenceClass, FindingOutcome } from '@envmatrix/engine';

type Paint = (text: string) => string;

export const OUTCOME_PAINT: Readonly<Record<FindingOutcome, Paint>> = {
  fail: pc.red,
  warn: pc.yellow,
  unknown: pc.magenta,
  waived: pc.cyan,
  pass: pc.green,
  'not-deployed': pc.dim,
  'not-applicable': pc.dim,
};

export const CLASS_PAINT: Readonly<Record<DifferenceClass, Paint>> = {
  violation: pc.red,
  unclassified: pc.red,
  lag: pc.yellow,
  expected: pc.dim,
};

/** A value in one line, however large it is. */
export function shown(value: unknown, width = 72): string {
  if (value === undefined) {
    return pc.dim('(nothing)');
  }
  const text = typeof value === 'string' ? value : JSON.stringify(value) ?? '';
  const line = text.replace(/\s+/g, ' ');
  return line.length > width ? `${line.slice(0, width - 1)}…` : line;
}

/** `1 expected, 2 lag` of the numbers that are not zero. */
export function counts(
  numbers: Readonly<Record<string, number>>,
  words: Readonly<Record<string, string>> = {},
): string {
  return Object.entries(numbers)
    .filter(([, number]) => number > 0)
    .map(([name, number]) => `${number} ${words[name] ?? name}`)
    .join(', ');
}

export const { bold, dim, green, red } = pc;
