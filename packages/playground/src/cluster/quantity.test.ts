import { canonicalQuantity, parseQuantity } from './quantity';

describe('quantities', () => {
  it.each([
    ['1000m', '1'],
    ['0.5', '500m'],
    ['1500m', '1500m'],
    ['1024Mi', '1Gi'],
    ['1000Mi', '1000Mi'],
    ['0.5Gi', '512Mi'],
    ['512', '512'],
    ['2000', '2k'],
    ['1e3', '1k'],
    [2, '2'],
    [0.25, '250m'],
    ['0', '0'],
    ['.5', '500m'],
    ['100Ki', '100Ki'],
  ])('%s is stored as %s', (written, stored) => {
    expect(canonicalQuantity(written)).toBe(stored);
  });

  it('leaves alone what is no amount', () => {
    expect(parseQuantity('25%')).toBeUndefined();
    expect(canonicalQuantity('many')).toBe('many');
  });
});
