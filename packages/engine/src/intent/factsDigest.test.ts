import { factsDigest } from './factsDigest';
import { validateIntent } from './parse';

const example = {
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

function digestOf(change: object = {}) {
  const result = validateIntent({ ...example, ...change });
  if (!result.ok) {
    throw new Error(JSON.stringify(result.problems));
  }
  return factsDigest(result.intent);
}

describe('factsDigest', () => {
  it('is the same for the same facts, in whatever order they are written', () => {
    const [prod] = example.environments;
    const reversed = Object.fromEntries(Object.entries(prod).reverse());
    expect(digestOf({ environments: [reversed] })).toBe(digestOf());
    expect(digestOf()).toMatch(/^[0-9a-f]{16}$/);
  });

  it.each([
    ['isolation', { isolation: 'custom' }],
    [
      'a namespace',
      { environments: [{ ...example.environments[0], namespace: 'other' }] },
    ],
    ['the cloud', { cloud: 'aws' }],
  ])('tells when a fact changes: %s', (_, change) => {
    expect(digestOf(change)).not.toBe(digestOf());
  });

  it('leaves out what documents do not tell', () => {
    expect(
      digestOf({
        repositories: { source: 'https://git.example.com/acme/checkout' },
      }),
    ).toBe(digestOf());
  });
});
