/**
 * Whether labels match a Kubernetes label selector: `a=b,c!=d,e in (f,g),h notin (i),j,!k`.
 *
 * @throws Error naming the requirement that is not understood.
 * @public
 */
export function matchesSelector(
  labels: Readonly<Record<string, string>> | undefined,
  selector: string,
): boolean {
  return requirementsOf(selector).every(requirement =>
    holds(labels ?? {}, requirement),
  );
}

function requirementsOf(selector: string): string[] {
  // A comma inside parentheses belongs to its set.
  return selector
    .split(/,(?![^(]*\))/)
    .map(requirement => requirement.trim())
    .filter(requirement => requirement !== '');
}

function holds(
  labels: Readonly<Record<string, string>>,
  requirement: string,
): boolean {
  const set = /^(\S+)\s+(in|notin)\s+\(([^)]*)\)$/.exec(requirement);
  if (set) {
    const [, key, operator, list] = set;
    const values = list.split(',').map(value => value.trim());
    const isIn = Object.hasOwn(labels, key) && values.includes(labels[key]);
    return operator === 'in' ? isIn : !isIn;
  }
  const equality = /^([^!=\s]+)\s*(==|=|!=)\s*(\S*)$/.exec(requirement);
  if (equality) {
    const [, key, operator, value] = equality;
    const equal = Object.hasOwn(labels, key) && labels[key] === value;
    return operator === '!=' ? !equal : equal;
  }
  const existence = /^(!?)\s*([^!=\s()]+)$/.exec(requirement);
  if (existence) {
    return Object.hasOwn(labels, existence[2]) === (existence[1] === '');
  }
  throw new Error(
    `Label selector requirement '${requirement}' is not understood`,
  );
}
