import { Difference, PromotionFile } from '@envmatrix/engine';
import { structuredPatch } from 'diff';
import { stringify } from 'yaml';

/** Lines around a change that say where it is. */
const CONTEXT_LINES = 2;

/** One line of a change, as it is read: kept, taken away, put in, or a gap. */
export interface DiffLine {
  readonly kind: 'same' | 'removed' | 'added' | 'gap' | 'path';
  readonly text: string;
  /** Why it changes, beside it. */
  readonly note?: string;
}

/** What changes in a file, with a little around it. */
export function fileDiff(file: PromotionFile): DiffLine[] {
  const { hunks } = structuredPatch(
    file.path,
    file.path,
    file.before ?? '',
    file.after ?? '',
    '',
    '',
    { context: CONTEXT_LINES },
  );
  return hunks.flatMap((hunk, index): DiffLine[] => [
    ...(index > 0 ? [{ kind: 'gap', text: '⋯' } as const] : []),
    ...hunk.lines
      .filter(line => !line.startsWith('\\'))
      .map(line => ({ kind: kindOf(line), text: line.slice(1) })),
  ]);
}

function kindOf(line: string): DiffLine['kind'] {
  if (line.startsWith('-')) {
    return 'removed';
  }
  return line.startsWith('+') ? 'added' : 'same';
}

/** What changes in one rendered object. */
export interface ObjectDiff {
  readonly subject: string;
  readonly lines: readonly DiffLine[];
}

/** The leaves of the rendered manifests that change, by object. */
export function objectDiffs(changes: readonly Difference[]): ObjectDiff[] {
  const bySubject = new Map<string, DiffLine[]>();
  for (const change of changes) {
    const lines = bySubject.get(change.subject) ?? [];
    bySubject.set(change.subject, lines);
    lines.push(
      { kind: 'path', text: pathOf(change.pointer) },
      ...valueLines('removed', change.before),
      ...withNote(valueLines('added', change.after), noteOf(change)),
    );
  }
  return [...bySubject].map(([subject, lines]) => ({ subject, lines }));
}

/** `apps/Deployment checkout` as a person says it: `Deployment checkout`. */
export function subjectName(subject: string): string {
  return subject.replace(/^[^\s/]+\//, '');
}

/** A JSON pointer as a path with dots, its escapes resolved. */
function pathOf(pointer: string): string {
  return pointer
    .split('/')
    .slice(1)
    .map(part => part.replace(/~1/g, '/').replace(/~0/g, '~'))
    .join('.');
}

function valueLines(kind: 'removed' | 'added', value: unknown): DiffLine[] {
  if (value === undefined) {
    return [];
  }
  const text =
    typeof value === 'object' && value !== null
      ? stringify(value).trimEnd()
      : String(value);
  return text.split('\n').map(line => ({ kind, text: line }));
}

function withNote(lines: DiffLine[], note: string | undefined): DiffLine[] {
  const [first, ...rest] = lines;
  return first && note ? [{ ...first, note }, ...rest] : lines;
}

function noteOf({ rule, reason }: Difference): string | undefined {
  const parts = [reason, rule && `(${rule})`].filter(Boolean);
  return parts.length === 0 ? undefined : parts.join(' ');
}
