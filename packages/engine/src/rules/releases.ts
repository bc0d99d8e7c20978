import { textOf } from '../model/canonical';
import { OCI_KEYS } from '../model/revision';
import { parseImage } from '../model/image';
import { objectsAt, stringAt } from '../model/json';
import { containsWord, differInOwnTokens, replaceWord } from '../model/tokens';
import { podSpecOf } from '../model/workloads';
import { EnvironmentView, Pair, PlacedChange, RuleContext } from './rule';
import { workloadsOf } from './view';

/** Tags that move: the same words mean another image tomorrow. */
const FLOATING =
  /^(latest|main|master|trunk|head|edge|nightly|stable|dev|develop|staging|stage|prod|production|test|qa)([-_.]?latest)?$/i;

/** Whether a tag moves, so that it says nothing of which release it is. */
export function isFloatingTag(tag: string): boolean {
  return FLOATING.test(tag);
}

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
  const ofBefore = releasesOf(from, change.subject);
  const ofAfter = releasesOf(to, change.subject);
  const isReleaseOf = (releases: ReadonlySet<string>, value: string) =>
    releases.has(value) || [...releases].some(isFloatingTag);
  if (ofBefore.has(before) && isReleaseOf(ofAfter, after)) {
    return true;
  }
  if (ofAfter.has(after) && isReleaseOf(ofBefore, before)) {
    return true;
  }
  // `deployment.environment=dev,service.version=1.4.0` has the release among other words.
  const [old, young] = [
    withoutRelease(before, ofBefore),
    withoutRelease(after, ofAfter),
  ];
  return (
    old !== undefined &&
    young !== undefined &&
    (old === young || namesOwnEnvironment(old, young, { from, to }))
  );
}

/** A value with the one release in it taken out; undefined where there is none. */
function withoutRelease(
  value: string,
  releases: ReadonlySet<string>,
): string | undefined {
  if ([...releases].some(isFloatingTag)) {
    // Which release that is shows only in the value itself.
    const version = /(?<![A-Za-z0-9.])v?\d+\.\d+\.\d+[-+.\w]*/.exec(value);
    return version ? value.replace(version[0], '{release}') : undefined;
  }
  const release = [...releases].find(
    // A number alone may be anything.
    word => word.length > 3 && value !== word && containsWord(value, word),
  );
  return release === undefined
    ? undefined
    : replaceWord(value, release, '{release}');
}

const COMMIT_KEYS: ReadonlySet<string> = new Set(Object.values(OCI_KEYS));

/** What the image was built from is written there, and the two run different ones. */
export function namesCommit(change: PlacedChange, { from, to }: Pair): boolean {
  const [before, after] = [from, to].map(environment =>
    [...releasesOf(environment, change.subject)].sort().join(' '),
  );
  return COMMIT_KEYS.has(change.place.at(-1) ?? '') && before !== after;
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
      const release = tag ?? (digest === undefined ? 'latest' : undefined);
      for (const word of [release, digest]) {
        if (word !== undefined) {
          own.add(word);
          all.add(word);
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
    namesOwnEnvironment(textOf(before.value), textOf(after.value), pair)
  );
}

export function namesOwnEnvironment(
  before: string,
  after: string,
  { from, to }: Pick<Pair, 'from' | 'to'>,
): boolean {
  return differInOwnTokens(
    withoutUnknownAccount(before, from),
    withoutUnknownAccount(after, to),
    from.tokens,
    to.tokens,
  );
}

/**
 * `arn:aws:iam::111111111111:role/shop-dev`: what an account is called is known only where the intent declares it. Elsewhere
 * the name in the resource has to tell whose it is.
 */
function withoutUnknownAccount(
  value: string,
  { tokens }: EnvironmentView,
): string {
  return tokens.accounts.length > 0 || !value.includes('arn:')
    ? value
    : value.replace(/(arn:aws[a-z-]*:[a-z0-9-]*:[a-z0-9-]*:)\d{12}:/g, '$1:');
}
