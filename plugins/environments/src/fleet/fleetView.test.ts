import { formatView, parseView, queryOf } from './fleetView';

it('reads back from the address what it wrote there, and leaves the rest alone', () => {
  const view = {
    shown: 'lagging',
    search: 'check',
    owner: 'group:default/payments',
    order: '-lag',
  } as const;
  const params = formatView(new URLSearchParams('theme=dark'), view);

  expect(parseView(params)).toEqual(view);
  expect(params.get('theme')).toBe('dark');
  expect(
    formatView(params, {
      shown: 'all',
      search: '',
      order: 'system',
    }).toString(),
  ).toBe('theme=dark');
});

it('takes what it does not know for the default', () => {
  expect(parseView(new URLSearchParams('show=pink&order=size'))).toEqual({
    shown: 'all',
    search: '',
    order: 'system',
  });
});

it.each([
  [{ shown: 'all', search: '' }, ''],
  [{ shown: 'lagging', search: ' a,b ' }, 'text=a b,state=lagging'],
  [
    { shown: 'mine', search: '' },
    'owner=user:default/ada,owner=group:default/payments',
  ],
  [
    { shown: 'mine', search: '', owner: 'group:default/web' },
    'owner=group:default/web',
  ],
] as const)('asks the backend for %j', (view, filter) => {
  expect(
    queryOf({ ...view, order: 'name' }, [
      'user:default/ada',
      'group:default/payments',
    ]),
  ).toEqual({ filter, order: 'name' });
});

it('shows nothing as mine to who owns nothing', () => {
  expect(queryOf({ shown: 'mine', search: '', order: 'name' }, []).filter).toBe(
    'owner=',
  );
});
