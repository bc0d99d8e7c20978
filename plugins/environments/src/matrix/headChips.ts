import { Behind, EnvironmentSummary, Observation } from '@envmatrix/engine';
import { Tone } from '../shared/tones';
import { isUnknown } from './cellAppearance';

/** One chip of a column head; what it says is a key of the translations, or the field's own word. */
export type HeadChip =
  | {
      readonly kind: 'word';
      readonly tone: Tone;
      readonly glyph?: string;
      readonly word: string;
    }
  | { readonly kind: 'ready'; readonly tone: Tone; readonly ready: string }
  | {
      readonly kind: 'behind';
      readonly tone: Tone;
      readonly glyph: string;
      readonly behind: Behind;
    }
  | {
      readonly kind: 'violations' | 'unclassified';
      readonly tone: Tone;
      readonly glyph: string;
      readonly count: number;
    }
  | {
      /** Values of sources that do not answer now: never in the colour of what is known. */
      readonly kind: 'last-known';
      readonly words: readonly string[];
      readonly ready?: string;
      readonly observation: Observation;
    };

/** How the words of Argo CD about health look. */
export const HEALTH: Readonly<Record<string, { tone: Tone; glyph: string }>> = {
  Healthy: { tone: 'ok', glyph: '●' },
  Progressing: { tone: 'info', glyph: '◔' },
  Degraded: { tone: 'bad', glyph: '✕' },
  Missing: { tone: 'warn', glyph: '○' },
  Suspended: { tone: 'neutral', glyph: '‖' },
};

const SYNC: Readonly<Record<string, { tone: Tone; glyph: string }>> = {
  Synced: { tone: 'ok', glyph: '✓' },
  OutOfSync: { tone: 'warn', glyph: '⟳' },
};

const UNKNOWN_WORD = { tone: 'unknown', glyph: '?' } as const;

/** The chips below the version, in the order of what a person asks first. */
export function headChips(summary: EnvironmentSummary): HeadChip[] {
  const { observations } = summary;
  return [
    ...lastKnown(summary),
    ...(summary.health !== undefined && !isUnknown(observations.health.status)
      ? [word(summary.health, HEALTH[summary.health])]
      : []),
    ...(summary.sync !== undefined && !isUnknown(observations.sync.status)
      ? [word(summary.sync, SYNC[summary.sync])]
      : []),
    ...(summary.ready !== undefined && !isUnknown(observations.ready.status)
      ? [
          {
            kind: 'ready',
            tone: isAllReady(summary.ready) ? 'neutral' : 'warn',
            ready: summary.ready,
          } as const,
        ]
      : []),
    ...behindChip(summary.behind),
    ...counted('violations', 'bad', '!', summary.violations),
    ...counted('unclassified', 'odd', '?', summary.unclassified),
  ];
}

function word(
  value: string,
  look: { tone: Tone; glyph: string } = UNKNOWN_WORD,
): HeadChip {
  return { kind: 'word', word: value, ...look };
}

/** Values that are lost for the same reason share one chip. */
function lastKnown(summary: EnvironmentSummary): HeadChip[] {
  const parts = (['health', 'ready', 'sync'] as const)
    .filter(part => isUnknown(summary.observations[part].status))
    .map(part => ({ part, observation: summary.observations[part] }));
  const chips: Extract<HeadChip, { kind: 'last-known' }>[] = [];
  for (const { part, observation } of parts) {
    const value = summary[part];
    const index = chips.findIndex(
      chip =>
        chip.observation.status === observation.status &&
        chip.observation.since === observation.since,
    );
    const before = chips[index] ?? {
      kind: 'last-known',
      words: [],
      observation,
    };
    const told =
      part === 'ready'
        ? { ready: value }
        : { words: [...before.words, ...(value === undefined ? [] : [value])] };
    const after = value === undefined ? before : { ...before, ...told };
    if (index < 0) {
      chips.push(after);
    } else {
      chips[index] = after;
    }
  }
  return chips;
}

function behindChip(behind: Behind | undefined): HeadChip[] {
  if (!behind || behind.status === 'identical') {
    return [];
  }
  const looks = {
    behind: { tone: 'warn', glyph: '↑' },
    ahead: { tone: 'warn', glyph: '↓' },
    diverged: { tone: 'bad', glyph: '⇅' },
    unknown: { tone: 'unknown', glyph: '?' },
  } as const;
  return [{ kind: 'behind', behind, ...looks[behind.status] }];
}

function counted(
  kind: 'violations' | 'unclassified',
  tone: Tone,
  glyph: string,
  count: number,
): HeadChip[] {
  return count > 0 ? [{ kind, tone, glyph, count }] : [];
}

function isAllReady(ready: string): boolean {
  const [have, want] = ready.split('/');
  return have === want;
}
