import { parseImage } from '../model/image';
import { objectsAt, stringAt } from '../model/json';
import { replaceOwnTokens } from '../model/tokens';
import { podSpecOf } from '../model/workloads';
import { EnvironmentView, Pair, PlacedChange, RuleContext } from './rule';
import { workloadsOf } from './view';

export function imageOf(node: PlacedChange['before']) {
  return node?.type === 'leaf' && typeof node.value === 'string'
    ? parseImage(node.value)
    : undefined;
}

/** Whether promotions bring the image along: the service's own, or the one that gives a workload its name. */
export function isPromoted(
  change: Pick<PlacedChange, 'place' | 'subject'>,
  repository: string,
  { intent, service }: RuleContext,
): boolean {
  const own = intent.service.image;
  if (own === undefined || parseImage(own).repository === repository) {
    return true;
  }
  const [, list, container] = change.place;
  const workload = change.subject.slice(change.subject.lastIndexOf(' ') + 1);
  return (
    list === 'containers' && container === workload && workload !== service
  );
}

/** Both values are the tag or digest of an image that the same object runs, each in its environment. */
export function followsRelease(
  change: PlacedChange,
  before: string,
  after: string,
  { from, to }: Pair,
): boolean {
  return (
    releasesOf(from, change.subject).has(before) &&
    releasesOf(to, change.subject).has(after)
  );
}

/** Read once for each environment, as every label that follows the release asks for it. */
const releasesByEnvironment = new WeakMap<
  EnvironmentView,
  ReadonlyMap<string, ReadonlySet<string>>
>();

/** Those of the workload itself; of all workloads for an object that is none. */
function releasesOf(
  environment: EnvironmentView,
  subject: string,
): ReadonlySet<string> {
  let releases = releasesByEnvironment.get(environment);
  if (!releases) {
    releases = readReleases(environment);
    releasesByEnvironment.set(environment, releases);
  }
  return releases.get(subject) ?? releases.get('') ?? new Set();
}

function readReleases(
  environment: EnvironmentView,
): ReadonlyMap<string, ReadonlySet<string>> {
  const all = new Set<string>();
  const releases = new Map<string, ReadonlySet<string>>([['', all]]);
  for (const { subject, kind, source } of workloadsOf(environment)) {
    const own = new Set<string>();
    for (const container of objectsAt(
      podSpecOf(kind, source.value),
      'containers',
    )) {
      const { tag, digest } = parseImage(stringAt(container, 'image') ?? '');
      for (const release of [tag, digest]) {
        if (release !== undefined) {
          own.add(release);
          all.add(release);
        }
      }
    }
    releases.set(subject, own);
  }
  return releases;
}

/** Two values of which each names its own environment, and that are the same otherwise. */
export function isOwnName({ before, after }: PlacedChange, pair: Pair) {
  return (
    before?.type === 'leaf' &&
    after?.type === 'leaf' &&
    namesOwnEnvironment(String(before.value), String(after.value), pair)
  );
}

export function namesOwnEnvironment(
  before: string,
  after: string,
  { from, to }: Pair,
): boolean {
  const own = replaceOwnTokens(before, from.tokens);
  return own !== before && own === replaceOwnTokens(after, to.tokens);
}
