import { textOf } from '../model/canonical';
import { objectAt, objectsAt } from '../model/json';
import { podSpecOf } from '../model/workloads';
import { isOwnName } from './releases';
import { PlacedChange, Rule } from './rule';
import { workloadsOf } from './view';
import { CONTAINER, describe, violation, workloadSubjects } from './subjects';

const PROBE = `${CONTAINER}/startupProbe|readinessProbe|livenessProbe`;

const PROBE_WORDS: Readonly<Record<string, string>> = {
  startupProbe: 'startup probe',
  readinessProbe: 'readiness probe',
  livenessProbe: 'liveness probe',
};

/** The host that a server is asked for, of which every environment has its own. */
function isHostHeader({ place, before, after }: PlacedChange): boolean {
  return (
    place.at(-1) === 'value' &&
    place.at(-2)?.toLowerCase() === 'host' &&
    [before, after].every(
      node => node?.type === 'leaf' && textOf(node.value).includes('.'),
    )
  );
}

export const probes: Rule = {
  id: 'K8S-04',
  kind: 'must match',
  title: 'Probes are the same everywhere',
  guideStep: 11,
  sources: ['manifests'],
  semantics:
    'Every container has the same kinds of probes, with the same handler, path, port and scheme. Timings that differ are a warning.',
  remedy: 'Define the probe in the base, and take it out of the overlay.',
  appliesTo: context =>
    context.environments.some(environment =>
      workloadsOf(environment).some(({ kind, source }) =>
        objectsAt(podSpecOf(kind, source.value), 'containers').some(container =>
          Object.keys(PROBE_WORDS).some(
            probe => Object.keys(objectAt(container, probe)).length > 0,
          ),
        ),
      ),
    )
      ? { applies: true }
      : {
          applies: false,
          outcome: 'not-applicable',
          reason: 'No container has a probe',
        },
  subjects: workloadSubjects,
  claims: [
    {
      at: [
        `${PROBE}/initialDelaySeconds|periodSeconds|timeoutSeconds|successThreshold|failureThreshold|terminationGracePeriodSeconds`,
      ],
      judge: ({ place }, { from, to }) => ({
        class: 'warn',
        reason: `${place[4]} of the ${PROBE_WORDS[place[3]]} differs between ${
          from.name
        } and ${to.name}; that changes when it gives up, not what it asks`,
      }),
    },
    {
      at: [`${PROBE}/httpGet/httpHeaders`, `${PROBE}/httpGet/host`],
      judge: (change, pair) =>
        isOwnName(change, pair) || isHostHeader(change)
          ? {
              class: 'expected',
              reason: 'Each value names its own environment',
            }
          : undefined,
    },
    {
      at: [PROBE],
      judge: (change, pair) =>
        violation(
          describe(
            change,
            pair,
            [`the ${PROBE_WORDS[change.place[3]]}`, ...change.place.slice(5)]
              .join(' ')
              .trim(),
          ),
        ),
    },
  ],
};
