import { imageSuggestion } from './ImageField';

it.each([
  ['payments', 'ghcr.io/payments/basket'],
  ['group:payments', 'ghcr.io/payments/basket'],
  ['group:default/Payments', 'ghcr.io/payments/basket'],
  ['default/payments', 'ghcr.io/payments/basket'],
  ['group:', undefined],
  ['', undefined],
])('suggests an image for the owner %s', (owner, expected) => {
  expect(imageSuggestion({ service: 'basket', owner })).toBe(expected);
});
