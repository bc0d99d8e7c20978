import { parseDuration } from './duration';
import { formatImage, parseImage } from './image';
import { formatQuantity, parseQuantity } from './quantity';
import { containsWord, replaceOwnTokens, tokensOf } from './tokens';
import { intentOf } from '../testing';

describe('quantities', () => {
  it.each([
    ['1', '1000m'],
    ['0.5', '500m'],
    [2, '2'],
    ['1Gi', '1024Mi'],
    ['1Ki', '1024'],
    ['1k', '1000'],
    ['1e3', '1k'],
    ['1.5Gi', '1536Mi'],
    ['100n', '0.0000001'],
    ['+5', '5'],
    ['0', '0m'],
  ])('%s is %s', (a, b) => {
    expect(parseQuantity(a)).toBeDefined();
    expect(parseQuantity(a)).toBe(parseQuantity(b));
  });

  it.each(['', 'abc', '1 Gi', '1GB', '.', null, undefined, {}, NaN])(
    '%s is none',
    value => {
      expect(parseQuantity(value)).toBeUndefined();
    },
  );

  it.each(['1500m', '2', '32Gi', '512Mi', '0'])('%s reads as it is', text => {
    expect(formatQuantity(parseQuantity(text) ?? -1n)).toBe(text);
  });
});

describe('durations', () => {
  it.each([
    ['60m', '1h'],
    ['1h30m', '90m'],
    ['7d', '1w'],
    ['1500ms', '1.5s'],
  ])('%s is %s', (a, b) => {
    expect(parseDuration(a)).toBeGreaterThan(0);
    expect(parseDuration(a)).toBe(parseDuration(b));
  });

  it.each(['', '5', 'h', '1x', 5, null])('%s is none', value => {
    expect(parseDuration(value)).toBeUndefined();
  });
});

describe('images', () => {
  it.each([
    ['nginx', 'docker.io/library/nginx'],
    ['nginx:1.27', 'docker.io/library/nginx:1.27'],
    ['acme/shop:1', 'docker.io/acme/shop:1'],
    ['localhost/shop', 'localhost/shop'],
    ['registry:5000/shop', 'registry:5000/shop'],
    ['registry:5000/shop:2', 'registry:5000/shop:2'],
    ['ghcr.io/a/b:1@sha256:f', 'ghcr.io/a/b:1@sha256:f'],
    ['ghcr.io/a/b@sha256:f', 'ghcr.io/a/b@sha256:f'],
  ])('%s is %s', (written, canonical) => {
    expect(formatImage(parseImage(written))).toBe(canonical);
  });
});

describe('names of environments', () => {
  const intent = intentOf();
  const tokens = tokensOf(intent, intent.environments[0]);

  it.each([
    ['checkout-dev', 'checkout'],
    ['dev-checkout', 'checkout'],
    ['checkout.dev.example.com', 'checkout.example.com'],
    ['checkout-dev-config', 'checkout-config'],
    ['dev', '{environment}'],
    ['dev-dev', '{environment}'],
    ['checkout', 'checkout'],
    ['developer-tools', 'developer-tools'],
    ['checkout-devel', 'checkout-devel'],
    ['prodev-a', 'prodev-a'],
  ])('%s is %s without its environment', (name, expected) => {
    expect(tokens.stripName(name)).toBe(expected);
  });

  it('replaces what names its own environment in a value', () => {
    expect(
      replaceOwnTokens('https://checkout-dev.nonprod/dev_1?x=device', tokens),
    ).toBe('https://{environment}.{environment}/{environment}_1?x=device');
  });

  it.each([
    ['db.checkout-dev.svc', 'checkout-dev', true],
    ['checkout-dev', 'checkout-dev', true],
    ['checkout-development', 'checkout-dev', false],
    ['mycheckout-dev', 'checkout-dev', false],
    ['mycheckout-dev checkout-dev', 'checkout-dev', true],
    ['anything', '', false],
  ])('looks in %s for the word %s', (text, word, expected) => {
    expect(containsWord(text, word)).toBe(expected);
  });
});
