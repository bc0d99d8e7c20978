import {
  ClassifiedChange,
  RuleVerdict,
  withExpiry,
} from '../differences/classify';
import { Exception, findException } from '../differences/exceptions';
import { locationAt, nodeAt, shownValue } from '../model/canonical';
import { toPointer } from '../model/json';
import { Rule, RuleContext } from './rule';
import { Finding } from './types';

/** The finding of a verdict on environments by themselves. */
export function verdictFinding(
  context: RuleContext,
  { rule, verdict }: RuleVerdict,
): Finding {
  const pointer = verdict.path && toPointer(verdict.path);
  const isProblem = verdict.outcome === 'fail' || verdict.outcome === 'warn';
  const match = isProblem
    ? findException(
        context.intent,
        {
          rule: rule.id,
          subject: verdict.subject,
          pointer,
          environments: verdict.environments,
        },
        context.now,
      )
    : { status: 'none' as const };
  const seen = lookUp(context, verdict.subject, verdict.path);
  const base: Finding = {
    rule: rule.id,
    outcome: verdict.outcome,
    title: rule.title,
    ...(rule.guideStep === undefined ? {} : { guideStep: rule.guideStep }),
    environments: verdict.environments,
    subject: verdict.subject,
    ...(pointer === undefined ? {} : { pointer }),
    values: verdict.values ?? seen.values,
    locations: verdict.locations ?? seen.locations,
    ...(verdict.reason === undefined ? {} : { reason: verdict.reason }),
    ...(verdict.missing === undefined ? {} : { missing: verdict.missing }),
    ...(isProblem ? { remedy: verdict.remedy ?? rule.remedy } : {}),
  };
  switch (match.status) {
    case 'allowed':
      return waive(base, match.exception);
    case 'expired':
      return {
        ...base,
        reason: withExpiry(verdict.reason ?? rule.title, match.exception),
      };
    default:
      return base;
  }
}

/** One finding for each place in which a rule found environments to differ. */
export function changeFindings(
  context: RuleContext,
  rule: Rule,
  changes: readonly ClassifiedChange[],
): Finding[] {
  const counting = changes.filter(
    ({ explained, judgement, allowedBy }) =>
      !explained &&
      judgement.class !== 'expected' &&
      judgement.class !== 'lag' &&
      // The class itself is the report of what no rule explains.
      (judgement.class !== 'unclassified' || allowedBy),
  );
  const moved = movedPlaces(counting);
  const retyped = new Set(
    counting
      .filter(isTypeChange)
      .map(entry => `${pairName(entry)}\n${parentOf(entry)}`),
  );
  const places = new Map<string, ClassifiedChange[]>();
  for (const entry of counting) {
    const parent = parentOf(entry);
    const isPart = !entry.change.before || !entry.change.after;
    const inPair = `${pairName(entry)}\n${parent}`;
    let place = `${entry.change.subject}\n${entry.pointer}`;
    if (isPart && moved.has(inPair)) {
      place = parent;
    } else if (isPart && retyped.has(inPair)) {
      place = `${parent}/type`;
    }
    const known = places.get(place);
    if (known) {
      known.push(entry);
    } else {
      places.set(place, [entry]);
    }
  }
  return [...places.values()].map(entries =>
    changeFinding(context, rule, entries),
  );
}

/** What another type brings along, or takes away, has no cause of its own. */
function isTypeChange({ change }: ClassifiedChange): boolean {
  return (
    change.path.at(-1) === 'type' &&
    change.before !== undefined &&
    change.after !== undefined
  );
}

/** Where an entry is gone and another new: it stands under another key. One cause, which is told at the list. */
function movedPlaces(
  changes: readonly ClassifiedChange[],
): ReadonlySet<string> {
  const sides = new Map<string, Set<'gone' | 'new'>>();
  for (const entry of changes) {
    const { before, after } = entry.change;
    if ((!before || !after) && isChoice(entry)) {
      const place = `${pairName(entry)}\n${parentOf(entry)}`;
      const known = sides.get(place) ?? new Set();
      sides.set(place, known.add(before ? 'gone' : 'new'));
    }
  }
  return new Set(
    [...sides].filter(([, both]) => both.size === 2).map(([place]) => place),
  );
}

function pairName({ pair }: ClassifiedChange): string {
  return `${pair.from.name} ${pair.to.name}`;
}

/** Whether the entry is one of a list, or one of several that exclude each other. */
function isChoice({ change, pair }: ClassifiedChange): boolean {
  const { path } = change;
  const parents = [pair.from, pair.to].map(({ objects }) => {
    const object = objects.get(change.subject);
    return object && nodeAt(object.node, path.slice(0, -1));
  });
  return (
    path.length > 0 &&
    (parents.some(node => node?.type === 'map' && node.isList) ||
      path.at(-3) === 'volumes' ||
      /^(startup|readiness|liveness)Probe$/.test(path.at(-2) ?? ''))
  );
}

