import { Change } from '../differences/changes';
import { parseImage } from '../model/image';
import { stringAt } from '../model/json';
import { ModelObject } from '../model/environmentModel';
import { containersOf, ContainerView, workloadsOf } from './view';
import {
  always,
  EnvironmentView,
  notApplicable,
  Rule,
  RuleContext,
  Verdict,
} from './rule';
import { imageOf, isFloatingTag, isPromoted } from './releases';

const SEMVER =
  /^v?(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-[0-9A-Za-z.-]+)?([+_][0-9A-Za-z.-]+)?$/;

export const releaseTags: Rule = {
  id: 'K8S-11',
  kind: 'absolute',
  title: 'Images have tags that stay what they are',
  guideStep: 10,
  sources: ['manifests'],
  semantics:
    'No image has a floating tag such as latest, main or the name of an environment, or none at all. In staging and production the released images are pinned by a semantic version or a digest.',
  remedy:
    'Give the image a version that is released once, and never moved; a digest pins it for good.',
  appliesTo: context =>
    context.environments.some(
      environment => workloadsOf(environment).length > 0,
    )
      ? { applies: true }
      : notApplicable('No workload is defined'),
  evaluate: context =>
    context.environments.flatMap(environment =>
      workloadsOf(environment).flatMap(object =>
        verdictsOfTags(context, environment, object),
      ),
    ),
};

function verdictsOfTags(
  context: RuleContext,
  environment: EnvironmentView,
  object: ModelObject,
): Verdict[] {
  const failures = containersOf(object).flatMap(container => {
    const problem = problemOfTag(context, environment, object, container);
    return problem === undefined
      ? []
      : [
          {
            outcome: 'fail' as const,
            environments: [environment.name],
            subject: object.subject,
            path: [...container.path, 'image'],
            reason: problem,
            // Another image is no matter of tags.
            causes: ({ before, after }: Change) =>
              imageOf(before)?.repository === imageOf(after)?.repository,
          },
        ];
  });
  return failures.length > 0
    ? failures
    : [
        {
          outcome: 'pass',
          environments: [environment.name],
          subject: object.subject,
        },
      ];
}

function problemOfTag(
  context: RuleContext,
  environment: EnvironmentView,
  object: ModelObject,
  container: ContainerView,
): string | undefined {
  const { repository, tag, digest } = parseImage(
    stringAt(container.value, 'image') ?? '',
  );
  if (digest) {
    return undefined;
  }
  if (tag === undefined) {
    return 'The image has no tag, which means latest';
  }
  const names = context.intent.environments.map(entry => entry.name);
  if (isFloatingTag(tag) || names.includes(tag)) {
    return `The tag ${tag} moves: the same manifest can run another image tomorrow`;
  }
  const list = container.isInit ? 'initContainers' : 'containers';
  const released = isPromoted(
    { subject: object.subject, place: ['pod', list, container.name] },
    repository,
    context,
  );
  if (environment.role !== 'dev' && released && !SEMVER.test(tag)) {
    return `The tag ${tag} is no semantic version, and there is no digest`;
  }
  return undefined;
}

export const sameTagSameImage: Rule = {
  id: 'K8S-12',
  kind: 'sources agree',
  title: 'The same tag is the same image everywhere',
  guideStep: 10,
  sources: ['manifests', 'registry', 'cluster'],
  semantics:
    'Where two environments run the same tag of an image, they run the same digest.',
  remedy:
    'Build the tag once. Set the digest in both overlays to the one that was tried.',
  appliesTo: always,
  claims: [
    {
      at: ['/pod/containers|initContainers/*/image'],
      judge: (change, { from, to }) => {
        const before = imageOf(change.before);
        const after = imageOf(change.after);
        return before?.tag !== undefined &&
          before.repository === after?.repository &&
          before.tag === after.tag &&
          before.digest !== undefined &&
          after.digest !== undefined
          ? {
              class: 'violation',
              reason: `${from.name} and ${to.name} name tag ${before.tag} and mean different images`,
            }
          : undefined;
      },
    },
  ],
  evaluate: context => {
    const pinned = context.environments.every(environment =>
      workloadsOf(environment).every(object =>
        containersOf(object).every(
          ({ value }) => parseImage(stringAt(value, 'image') ?? '').digest,
        ),
      ),
    );
    const { outcome, reason } = pinned
      ? { outcome: 'pass' as const, reason: undefined }
      : {
          outcome: 'unknown' as const,
          reason:
            'The manifests name tags without digests; what they mean is for the clusters or the registry to tell',
        };
    return [
      {
        outcome,
        reason,
        environments: context.environments.map(({ name }) => name),
        subject: context.service,
      },
    ];
  },
};
