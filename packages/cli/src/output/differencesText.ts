import { Difference } from '@envmatrix/engine';
import { bold, CLASS_PAINT, counts, dim, shown } from './style';

/** Differences by object, each with both values and the reason. */
export function differencesText(
  differences: readonly Difference[],
  title: string,
): string {
  const lines = [bold(title)];
  if (differences.length === 0) {
    return `${lines.join('\n')}\n  They do not differ.\n`;
  }
  for (const [subject, ofSubject] of bySubject(differences)) {
    lines.push('', `  ${subject}`, ...ofSubject.flatMap(differenceLines));
  }
  const classes: Record<string, number> = {};
  for (const difference of differences) {
    classes[difference.class] = (classes[difference.class] ?? 0) + 1;
  }
  return `${lines.join('\n')}\n\n${counts(classes)}\n`;
}

export function bySubject(
  differences: readonly Difference[],
): Map<string, Difference[]> {
  const groups = new Map<string, Difference[]>();
  for (const difference of differences) {
    groups.set(difference.subject, [
      ...(groups.get(difference.subject) ?? []),
      difference,
    ]);
  }
  return groups;
}

function differenceLines(difference: Difference): string[] {
  const { before, after, pointer, rule, reason } = difference;
  const word = CLASS_PAINT[difference.class](difference.class.padEnd(12));
  const values =
    pointer === ''
      ? presence(difference)
      : `${pointer}  ${shown(before)} → ${shown(after)}`;
  return [
    `    ${word} ${values}`,
    `    ${' '.repeat(12)} ${dim([rule, reason].filter(Boolean).join(': '))}`,
  ];
}

function presence({ before, from, to }: Difference): string {
  return before === undefined ? `only in ${to}` : `only in ${from}`;
}
