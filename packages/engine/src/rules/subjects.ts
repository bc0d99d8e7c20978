import { Judgement, Pair, PlacedChange, RuleContext } from './rule';
import { objectsOfKind, workloadsOf } from './view';

export const CONTAINER = '/pod/containers|initContainers|ephemeralContainers/*';

/** Subjects with a pod template, in any environment. */
export function workloadSubjects(context: RuleContext): string[] {
  return [
    ...new Set(
      context.environments.flatMap(environment =>
        workloadsOf(environment).map(object => object.subject),
      ),
    ),
  ];
}

/** Says which side lacks an entry, or that the two differ. */
export function describe(
  change: PlacedChange,
  { from, to }: Pair,
  what: string,
): string {
  if (!change.before || !change.after) {
    const [has, lacks] = change.before
      ? [from.name, to.name]
      : [to.name, from.name];
    return `${has} has ${what}, ${lacks} has not`;
  }
  return `${what[0].toUpperCase()}${what.slice(1)} differs between ${
    from.name
  } and ${to.name}`;
}

export function violation(reason: string): Judgement {
  return { class: 'violation', reason };
}

/** Subjects of some kinds, in any environment. */
export function kindSubjects(...kinds: string[]) {
  return (context: RuleContext) => [
    ...new Set(
      context.environments.flatMap(environment =>
        objectsOfKind(environment, ...kinds).map(({ subject }) => subject),
      ),
    ),
  ];
}
