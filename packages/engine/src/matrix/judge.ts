import { Difference } from '../differences/types';
import { pinnedTo } from '../observations';
import { Finding } from '../rules/types';
import { behindOf } from './behind';
import { EnvironmentState } from './environmentState';
import { syncOf } from './health';
import { Reading, RowComparison, RowDefinition } from './rows';
import { Cell } from './types';

/** What the rules say of what git declares. */
export interface Judgements {
  readonly findings: readonly Finding[];
  readonly differences: readonly Difference[];
}

export type Verdict = Pick<
  Cell,
  'comparison' | 'rule' | 'reason' | 'remedy' | 'state'
>;

/** One environment's reading of a row. */
export interface Read {
  readonly state: EnvironmentState;
  readonly reading: Reading;
}

const NOT_COMPARED: Verdict = { comparison: 'not-compared' };

/**
 * How a value compares with the one in the environment before. A violation wins over everything, also where the value is only last known.
 */
export function judge(
  { comparison }: RowDefinition,
  own: Read,
  before: Read | undefined,
  judgements: Judgements,
): Verdict {
  switch (comparison.kind) {
    case 'release':
      return before
        ? releaseVerdict(own, before, comparison.isExact ?? false)
        : NOT_COMPARED;
    case 'measured':
      return before
        ? measuredVerdict(comparison.reason, own, before)
        : NOT_COMPARED;
    case 'declared':
      return (
        violation(comparison, own.state, judgements) ??
        (before
          ? declaredVerdict(comparison, own, before, judgements)
          : NOT_COMPARED)
      );
    default:
      throw new Error(
        `Unknown comparison ${JSON.stringify(comparison satisfies never)}`,
      );
  }
}

function measuredVerdict(reason: string, own: Read, before: Read): Verdict {
  const [left, right] = [before.reading.known.value, own.reading.known.value];
  if (left === undefined || right === undefined) {
    return NOT_COMPARED;
  }
  return isSame(left, right)
    ? { comparison: 'same' }
    : { comparison: 'expected', reason };
}

function releaseVerdict(own: Read, before: Read, isExact: boolean): Verdict {
  const [left, right] = [before.reading.known.value, own.reading.known.value];
  const behind = behindOf(own.state);
  const status = behind?.status ?? 'unknown';
  const [version, earlier] = [own, before].map(
    ({ state }) => state.release.value?.version,
  );
  if (version === undefined || earlier === undefined || right === undefined) {
    return NOT_COMPARED;
  }
  if (isSame(left, right)) {
    return { comparison: 'same' };
  }
  if (isExact && left !== undefined && version === earlier) {
    return anotherImage(version, before.state.name);
  }
  if (status === 'identical') {
    return isExact ? rebuilt(left) : { comparison: 'same' };
  }
  switch (status) {
    case 'diverged':
      return {
        comparison: 'violation',
        reason: `Diverged: this release has commits that ${before.state.name} lacks, and lacks some that it has`,
        remedy: `Bring the commits of this release into ${before.state.name}, then promote`,
      };
    case 'ahead':
      return {
        comparison: 'lag',
        reason: `${behind?.commits ?? 'Some'} commits ahead of ${
          before.state.name
        }: a release that did not come from there, or one that was taken back there`,
      };
    case 'behind':
      return lag(behind?.commits);
    case 'unknown':
      return left === undefined ? NOT_COMPARED : lag(undefined);
    default:
      throw new Error(`Unknown status ${status satisfies never}`);
  }
}

/** A promotion would change nothing, as the two go by the same name. */
function anotherImage(version: string, earlier: string): Verdict {
  return {
    comparison: 'violation',
    rule: 'K8S-12',
    reason: `${version} is another image here than in ${earlier}: its tag was moved, or it was built more than once`,
    remedy:
      'Build a release once, pin its digest beside the tag, and promote both',
  };
}

function rebuilt(earlier: unknown): Verdict {
  return earlier === undefined
    ? NOT_COMPARED
    : {
        comparison: 'lag',
        reason:
          'Another image of the same commit, the next promotion removes it',
      };
}

