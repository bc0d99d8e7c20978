import { recording } from './__testUtils__/recordings';
import { Lab, until, type StreamEvent } from './__testUtils__/lab';

/** What a gate reads: `OutOfSync Healthy Running`, with the operation that is asked for before it runs. */
function stateOf({ application }: StreamEvent): string {
  const { sync, health, operationState } = application.status;
  const phase =
    operationState?.phase ?? (application.operation ? 'requested' : '-');
  return `${sync.status} ${health.status} ${phase}`;
}

/** Each state once, in the order in which they came. */
function distinct(states: readonly string[]): string[] {
  return states.filter((state, index) => state !== states[index - 1]);
}

function recordedStory(name: string): StreamEvent[] {
  return (recording(`stories/${name}`).response.stream ?? []).map(
    ({ line }) => JSON.parse(line).result,
  );
}

const imagesOf = ({ application }: StreamEvent) =>
  (application.status.summary.images ?? [])
    .map(image => image.split(':').at(-1))
    .join(' ');

describe('the stream while an application changes', () => {
  let lab: Lab;

  beforeAll(async () => {
    lab = await Lab.open();
    await lab.untilState('checkout-dev', 'Synced Healthy Succeeded');
    await lab.untilState('checkout-staging', 'Synced Healthy Succeeded');
    await lab.untilState('checkout-prod', 'OutOfSync Missing -');
  });

  afterAll(() => lab.close());

  /** What happens on an application until it is in some state and its images are some. */
  async function follow(
    name: string,
    act: () => Promise<unknown>,
    end: { state: string; images: string },
  ): Promise<StreamEvent[]> {
    const stream = await lab.stream(`?name=${name}`);
    await act();
    await until(`${name} comes to ${end.state} with ${end.images}`, () => {
      const last = stream.events.at(-1);
      return (
        stream.events.length > 1 &&
        last !== undefined &&
        stateOf(last) === end.state &&
        imagesOf(last) === end.images
      );
    });
    stream.close();
    return stream.events.slice(1);
  }

  it('tells the first manual sync of prod as recorded', async () => {
    const events = await follow(
      'checkout-prod',
      () => lab.sync('checkout-prod', { revision: 'main', prune: true }),
      { state: 'Synced Healthy Succeeded', images: '1.3.0' },
    );
    expect(distinct(events.map(stateOf))).toEqual(
      distinct(recordedStory('manual-sync-of-prod').map(stateOf)),
    );
  });

  it('tells the manual sync of a new tag as recorded: Succeeded and still Healthy, of the old pods, before Progressing', async () => {
    await lab.setTag('prod', '1.3.1');
    await lab.untilState('checkout-prod', 'OutOfSync Healthy Succeeded');
    const events = await follow(
      'checkout-prod',
      () => lab.sync('checkout-prod'),
      { state: 'Synced Healthy Succeeded', images: '1.3.1' },
    );
    const recorded = recordedStory('manual-sync-of-new-tag');
    expect(distinct(events.map(stateOf))).toEqual(
      distinct(recorded.map(stateOf)),
    );
    expect(distinct(events.map(imagesOf))).toEqual(
      distinct(recorded.map(imagesOf)),
    );
    expect(events.map(stateOf)).toContain('OutOfSync Healthy Succeeded');
  });

  it('tells a rollback as recorded', async () => {
    const events = await follow(
      'checkout-prod',
      () =>
        lab.request('/api/v1/applications/checkout-prod/rollback', {
          method: 'POST',
          body: { id: 0 },
        }),
      { state: 'OutOfSync Healthy Succeeded', images: '1.3.0' },
    );
    const recorded = recordedStory('rollback-of-prod');
    expect(distinct(events.map(stateOf))).toEqual(
      distinct(recorded.map(stateOf)),
    );
    expect(distinct(events.map(imagesOf))).toEqual(
      distinct(recorded.map(imagesOf)),
    );
  });

  it('tells a new release in dev as recorded', async () => {
    const events = await follow(
      'checkout-dev',
      () => lab.setTag('dev', '1.3.1'),
      { state: 'Synced Healthy Succeeded', images: '1.3.1' },
    );
    const recorded = recordedStory('new-release-in-dev');
    expect(distinct(events.map(stateOf))).toEqual(
      distinct(recorded.map(stateOf)),
    );
    expect(distinct(events.map(imagesOf)).length).toBe(
      distinct(recorded.map(imagesOf)).length,
    );
  });

  it('tells of an image that cannot be pulled: Progressing, then Degraded', async () => {
    const events = await follow(
      'checkout-dev',
      () => lab.setTag('dev', '1.6.0-missing'),
      { state: 'Synced Degraded Succeeded', images: '1.3.1 1.6.0-missing' },
    );
    // Whether the comparison or the start of the sync is told first differs from one recording to the other.
    const settled = (states: string[]) =>
      distinct(states).filter(state => !/requested|Running/.test(state));
    expect(settled(events.map(stateOf))).toEqual(
      settled(recordedStory('image-missing-in-dev').map(stateOf)),
    );
    const last = events.at(-1)?.application.status.resources ?? [];
    expect(last.find(({ kind }) => kind === 'Deployment')?.health).toEqual({
      status: 'Degraded',
      message: 'Deployment "checkout" exceeded its progress deadline',
    });
  });

  it('takes at most some ten events for one release', async () => {
    const stream = await lab.stream('?name=checkout-staging');
    await lab.setTag('staging', '1.3.1');
    await until('staging runs the new tag alone', () => {
      const last = stream.events.at(-1);
      return (
        last !== undefined &&
        stateOf(last) === 'Synced Healthy Succeeded' &&
        imagesOf(last) === '1.3.1'
      );
    });
    stream.close();
    expect(stream.events.length).toBeLessThanOrEqual(20);
  });
});
