import { Change } from '../differences/changes';
import { templatePath } from '../model/workloads';
import { Claim, PlacedChange } from './rule';

/** The path of a change with the pod spec of every kind of workload under one name. */
export function placeOf(change: Change): PlacedChange {
  const template = templatePath(change.kind);
  const { path } = change;
  if (
    !template ||
    path.length <= template.length ||
    !template.every((part, index) => path[index] === part)
  ) {
    return { ...change, place: path };
  }
  const [next, ...rest] = path.slice(template.length);
  if (next === 'spec') {
    return { ...change, place: ['pod', ...rest] };
  }
  if (next === 'metadata' && template.length > 0) {
    return { ...change, place: ['pod-metadata', ...rest] };
  }
  return { ...change, place: path };
}

/** Whether a claim speaks of a change. */
export type ClaimMatcher = (change: PlacedChange) => boolean;

export function claimMatcher(claim: Claim): ClaimMatcher {
  const patterns = claim.at.map(compile);
  const kinds = claim.kinds && new Set(claim.kinds);
  return change =>
    (!kinds || kinds.has(change.kind)) &&
    patterns.some(pattern => pattern(change.place));
}

function compile(pattern: string): (place: readonly string[]) => boolean {
  const exact = pattern.endsWith('$');
  const parts = (exact ? pattern.slice(0, -1) : pattern)
    .split('/')
    .filter(part => part !== '')
    // Keys with a slash in them are written as in a pointer.
    .map(part =>
      part.split('|').map(word => word.replace(/~1/g, '/').replace(/~0/g, '~')),
    );
  return place =>
    (exact ? place.length === parts.length : place.length >= parts.length) &&
    parts.every(
      (words, index) => words[0] === '*' || words.includes(place[index]),
    );
}
