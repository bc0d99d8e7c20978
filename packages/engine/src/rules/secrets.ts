import { stringAt } from '../model/json';
import { kindSubjects } from './subjects';
import { describe } from './subjects';
import { namesOwnEnvironment } from './releases';
import { notApplicable, Rule } from './rule';
import { objectsOfKind } from './view';

const EXTERNAL_SECRET = 'external-secrets.io/ExternalSecret';

export const secretKeys: Rule = {
  id: 'SEC-01',
  kind: 'must match',
  title: 'The same secrets under the same keys, from places of their own',
  guideStep: 14,
  sources: ['manifests'],
  semantics:
    "ExternalSecrets and Secrets have the same keys in every environment, and the same target and property; what they read begins with the environment's name. Values of secrets differ.",
  remedy: 'Add the key, and create the secret in the store of the environment.',
  appliesTo: context =>
    kindSubjects(EXTERNAL_SECRET, 'Secret')(context).length > 0
      ? { applies: true }
      : notApplicable('There is neither an ExternalSecret nor a Secret'),
  subjects: kindSubjects(EXTERNAL_SECRET, 'Secret'),
  claims: [
    {
      at: ['/spec/data/*/remoteRef/key'],
      kinds: [EXTERNAL_SECRET],
      judge: ({ before, after }, pair) => {
        const { from, to } = pair;
        const [a, b] = [before, after].map(node =>
          node?.type === 'leaf' ? String(node.value) : '',
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
};

const ISSUER_ANNOTATIONS = [
  'cert-manager.io/cluster-issuer',
  'cert-manager.io/issuer',
];

export const certificates: Rule = {
  id: 'SEC-08',
  kind: 'absolute',
  title: 'Certificates are those that the environment should have',
  guideStep: 15,
  sources: ['cluster'],
  semantics:
    'The certificate that is served has the host, comes from the declared kind of issuer, is ready, and lasts two weeks more. Issuers differ by environment.',
  remedy: 'Look at the Certificate and its issuer in the cluster.',
  appliesTo: context =>
    context.environments.some(
      environment =>
        objectsOfKind(environment, 'cert-manager.io/Certificate').length > 0 ||
        objectsOfKind(environment, 'networking.k8s.io/Ingress').some(
          ({ source }) =>
            ISSUER_ANNOTATIONS.some(key =>
              stringAt(source.value, 'metadata', 'annotations', key),
            ),
        ),
    )
      ? {
          applies: false,
          outcome: 'unknown',
          reason:
            'Which certificate is served is for the clusters to tell, which were not asked',
        }
      : notApplicable('No certificate is asked for'),
  claims: [
    {
      at: [
        '/spec/issuerRef',
        ...ISSUER_ANNOTATIONS.map(
          key => `/metadata/annotations/${key.replace('/', '~1')}`,
        ),
      ],
      judge: () => ({
        class: 'expected',
        reason: 'Issuers of certificates differ by environment',
      }),
    },
  ],
};
