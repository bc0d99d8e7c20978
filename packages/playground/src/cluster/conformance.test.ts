import { ANSWERS_OF_OPERATORS } from './__testUtils__/conformance/answers';
import { BREAKAGES, breakAnswers } from './__testUtils__/conformance/breakages';
import { SimulatedTarget } from './__testUtils__/conformance/SimulatedTarget';
import { CONFORMANCE } from './__testUtils__/conformance/table';
import { send } from './__testUtils__/request';
import { TestClusters } from './__testUtils__/testCluster';

describe('the API server answers as the recorded one', () => {
  let target: SimulatedTarget;

  beforeAll(async () => {
    target = await SimulatedTarget.create();
  });
  afterAll(() => target.close());

  it.each(CONFORMANCE)('$name', async ({ differences }) => {
    expect(await differences(target)).toEqual([]);
  });

  it.each(ANSWERS_OF_OPERATORS)('$name', async ({ differences }) => {
    expect(await differences(target)).toEqual([]);
  });

  it.each(BREAKAGES)(
    'would be found out by an answer $name, whatever was asked',
    async breakage => {
      const unnoticed: string[] = [];
      let noticed = 0;
      for (const { name, differences } of CONFORMANCE) {
        const broken = breakAnswers(target, breakage);
        if ((await differences(broken)).length > 0) {
          noticed += 1;
        } else if (broken.broken() > 0) {
          unnoticed.push(name);
        }
      }
      expect(unnoticed).toEqual([]);
      // Two answers are plain text, one watch has no event, one group no text: there is no such field to break.
      expect(noticed).toBeGreaterThanOrEqual(CONFORMANCE.length - 4);
    },
  );
});

describe('the certificate of the API server', () => {
  it('is refused when another authority has to vouch for it', async () => {
    const clusters = await TestClusters.create();
    const cluster = await clusters.open();
    const other = await clusters.open('prod');
    await expect(
      send(
        { ...cluster, caCertificate: other.caCertificate },
        { path: '/version' },
      ),
    ).rejects.toThrow(/certificate|signature/);
    await clusters.close();
  });
});
