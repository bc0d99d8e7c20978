import { Difference } from '../differences/types';
import { Finding } from '../rules/types';
import { EnvironmentState } from './environmentState';
import { Reading, RowDefinition } from './rows';
import { behindOf } from './summary';
import { Cell, Row } from './types';

/** Shown where there is no value: never nothing at all. */
const NO_VALUE: Readonly<Record<Cell['observation']['status'], string>> = {
  observed: '—',
  absent: '—',
  stale: 'not known',
  unreachable: 'unreachable',
  timeout: 'no answer',
  forbidden: 'not permitted',
  'not-configured': 'not configured',
  unknown: 'not known',
};

/**
 * One row over all environments: every cell compared with the one of the environment that it is promoted from.
 */
export function rowOf(
  definition: RowDefinition,
  states: readonly EnvironmentState[],
  judgements: {
    findings: readonly Finding[];
    differences: readonly Difference[];
  },
): Row {
  const readings = new Map(
    states.map(state => [state.name, definition.read(state)]),
  );
  const cells: Record<string, Cell> = {};
  let rule: string | undefined;
  states.forEach((state, index) => {
    const from =
      state.input.definition.delivery.from ?? states[index - 1]?.name;
    const reading = readings.get(state.name);
    if (!reading) {
      return;
    }
    const verdict = judge(
      definition,
      state,
      from,
      reading,
      from === undefined ? undefined : readings.get(from),
      judgements,
    );
    rule ??= verdict.rule;
    cells[state.name] = cellOf(reading, verdict);
  });
  return {
    id: definition.id,
    title: definition.title,
    ...(rule ? { rule } : {}),
    cells,
  };
}

type Verdict = Pick<Cell, 'comparison' | 'rule' | 'reason' | 'remedy'> & {
  readonly drifted?: boolean;
};

function cellOf(reading: Reading, { drifted, ...verdict }: Verdict): Cell {
  const { known } = reading;
  const state = reading.state ?? (drifted ? 'drifted' : undefined);
  return {
    observation: known.observation,
    ...(known.value === undefined ? {} : { value: known.value }),
    display:
      known.value === undefined
        ? NO_VALUE[known.observation.status]
        : reading.display ?? String(known.value),
    ...verdict,
    ...(state ? { state } : {}),
    ...(reading.detail ? { detail: reading.detail } : {}),
    ...(known.provenance ? { provenance: known.provenance } : {}),
  };
}

function judge(
  definition: RowDefinition,
  state: EnvironmentState,
  from: string | undefined,
  reading: Reading,
  before: Reading | undefined,
  judgements: {
    findings: readonly Finding[];
    differences: readonly Difference[];
  },
): Verdict {
  const { comparison } = definition;
  if (comparison.kind === 'declared') {
    const violation = judgements.findings.find(
      finding =>
        finding.outcome === 'fail' &&
        finding.environments.at(-1) === state.name &&
        isBelow(comparison, finding.subject, finding.pointer ?? ''),
    );
    if (violation) {
      return {
        comparison: 'violation',
        rule: violation.rule,
        reason: violation.reason ?? violation.title,
        remedy: violation.remedy,
      };
    }
  }
  if (
    from === undefined ||
    before?.known.value === undefined ||
    reading.known.value === undefined
  ) {
    return { comparison: 'not-compared' };
  }
  if (comparison.kind === 'release') {
    return releaseVerdict(state, reading, before);
  }
  if (
    JSON.stringify(before.known.value) === JSON.stringify(reading.known.value)
  ) {
    return { comparison: 'same' };
  }
  if (comparison.kind === 'measured') {
    return { comparison: 'expected', reason: comparison.reason };
  }
  const differences = judgements.differences.filter(
    difference =>
      difference.from === from &&
      difference.to === state.name &&
      isBelow(comparison, difference.subject, difference.pointer),
  );
  const gravest = (
    ['violation', 'unclassified', 'lag', 'expected'] as const
  ).flatMap(wanted =>
    differences.filter(difference => difference.class === wanted),
  )[0];
  if (gravest) {
    return {
      comparison: gravest.class,
      rule: gravest.rule,
      reason: gravest.reason,
    };
  }
  // What is used of a quota is measured, what is allowed is declared.
  if (
    definition.id.startsWith('platform.quota.') &&
    sameLimit(before, reading)
  ) {
    return {
      comparison: 'expected',
      reason: 'The limit is the same; what is used is measured',
    };
  }
  return judgements.differences.length === 0 && judgements.findings.length === 0
    ? {
        comparison: 'not-compared',
        reason:
          'What git declares has not been read, so nobody can say whether this may differ',
      }
    : {
        comparison: 'unclassified',
        reason: `Lives different from ${from}, and git does not say so`,
        drifted: true,
      };
}

function releaseVerdict(
  state: EnvironmentState,
  reading: Reading,
  before: Reading,
): Verdict {
  const behind = behindOf(state);
  if (
    state.input.comparison?.status === 'identical' ||
    JSON.stringify(before.known.value) === JSON.stringify(reading.known.value)
  ) {
    return { comparison: 'same' };
  }
  if (behind?.status === 'diverged') {
    return {
      comparison: 'violation',
      reason: `Diverged: this release has commits that ${behind.environment} lacks, and lacks some that it has`,
      remedy: `Bring the commits of this release into ${behind.environment}, then promote`,
    };
  }
  if (behind?.status === 'ahead') {
    return {
      comparison: 'lag',
      reason: `${behind.commits ?? 'Some'} commits ahead of ${
        behind.environment
      }: a release that did not come from there, or one that was taken back there`,
    };
  }
  const commits =
    behind?.commits === undefined
      ? ''
      : `${behind.commits} ${behind.commits === 1 ? 'commit' : 'commits'}, `;
  return {
    comparison: 'lag',
    reason: `${commits}the next promotion removes it`,
  };
}

function isBelow(
  comparison: { subject: string; pointers: readonly string[] },
  subject: string,
  pointer: string,
): boolean {
  const sameSubject =
    subject === comparison.subject ||
    subject.startsWith(`${comparison.subject} `);
  return (
    sameSubject &&
    comparison.pointers.some(
      prefix =>
        prefix === '' ||
        pointer === prefix ||
        pointer.startsWith(prefix) ||
        prefix.startsWith(`${pointer}/`),
    )
  );
}

function sameLimit(before: Reading, reading: Reading): boolean {
  const limit = (value: unknown) => String(value).split(' / ')[1];
  return limit(before.known.value) === limit(reading.known.value);
}
