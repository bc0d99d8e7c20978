import {
  differencesOf,
  inShape,
  wordForWord,
} from './__testUtils__/conformance/comparison';

const heard = (body: unknown) => ({ status: 200, headers: {}, body });

describe('what an answer differs in', () => {
  it.each([
    {
      what: 'a value',
      recorded: { code: 403 },
      answered: { code: 404 },
      at: '/code',
    },
    {
      what: 'a type',
      recorded: { code: 403 },
      answered: { code: '403' },
      at: '/code',
    },
    {
      what: 'a field too few',
      recorded: { a: { b: 1 } },
      answered: { a: {} },
      at: '/a/b',
    },
    {
      what: 'a field too many',
      recorded: {},
      answered: { a: null },
      at: '/a',
    },
    {
      what: 'an element too few',
      recorded: ['a', 'b'],
      answered: ['a'],
      at: '/1',
    },
    {
      what: 'a list in place of an object',
      recorded: {},
      answered: [],
      at: '/',
    },
    {
      what: 'the order of a list',
      recorded: [1, 2],
      answered: [2, 1],
      at: '/0',
    },
  ])('$what', ({ recorded, answered, at }) => {
    const [difference] = differencesOf(recorded, answered);
    expect(difference).toMatch(new RegExp(`^${at}: recorded .*, answered `));
  });

  it('is nothing where only the order of keys is another', () => {
    expect(differencesOf({ a: 1, b: [2] }, { b: [2], a: 1 })).toEqual([]);
  });

  it('is nothing, word for word, where a server has only counted further or was built by another Go', () => {
    expect(
      wordForWord(
        heard({ metadata: { resourceVersion: '7' }, goVersion: 'go1.26.8' }),
        heard({ metadata: { resourceVersion: '99' }, goVersion: 'go1.27' }),
      ),
    ).toEqual([]);
  });

  it.each([
    [{ metadata: { resourceVersion: 7 } }],
    [{ metadata: {} }],
    [{ metadata: { resourceVersion: '' } }],
  ])('is the version itself where it is none: %j', body => {
    expect(
      wordForWord(heard({ metadata: { resourceVersion: '7' } }), heard(body)),
    ).toHaveLength(1);
  });

  it('is in shape what a field is, not what it says; labels and annotations are whatever they are', () => {
    const recorded = { name: 'a', labels: { x: '1' }, items: [{ n: 1 }] };
    expect(
      inShape(
        heard(recorded),
        heard({ name: 'b', labels: {}, items: [{ n: 2 }, { n: 3 }] }),
      ),
    ).toEqual([]);
    expect(
      inShape(heard(recorded), heard({ ...recorded, name: null })),
    ).toEqual(['/body/name: recorded "string", answered "null"']);
    expect(inShape(heard(recorded), heard({ ...recorded, items: [] }))).toEqual(
      ['/body/items/0: recorded {"n":"number"}, answered undefined'],
    );
  });
});
