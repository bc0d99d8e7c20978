import { richMatrix } from '../__fixtures__/matrix';
import { mockEnvironmentsApi } from '../__testUtils__/mockEnvironmentsApi';
import {
  MatrixPoller,
  MatrixState,
  POLL_MS,
  POLL_WITH_SIGNALS_MS,
} from './MatrixPoller';

const KEY = richMatrix().updates!.key;

describe('MatrixPoller', () => {
  const api = mockEnvironmentsApi();
  const states: MatrixState[] = [];
  let poller: MatrixPoller;

  beforeEach(async () => {
    jest.useFakeTimers();
    api.getMatrix.mockReset();
    api.getMatrix.mockResolvedValueOnce({ matrix: richMatrix(), etag: '"1"' });
    api.getMatrix.mockResolvedValue('unchanged');
    states.length = 0;
    poller = new MatrixPoller({
      api,
      entityRef: 'component:default/checkout',
      onChange: state => states.push(state),
    });
    poller.start();
    await jest.advanceTimersByTimeAsync(0);
  });

  afterEach(() => {
    poller.stop();
    jest.useRealTimers();
  });

  it('asks again with the ETag of what it has, and confirms it', async () => {
    await jest.advanceTimersByTimeAsync(POLL_MS);

    expect(api.getMatrix).toHaveBeenLastCalledWith(
      expect.objectContaining({ etag: '"1"' }),
    );
    expect(states).toHaveLength(2);
    expect(states[1].matrix).toBe(states[0].matrix);
    expect(states[1].confirmedAt! - states[0].confirmedAt!).toBe(POLL_MS);
  });

  it('looks at once when its own matrix is announced, and seldom by itself from then on', async () => {
    poller.signal(KEY);
    await jest.advanceTimersByTimeAsync(0);
    expect(api.getMatrix).toHaveBeenCalledTimes(2);

    await jest.advanceTimersByTimeAsync(POLL_WITH_SIGNALS_MS - 1);
    expect(api.getMatrix).toHaveBeenCalledTimes(2);
    await jest.advanceTimersByTimeAsync(1);
    expect(api.getMatrix).toHaveBeenCalledTimes(3);
  });

  it('looks again when something is announced while the first answer is under way', async () => {
    poller.stop();
    api.getMatrix.mockReset();
    api.getMatrix.mockImplementationOnce(
      () =>
        new Promise(resolve => {
          setTimeout(() => resolve({ matrix: richMatrix(), etag: '"1"' }), 10);
        }),
    );
    api.getMatrix.mockResolvedValue('unchanged');
    poller = new MatrixPoller({
      api,
      entityRef: 'component:default/checkout',
      onChange: state => states.push(state),
    });
    poller.start();
    poller.signal(KEY);
    await jest.advanceTimersByTimeAsync(10);

    expect(api.getMatrix).toHaveBeenCalledTimes(2);
  });

  it('does not look when another matrix is announced', async () => {
    poller.signal('of somebody else');
    await jest.advanceTimersByTimeAsync(POLL_MS - 1);
    expect(api.getMatrix).toHaveBeenCalledTimes(1);
  });

  it('looks often again after a change that nobody announced', async () => {
    poller.signal(KEY);
    await jest.advanceTimersByTimeAsync(0);
    api.getMatrix.mockResolvedValueOnce({ matrix: richMatrix(), etag: '"2"' });
    await jest.advanceTimersByTimeAsync(POLL_WITH_SIGNALS_MS);
    const looks = api.getMatrix.mock.calls.length;

    await jest.advanceTimersByTimeAsync(POLL_MS);

    expect(api.getMatrix).toHaveBeenCalledTimes(looks + 1);
  });

  it('keeps the matrix through errors, and forgets them with the next answer', async () => {
    api.getMatrix.mockRejectedValueOnce(new TypeError('Failed to fetch'));
    await jest.advanceTimersByTimeAsync(POLL_MS);
    expect(states.at(-1)).toMatchObject({
      matrix: { entityRef: 'component:default/checkout' },
      error: { message: 'Failed to fetch' },
    });

    await jest.advanceTimersByTimeAsync(POLL_MS);
    expect(states.at(-1)?.error).toBeUndefined();
  });

  it('asks one question at a time, and once more when something happened meanwhile', async () => {
    let answer: (value: 'unchanged') => void = () => {};
    api.getMatrix.mockReturnValueOnce(
      new Promise(resolve => {
        answer = resolve;
      }),
    );
    poller.look();
    poller.signal(KEY);
    poller.signal(KEY);
    await jest.advanceTimersByTimeAsync(0);
    expect(api.getMatrix).toHaveBeenCalledTimes(2);

    answer('unchanged');
    await jest.advanceTimersByTimeAsync(0);
    expect(api.getMatrix).toHaveBeenCalledTimes(3);
  });

  it('says nothing after it was stopped', async () => {
    poller.stop();
    await jest.advanceTimersByTimeAsync(10 * POLL_MS);
    expect(api.getMatrix).toHaveBeenCalledTimes(1);
    expect(states).toHaveLength(1);
  });
});
