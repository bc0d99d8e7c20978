import { ItemScanner } from './ItemScanner';
import { recording } from '../__testUtils__/recording';

function itemsOf(text: string, size: number): unknown[] {
  const scanner = new ItemScanner({ maxItem: 1_000_000 });
  const items: unknown[] = [];
  for (let at = 0; at < text.length; at += size) {
    for (const item of scanner.scan(text.slice(at, at + size))) {
      items.push(JSON.parse(item));
    }
  }
  scanner.end();
  return items;
}

const TRICKY = {
  metadata: { resourceVersion: '1', items: [{ not: 'this' }] },
  'a "key': ['items', { not: 'this' }],
  items: [
    { name: 'quotes "}]', path: 'back\\slash\\', nested: { items: [1, [2]] } },
    { name: '{"items":[', empty: {}, list: [] },
    {},
  ],
  after: [{ not: 'this' }],
};

describe('ItemScanner', () => {
  it.each([1, 2, 3, 7, 1_000_000])(
    'finds the items and nothing else, in pieces of %s',
    size => {
      expect(itemsOf(JSON.stringify(TRICKY), size)).toEqual(TRICKY.items);
      expect(itemsOf(JSON.stringify(TRICKY, null, 2), size)).toEqual(
        TRICKY.items,
      );
    },
  );

  it('reads a real list', () => {
    const { body } = recording('list/all').response;

    expect({ items: itemsOf(JSON.stringify(body), 1_000) }).toEqual({
      items: JSON.parse(JSON.stringify(body)).items,
    });
  });

  it.each(['{"items":null}', '{"items":[]}', '{}', ' {"metadata":{}}\n'])(
    'finds none in %s',
    text => {
      expect(itemsOf(text, 4)).toEqual([]);
    },
  );

  it.each([
    '',
    '<html></html>',
    '{"items":[{"a":1}',
    '{"items":[{"a":1},{"b"',
    'null',
  ])('says that this is no answer: %s', text => {
    expect(() => itemsOf(text, 4)).toThrow(
      'the answer is not JSON, or was cut off',
    );
  });

  it('does not wait for the end of an item that has none', () => {
    const scanner = new ItemScanner({ maxItem: 10 });

    expect(() => [...scanner.scan('{"items":[{"name":"endless')]).toThrow(
      'an item of the list does not end',
    );
  });
});