function lag(commits: number | undefined): Verdict {
  const count =
    commits === undefined
      ? ''
      : `${commits} ${commits === 1 ? 'commit' : 'commits'}, `;
  return {
    comparison: 'lag',
    reason: `${count}the next promotion removes it`,
  };
}

type Declared = Extract<RowComparison, { kind: 'declared' }>;

function violation(
  comparison: Declared,
  { name }: EnvironmentState,
  { findings }: Judgements,
): Verdict | undefined {
  const found = findings.find(
    finding =>
      finding.outcome === 'fail' &&
      finding.environments.includes(name) &&
      isBelow(comparison, finding.subject, finding.pointer ?? ''),
  );
  return (
    found && {
      comparison: 'violation',
      rule: found.rule,
      reason: found.reason ?? found.title,
      ...(found.remedy === undefined ? {} : { remedy: found.remedy }),
    }
  );
}

function declaredVerdict(
  comparison: Declared,
  own: Read,
  before: Read,
  { findings, differences }: Judgements,
): Verdict {
  if (!isComparable(own) || !isComparable(before)) {
    return NOT_COMPARED;
  }
  const ours = differences.filter(
    difference =>
      difference.from === before.state.name &&
      difference.to === own.state.name &&
      isBelow(comparison, difference.subject, difference.pointer),
  );
  const ofClass = (...wanted: Difference['class'][]) =>
    wanted.flatMap(name => ours.filter(entry => entry.class === name))[0];
  // A row shows less than git has: what may not differ counts also where both sides read alike.
  const grave = ofClass('violation', 'unclassified');
  if (grave) {
    return verdictOf(grave);
  }
  const part = comparison.declaredPart ?? (value => value);
  const value = ({ reading: { known } }: Read) =>
    known.value === undefined ? undefined : part(known.value);
  if (isSame(value(before), value(own))) {
    return { comparison: 'same' };
  }
  const mild = ofClass('lag', 'expected');
  if (mild) {
    return verdictOf(mild);
  }
  if (findings.length === 0 && differences.length === 0) {
    return {
      comparison: 'not-compared',
      reason:
        'What git declares has not been read, so nobody can say whether this may differ',
    };
  }
  for (const { state } of [own, before]) {
    if (syncOf(state).value === 'OutOfSync') {
      return {
        comparison: 'lag',
        reason: `Declared alike in git; the next sync of ${state.name} removes it`,
        ...(state === own.state ? { state: 'out-of-sync' } : {}),
      };
    }
  }
  const application = own.state.application.value;
  const pin = application && pinnedTo(application);
  if (pin !== undefined) {
    return {
      comparison: 'lag',
      reason: `${own.state.name} is pinned to ${pin.slice(
        0,
        7,
      )}, from before git declared this; the next promotion brings it`,
    };
  }
  return {
    comparison: 'unclassified',
    reason: `Lives different from ${before.state.name}, and git does not say so`,
    state: 'drifted',
  };
}

function verdictOf({ class: comparison, rule, reason }: Difference): Verdict {
  return {
    comparison,
    ...(rule === undefined ? {} : { rule }),
    ...(reason === undefined ? {} : { reason }),
  };
}

/** A value, or the knowledge that there is none where the service itself is there. */
function isComparable({ state, reading: { known } }: Read): boolean {
  return (
    known.value !== undefined ||
    (known.observation.status === 'absent' &&
      state.workload.value !== undefined)
  );
}

function isSame(left: unknown, right: unknown): boolean {
  return JSON.stringify(left) === JSON.stringify(right);
}

function isBelow(
  { subject: wanted, pointers }: Declared,
  subject: string,
  pointer: string,
): boolean {
  return (
    (subject === wanted || subject.startsWith(`${wanted} `)) &&
    pointers.some(
      prefix =>
        prefix === '' ||
        pointer === prefix ||
        pointer.startsWith(`${prefix}/`) ||
        prefix.startsWith(`${pointer}/`),
    )
  );
}
