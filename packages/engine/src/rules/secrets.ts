import { textOf } from '../model/canonical';
import { repeatedMounts } from './repeatedMounts';
import { describe, kindSubjects } from './subjects';
import { isOwnName, namesOwnEnvironment } from './releases';
import { notApplicable, Rule } from './rule';

const EXTERNAL_SECRET = 'external-secrets.io/ExternalSecret';
const SEALED_SECRET = 'bitnami.com/SealedSecret';

export const secretKeys: Rule = {
  id: 'SEC-01',
  kind: 'must match',
  title: 'The same secrets under the same keys, from places of their own',
  guideStep: 14,
  sources: ['manifests'],
  semantics:
    "ExternalSecrets, SealedSecrets and Secrets have the same keys in every environment, and the same target and property; what they read begins with the environment's name, and not with the mount that their store gives already. Values of secrets differ.",
  remedy: 'Add the key, and create the secret in the store of the environment.',
  appliesTo: context =>
    kindSubjects(EXTERNAL_SECRET, SEALED_SECRET, 'Secret')(context).length > 0
      ? { applies: true }
      : notApplicable('There is neither an ExternalSecret nor a Secret'),
  subjects: kindSubjects(EXTERNAL_SECRET, SEALED_SECRET, 'Secret'),
  claims: [
    {
      at: ['/spec/data/*/remoteRef/key'],
      kinds: [EXTERNAL_SECRET],
      judge: ({ before, after }, pair) => {
        const { from, to } = pair;
        const [a, b] = [before, after].map(node =>
          node?.type === 'leaf' ? textOf(node.value) : '',
        );
        const own =
          (a.split('/')[0] === from.name && b.split('/')[0] === to.name) ||
          namesOwnEnvironment(a, b, pair);
        return own
          ? {
              class: 'expected',
              reason: 'Every environment reads its own path of the store',
            }
          : {
              class: 'violation',
              reason: `${a} in ${from.name} and ${b} in ${to.name} are not the same secret of either environment`,
            };
      },
    },
    {
      at: [
        '/spec/dataFrom/*/extract/key',
        '/spec/dataFrom/*/find/path',
        '/spec/dataFrom/*/find/name/regexp',
      ],
      kinds: [EXTERNAL_SECRET],
      judge: (change, pair) =>
        isOwnName(change, pair)
          ? {
              class: 'expected',
              reason: 'Every environment reads its own path of the store',
            }
          : undefined,
    },
    {
      at: ['/spec/encryptedData/*'],
      kinds: [SEALED_SECRET],
      judge: (change, pair) =>
        change.before && change.after
          ? {
              class: 'expected',
              reason: 'Every cluster has a key of its own to seal with',
            }
          : {
              class: 'violation',
              reason: describe(change, pair, `key ${change.place[2]}`),
            },
    },
    {
      at: ['/spec/data', '/spec/dataFrom', '/spec/target'],
      kinds: [EXTERNAL_SECRET],
      judge: (change, pair) => ({
        class: 'violation',
        reason: describe(change, pair, change.place.slice(1).join(' ')),
      }),
    },
    {
      at: ['/data/*', '/stringData/*'],
      kinds: ['Secret'],
      judge: (change, pair) =>
        change.before && change.after
          ? { class: 'expected', reason: 'Values of secrets differ' }
          : {
              class: 'violation',
              reason: describe(change, pair, `key ${change.place[1]}`),
            },
    },
    {
      at: ['/type$'],
      kinds: ['Secret'],
      judge: (change, pair) => ({
        class: 'violation',
        reason: describe(change, pair, 'the type'),
      }),
    },
  ],
  evaluate: context => context.environments.flatMap(repeatedMounts),
};
