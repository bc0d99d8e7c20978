import { ApplicationFact } from '@envmatrix/engine';
import { instanceAt } from '../__testUtils__/instance';
import { recordedApplication } from '../__testUtils__/recording';
import { ApplicationTable } from './ApplicationTable';
import { createReduce } from './readApplications';

const reduce = createReduce(instanceAt('https://localhost'));

const whole = (changes: Partial<ApplicationFact> = {}): ApplicationFact => {
  const application = reduce(recordedApplication('application/get'));
  if (!application) {
    throw new Error('The recording was not understood');
  }
  return { ...application, ...changes };
};

const listed = (changes: Partial<ApplicationFact> = {}): ApplicationFact =>
  whole({
    history: [],
    conditions: [],
    resourceVersion: undefined,
    reconciledAt: undefined,
    ...changes,
  });

const KEY = 'argocd/checkout-dev';

describe('ApplicationTable', () => {
  it('keeps what a list leaves out, and knows what has to be read as a whole', () => {
    const table = new ApplicationTable();
    table.beginList();
    expect(table.endList([listed()])).toEqual([KEY]);
    expect(table.partial(0, () => true)).toEqual([KEY]);

    expect(table.put(whole(), 5)).toBe(true);
    expect(table.partial(0, () => true)).toEqual([]);
    expect(table.partial(6, () => true)).toEqual([KEY]);
    expect(table.partial(6, () => false)).toEqual([]);

    table.beginList();
    expect(table.endList([listed()])).toEqual([]);
    expect(table.get(KEY)?.history).not.toEqual([]);

    table.beginList();
    const outOfSync = { status: 'OutOfSync' };
    expect(table.endList([listed({ sync: outOfSync })])).toEqual([KEY]);
    expect(table.get(KEY)?.sync).toEqual(outOfSync);
    expect(table.get(KEY)?.history).not.toEqual([]);
    expect(table.partial(0, () => true)).toEqual([KEY]);
  });

  it('does not let a list undo what the stream told while it was read', () => {
    const table = new ApplicationTable();
    table.put(whole(), 1);
    table.put(whole({ name: 'old' }), 1);
    table.beginList();
    table.put(whole({ name: 'new' }), 2);
    table.put(
      whole({ health: { status: 'Degraded' }, resourceVersion: '9999' }),
      2,
    );
    table.remove('argocd/old');

    expect(table.endList([listed(), listed({ name: 'old' })])).toEqual([]);

    expect(table.all().map(({ name }) => name)).toEqual([
      'checkout-dev',
      'new',
    ]);
    expect(table.get(KEY)?.health.status).toBe('Degraded');
  });

  it('drops what a list has no more', () => {
    const table = new ApplicationTable();
    table.put(whole(), 1);
    table.beginList();

    expect(table.endList([])).toEqual([KEY]);

    expect(table.all()).toEqual([]);
  });

  it('takes no older word, and writes down no reconciliation that changed nothing', () => {
    const table = new ApplicationTable();
    table.put(whole({ resourceVersion: '20' }), 1);
    const at = Date.parse(whole().reconciledAt ?? '');
    const reconciled = (afterMs: number) =>
      whole({
        resourceVersion: '21',
        reconciledAt: new Date(at + afterMs).toISOString(),
      });

    expect(
      table.put(
        whole({ resourceVersion: '19', health: { status: 'Degraded' } }),
        2,
      ),
    ).toBe(false);
    expect(table.get(KEY)?.health.status).toBe('Healthy');
    expect(table.put(reconciled(180_000), 3)).toBe(false);
    expect(table.put(reconciled(900_000), 4)).toBe(true);
  });
});