function parentOf({ change }: ClassifiedChange): string {
  return `${change.subject}\n${toPointer(change.path.slice(0, -1))}`;
}

function changeFinding(
  context: RuleContext,
  rule: Rule,
  entries: readonly ClassifiedChange[],
): Finding {
  const counting = entries.filter(({ allowedBy }) => !allowedBy);
  const told = counting.length > 0 ? counting : entries;
  const violations = told.filter(
    ({ judgement: { class: judged } }) => judged === 'violation',
  );
  // What had better not be blames nobody beside what must not.
  const blamed = violations.length > 0 ? violations : told;
  const typeChange = told.find(isTypeChange);
  const main = typeChange ?? blamed[0];
  const { change, judgement, expired, allowedBy } = main;
  const isMoved =
    !typeChange && new Set(told.map(({ pointer }) => pointer)).size > 1;
  const path = isMoved ? change.path.slice(0, -1) : change.path;
  const finding: Finding = {
    rule: rule.id,
    outcome: violations.length > 0 ? 'fail' : 'warn',
    title: rule.title,
    ...(rule.guideStep === undefined ? {} : { guideStep: rule.guideStep }),
    environments: context.environments
      .map(({ name }) => name)
      .filter(name => blamed.some(({ outliers }) => outliers.includes(name))),
    subject: change.subject,
    ...(path.length === 0 ? {} : { pointer: toPointer(path) }),
    ...lookUp(context, change.subject, path),
    reason: withExpiry(
      isMoved ? movedReason(told, main) : judgement.reason,
      expired,
    ),
    remedy: judgement.remedy ?? rule.remedy,
  };
  return counting.length === 0 && allowedBy
    ? waive(finding, allowedBy)
    : finding;
}

/** `staging has 8080/TCP, prod has 9090/TCP instead` */
function movedReason(
  entries: readonly ClassifiedChange[],
  { pair }: ClassifiedChange,
): string {
  const ofPair = entries.filter(entry => entry.pair === pair);
  const keys = (side: 'before' | 'after') =>
    ofPair
      .filter(({ change }) => change[side] !== undefined)
      .map(({ change }) => change.path.at(-1))
      .join(', ');
  return `${pair.from.name} has ${keys('before')}, ${pair.to.name} has ${keys(
    'after',
  )} instead`;
}

function waive(finding: Finding, exception: Exception): Finding {
  const { remedy: _remedy, ...rest } = finding;
  return {
    ...rest,
    outcome: 'waived',
    reason: exception.reason,
    ...(exception.expires === undefined
      ? {}
      : { waivedUntil: exception.expires }),
  };
}

/** A pass for every subject of a rule with which nothing is wrong. */
export function passFindings(
  context: RuleContext,
  rule: Rule,
  found: readonly Finding[],
): Finding[] {
  const spokenOf = new Set(found.map(({ subject }) => subject));
  const comparable = context.pairs.length > 0;
  return (rule.subjects?.(context) ?? [])
    .filter(subject => !spokenOf.has(subject))
    .filter(subject => subject !== context.service || found.length === 0)
    .map(subject => {
      const { locations } = lookUp(context, subject);
      const holders = context.environments
        .map(({ name }) => name)
        .filter(
          name => subject === context.service || Object.hasOwn(locations, name),
        );
      return {
        rule: rule.id,
        outcome: comparable ? 'pass' : 'unknown',
        title: rule.title,
        ...(rule.guideStep === undefined ? {} : { guideStep: rule.guideStep }),
        environments: holders,
        subject,
        values: {},
        locations,
        ...(comparable
          ? {}
          : { reason: 'There is no other environment to compare with' }),
      };
    });
}

/** That everything in which two environments differ has a reason. */
export function residualPasses(
  context: RuleContext,
  rule: Rule,
  changes: readonly ClassifiedChange[],
): Finding[] {
  const isLeft = ({ judgement, allowedBy }: ClassifiedChange) =>
    judgement.class === 'unclassified' && !allowedBy;
  return context.pairs
    .filter(
      pair => !changes.some(entry => entry.pair === pair && isLeft(entry)),
    )
    .map(({ from, to }) => ({
      rule: rule.id,
      outcome: 'pass',
      title: rule.title,
      ...(rule.guideStep === undefined ? {} : { guideStep: rule.guideStep }),
      environments: [from.name, to.name],
      subject: context.service,
      values: {},
      locations: {},
    }));
}

/** Values and locations of a place, in every environment that has the object. */
function lookUp(
  context: RuleContext,
  subject: string,
  path: readonly string[] = [],
): Pick<Finding, 'values' | 'locations'> {
  const values: Record<string, unknown> = {};
  const locations: Record<string, string> = {};
  for (const { name, objects } of context.environments) {
    const object = objects.get(subject);
    if (object) {
      const node = path.length > 0 ? nodeAt(object.node, path) : undefined;
      if (node) {
        values[name] = shownValue(node);
      }
      locations[name] = locationAt(object.node, path) ?? object.source.location;
    }
  }
  return { values, locations };
}
