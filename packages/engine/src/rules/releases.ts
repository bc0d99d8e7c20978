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

function releasesOf(
  environment: EnvironmentView,
  subject: string,
): ReadonlySet<string> {
  const object = environment.objects.get(subject);
  const workloads =
    object && workloadsOf(environment).includes(object)
      ? [object]
      : workloadsOf(environment);
  const releases = new Set<string>();
  for (const { kind, source } of workloads) {
    for (const container of objectsAt(
      podSpecOf(kind, source.value),
      'containers',
    )) {
      const { tag, digest } = parseImage(stringAt(container, 'image') ?? '');
      [tag, digest].forEach(release => release && releases.add(release));
    }
  }
  return releases;
}

export function namesOwnEnvironment(
  before: string,
  after: string,
  { from, to }: Pair,
): boolean {
  const own = replaceOwnTokens(before, from.tokens);
  return own !== before && own === replaceOwnTokens(after, to.tokens);
}
