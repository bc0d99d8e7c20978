import { factsDigest, validateIntent } from '../../intent';
import { verify } from '../verify';

const value = {
  apiVersion: 'environments.envmatrix.dev/v1alpha1',
  kind: 'Environments',
  metadata: { name: 'checkout', owner: 'group:default/payments' },
  isolation: 'separate',
  clusters: [{ name: 'live', environments: ['prod'] }],
  environments: [
    {
      name: 'prod',
      level: 10,
      kind: 'production',
      cluster: 'live',
      namespace: 'checkout-prod',
      delivery: { sync: 'manual' },
    },
  ],
};

function intentOf(change: object = {}) {
  const result = validateIntent({ ...value, ...change });
  if (!result.ok) {
    throw new Error(JSON.stringify(result.problems));
  }
  return result.intent;
}

const ROOT = {
  name: 'environments/prod/backend.tf',
  text: 'terraform {\n  backend "local" {}\n}\n',
  json: { terraform: [{ backend: { local: [{}] } }] },
};

function findings(document: string | undefined, intent = intentOf()) {
  return verify({
    intent,
    manifests: {},
    now: '2026-11-24T00:00:00Z',
    rules: ['ENV-10'],
    infrastructure: [
      ROOT,
      ...(document === undefined
        ? []
        : [{ name: 'docs/environment-architecture.md', text: document }]),
    ],
  }).findings;
}

const documentOf = (digest: string) =>
  `---\nowner: payments\nfacts: "${digest}"\n---\n\n# Environments\n`;

describe('ENV-10', () => {
  it('passes where the document carries the digest of the intent', () => {
    expect(findings(documentOf(factsDigest(intentOf())))).toEqual([
      expect.objectContaining({ outcome: 'pass' }),
    ]);
  });

  it('fails where the intent has moved on, and says where the digest stands', () => {
    expect(
      findings(documentOf(factsDigest(intentOf())), intentOf({ cloud: 'aws' })),
    ).toEqual([
      expect.objectContaining({
        outcome: 'fail',
        locations: { prod: 'docs/environment-architecture.md:3' },
        reason:
          'docs/environment-architecture.md was rendered from other facts than the intent has now',
      }),
    ]);
  });

  it.each([
    ['there is no document', undefined],
    ['the document is of another making', '# Our environments\n'],
  ])('does not apply where %s', (_, document) => {
    expect(findings(document)).toEqual([
      expect.objectContaining({ outcome: 'not-applicable' }),
    ]);
  });
});
