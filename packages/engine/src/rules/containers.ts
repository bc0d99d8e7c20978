import { imageOf, isOwnName, isPromoted } from './releases';
import {
  Judgement,
  Pair,
  PlacedChange,
  Rule,
  RuleContext,
  always,
} from './rule';
import { CONTAINER, describe, violation, workloadSubjects } from './subjects';

export const containerDefinition: Rule = {
  id: 'K8S-02',
  kind: 'must match',
  title: 'Containers are the same everywhere',
  guideStep: 11,
  sources: ['manifests'],
  semantics:
    'Every container has the same name, image repository, command, arguments, working directory, ports, sources of environment variables, lifecycle hooks and security context in every environment; init containers run in the same order. The tag of an image that promotions carry may lag.',
  remedy:
    'Define it in the base, and take it out of the overlay that changes it.',
  appliesTo: always,
  subjects: workloadSubjects,
  claims: [
    { at: [`${CONTAINER}/image`], judge: judgeImage },
    {
      at: [`${CONTAINER}$`],
      judge: (change, pair) =>
        violation(describe(change, pair, `container ${change.place[2]}`)),
    },
    {
      at: ['/pod/initContainers$'],
      judge: (_change, { from, to }) =>
        violation(
          `The order of the init containers differs between ${from.name} and ${to.name}`,
        ),
    },
    {
      at: ['command', 'args'].map(field => `${CONTAINER}/${field}`),
      judge: (change, pair) =>
        isOwnName(change, pair)
          ? {
              class: 'expected',
              reason: 'Each command names its own environment',
            }
          : violation(describe(change, pair, words(change.place[3]))),
    },
    {
      at: [
        'workingDir',
        'ports',
        'envFrom',
        'lifecycle',
        'securityContext',
      ].map(field => `${CONTAINER}/${field}`),
      judge: (change, pair) =>
        violation(describe(change, pair, words(change.place[3]))),
    },
    {
      at: ['/pod/securityContext'],
      judge: (change, pair) =>
        violation(describe(change, pair, "the pod's security context")),
    },
    {
      at: ['/pod/hostNetwork|hostPID|hostIPC|shareProcessNamespace'],
      judge: (change, pair) =>
        violation(describe(change, pair, change.place[1])),
    },
  ],
};

export function words(field: string): string {
  const known: Readonly<Record<string, string>> = {
    args: 'the list of arguments',
    command: 'the command',
    workingDir: 'the working directory',
    ports: 'the container port',
    envFrom: 'the source of environment variables',
    lifecycle: 'the lifecycle hook',
    securityContext: 'the security context',
  };
  return known[field] ?? field;
}

function judgeImage(
  change: PlacedChange,
  pair: Pair,
  context: RuleContext,
): Judgement | undefined {
  const before = imageOf(change.before);
  const after = imageOf(change.after);
  if (!before || !after) {
    return violation(describe(change, pair, 'an image'));
  }
  if (before.repository !== after.repository) {
    return violation(
      `${pair.from.name} runs ${before.repository}, ${pair.to.name} ${after.repository}`,
    );
  }
  if (
    before.tag !== undefined &&
    before.tag === after.tag &&
    before.digest !== undefined &&
    after.digest !== undefined
  ) {
    // One tag that means two images is for K8S-12.
    return undefined;
  }
  if (!isPromoted(change, before.repository, context)) {
    return {
      ...violation(
        `${before.repository} is not what promotions carry, so it stays different`,
      ),
      remedy: 'Set the tag in the base, so that every environment gets it.',
    };
  }
  const older = version(after);
  return {
    class: 'lag',
    reason:
      pair.from.name === pair.to.name
        ? `The release: ${version(before)} becomes ${older}`
        : `${pair.to.name} runs ${older}; the next promotion brings ${version(
            before,
          )}`,
  };
}

export function version(image: { tag?: string; digest?: string }): string {
  return image.tag ?? image.digest?.slice(0, 19) ?? 'latest';
}
