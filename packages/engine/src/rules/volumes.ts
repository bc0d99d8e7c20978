import { isOwnName } from './releases';
import { always, Judgement, Rule } from './rule';
import { describe, workloadSubjects } from './subjects';

const CONTAINER = '/pod/containers|initContainers|ephemeralContainers/*';

const sizeMayDiffer = (): Judgement => ({
  class: 'expected',
  reason: 'Sizes of volumes may differ',
});

export const volumes: Rule = {
  id: 'K8S-07',
  kind: 'must match',
  title: 'Volumes and mount paths are the same everywhere',
  guideStep: 11,
  sources: ['manifests'],
  semantics:
    'Every workload has volumes of the same names and types, mounted at the same paths. Sizes may differ; access modes may not.',
  remedy: 'Define the volume and its mount in the base.',
  appliesTo: always,
  subjects: workloadSubjects,
  claims: [
    {
      at: [
        '/pod/volumes/*/emptyDir/sizeLimit',
        '/spec/volumeClaimTemplates/*/spec/resources',
        '/pod/volumes/*/ephemeral/volumeClaimTemplate/spec/resources',
      ],
      judge: sizeMayDiffer,
    },
    {
      at: ['/spec/resources'],
      kinds: ['PersistentVolumeClaim'],
      judge: sizeMayDiffer,
    },
    {
      at: ['/spec/accessModes|volumeMode'],
      kinds: ['PersistentVolumeClaim'],
      judge: (change, pair) => ({
        class: 'violation',
        reason: describe(change, pair, change.place[1]),
      }),
    },
    {
      at: [
        '/pod/volumes',
        '/spec/volumeClaimTemplates',
        `${CONTAINER}/volumeMounts`,
        `${CONTAINER}/volumeDevices`,
      ],
      judge: (change, pair) => {
        if (isOwnName(change, pair)) {
          return {
            class: 'expected',
            reason: 'Each value names its own environment',
          };
        }
        const at = change.place.findIndex(part =>
          /^volume[A-Z]|^volumes$/.test(part),
        );
        const name = change.place[at + 1];
        const what = change.place[at] === 'volumes' ? 'volume' : 'the mount at';
        return {
          class: 'violation',
          reason: describe(
            change,
            pair,
            change.place[at] === 'volumeClaimTemplates'
              ? `volume claim ${name}`
              : `${what} ${name}`,
          ),
        };
      },
    },
  ],
};
