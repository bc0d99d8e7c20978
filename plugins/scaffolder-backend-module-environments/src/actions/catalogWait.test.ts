import { mockCredentials } from '@backstage/backend-test-utils';
import { Entity } from '@backstage/catalog-model';
import { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';
import { createMockActionContext } from '@backstage/plugin-scaffolder-node-test-utils';
import { createCatalogWaitAction } from './catalogWait';

const service: Entity = {
  apiVersion: 'backstage.io/v1alpha1',
  kind: 'Component',
  metadata: { name: 'checkout', namespace: 'default' },
};
const SERVICE = 'component:default/checkout';
const INFRASTRUCTURE = 'resource:default/checkout-prod';

/** A catalog that answers one after the other, and the last one for good. */
function catalogThatAnswers(
  ...answers: ((entityRefs: string[]) => (Entity | undefined)[])[]
) {
  const catalog = catalogServiceMock.mock();
  for (const [index, answer] of answers.entries()) {
    const reply = async ({ entityRefs }: { entityRefs: string[] }) => ({
      items: answer(entityRefs),
    });
    if (index < answers.length - 1) {
      catalog.getEntitiesByRefs.mockImplementationOnce(reply);
    } else {
      catalog.getEntitiesByRefs.mockImplementation(reply);
    }
  }
  return catalog;
}

const nothing = (refs: string[]) => refs.map(() => undefined);
const everything = (refs: string[]) => refs.map(() => service);

async function run(
  catalog: ReturnType<typeof catalogServiceMock.mock>,
  options: {
    entityRefs?: string[];
    seconds?: number;
    isDryRun?: boolean;
    signal?: AbortSignal;
  } = {},
) {
  const { entityRefs = [SERVICE, INFRASTRUCTURE], seconds, ...rest } = options;
  const context = {
    ...createMockActionContext({ input: { entityRefs, seconds } }),
    ...rest,
  };
  const warn = jest.spyOn(context.logger, 'warn');
  await createCatalogWaitAction({ catalog, intervalMs: 5 }).handler(context);
  const outputs = Object.fromEntries(
    jest
      .mocked(context.output)
      .mock.calls.map(([name, value]): [string, unknown] => [
        String(name),
        value,
      ]),
  );
  return { outputs, warned: warn.mock.calls.map(([line]) => String(line)) };
}

describe('environments:catalog:wait', () => {
  it('ends when the catalog knows every entity, and asks no more for those that it knows', async () => {
    const catalog = catalogThatAnswers(
      nothing,
      refs => refs.map(ref => (ref === SERVICE ? service : undefined)),
      everything,
    );
    const { outputs, warned } = await run(catalog);
    expect(outputs).toEqual({ missing: [], message: '' });
    expect(warned).toEqual([]);
    expect(
      catalog.getEntitiesByRefs.mock.calls.map(
        ([{ entityRefs }]) => entityRefs,
      ),
    ).toEqual([
      [SERVICE, INFRASTRUCTURE],
      [SERVICE, INFRASTRUCTURE],
      [INFRASTRUCTURE],
    ]);
  });

  it('asks with the rights of the person who runs the template', async () => {
    const catalog = catalogThatAnswers(everything);
    await run(catalog);
    expect(catalog.getEntitiesByRefs).toHaveBeenCalledWith(
      expect.objectContaining({ entityRefs: [SERVICE, INFRASTRUCTURE] }),
      {
        credentials: expect.objectContaining({
          principal: mockCredentials.user().principal,
        }),
      },
    );
  });

  it('fails nothing when the time is over, and says what is still to come', async () => {
    const { outputs, warned } = await run(
      catalogThatAnswers(refs =>
        refs.map(ref => (ref === SERVICE ? service : undefined)),
      ),
      { seconds: 0.02 },
    );
    expect(outputs).toEqual({
      missing: [INFRASTRUCTURE],
      message: expect.stringMatching(
        /^The catalog does not know `resource:default\/checkout-prod` yet, after 0\.02 seconds: their pages say \*Entity not found\* until it does/,
      ),
    });
    expect(warned).toEqual([
      `The catalog does not know ${INFRASTRUCTURE} after 0.02 s, and the task goes on`,
    ]);
  });

  it('bears a catalog that does not answer, for a while or to the end', async () => {
    const passing = catalogThatAnswers(() => {
      throw new Error('the catalog is away');
    }, everything);
    expect((await run(passing)).outputs).toEqual({ missing: [], message: '' });

    const { outputs } = await run(
      catalogThatAnswers(() => {
        throw new Error('the catalog is away');
      }),
      { seconds: 0.02 },
    );
    expect(outputs).toEqual({
      missing: [SERVICE, INFRASTRUCTURE],
      message: expect.stringMatching(/It answered: the catalog is away$/),
    });
  });

  it('waits for nothing where nothing is registered, and in a dry run', async () => {
    const catalog = catalogThatAnswers(nothing);
    expect((await run(catalog, { isDryRun: true })).outputs).toEqual({
      missing: [],
      message: '',
    });
    expect(catalog.getEntitiesByRefs).not.toHaveBeenCalled();
    expect(
      (await run(catalogThatAnswers(everything), { entityRefs: [] })).outputs,
    ).toEqual({ missing: [], message: '' });
  });

  it('ends at once when the task is cancelled', async () => {
    const enough = new AbortController();
    const catalog = catalogThatAnswers(refs => {
      enough.abort();
      return nothing(refs);
    });
    await expect(run(catalog, { signal: enough.signal })).rejects.toThrow(
      /aborted/,
    );
    expect(catalog.getEntitiesByRefs).toHaveBeenCalledTimes(1);
  });
});
