import { ApiHolder } from '@backstage/core-plugin-api';
import { Matrix } from '@envmatrix/engine';
import {
  ownMatrix,
  refusedMatrix,
  storedMatrix,
} from '../__fixtures__/ownToken';
import { quietMatrix } from '../__fixtures__/matrix';
import { mockEnvironmentsApi } from '../__testUtils__/mockEnvironmentsApi';
import { ClusterTokens } from './ClusterTokens';
import {
  OWN_GAP_MS,
  OWN_POLL_MS,
  OWN_TIMEOUT_MS,
  OwnMatrixReader,
  OwnState,
} from './OwnMatrixReader';

const NOBODY: ApiHolder = { get: () => undefined };

/** Tokens that a test gives. */
class TestTokens extends ClusterTokens {
  canSignIn = true;
  token: string | undefined = 'token';
  get isPossible() {
    return this.canSignIn;
  }
  readonly silently = jest.fn(async () => this.token);
  readonly ask = jest.fn(async () => {
    this.token = 'asked-for';
    return this.token;
  });
  readonly forget = jest.fn(() => {
    this.token = undefined;
  });
}

describe('OwnMatrixReader', () => {
  const api = mockEnvironmentsApi();
  let tokens: TestTokens;
  let state: OwnState;
  let reader: OwnMatrixReader;

  beforeEach(() => {
    jest.useFakeTimers();
    api.getLiveMatrix.mockReset();
    api.getLiveMatrix.mockImplementation(async () => ownMatrix('1.5.0'));
    tokens = new TestTokens(NOBODY);
    reader = new OwnMatrixReader({
      api,
      entityRef: 'component:default/checkout',
      tokens,
      onChange: next => {
        state = next;
      },
    });
  });

  afterEach(() => {
    reader.stop();
    jest.useRealTimers();
  });

  const show = async (stored: Matrix) => {
    reader.update(stored);
    await jest.advanceTimersByTimeAsync(0);
  };
  const looks = () => api.getLiveMatrix.mock.calls.length;

  it('asks nothing where every cluster is read by the portal', async () => {
    await show(quietMatrix());
    await jest.advanceTimersByTimeAsync(OWN_POLL_MS);
    expect(looks()).toBe(0);
    expect(tokens.silently).not.toHaveBeenCalled();
    expect(state.clusters).toEqual([]);
  });

  it('reads at once where somebody is signed in, and then every half minute', async () => {
    await show(storedMatrix());

    expect(api.getLiveMatrix).toHaveBeenLastCalledWith(
      expect.objectContaining({
        entityRef: 'component:default/checkout',
        clusters: [{ name: 'prod', token: 'token' }],
      }),
    );
    expect(state.clusters).toEqual([{ name: 'prod', status: 'read' }]);
    expect(state.matrix).toEqual(ownMatrix('1.5.0'));
    expect(state.readAt).toBe(Date.now());
    expect(tokens.ask).not.toHaveBeenCalled();

    await jest.advanceTimersByTimeAsync(OWN_POLL_MS - 1);
    expect(looks()).toBe(1);
    await jest.advanceTimersByTimeAsync(1);
    expect(looks()).toBe(2);
  });

  it('asks for no sign-in before a click', async () => {
    tokens.token = undefined;
    await show(storedMatrix());
    await jest.advanceTimersByTimeAsync(10 * OWN_POLL_MS);
    await show(storedMatrix());

    expect(looks()).toBe(0);
    expect(tokens.ask).not.toHaveBeenCalled();
    expect(tokens.silently).toHaveBeenCalledTimes(1);
    expect(state.clusters).toEqual([{ name: 'prod', status: 'signed-out' }]);

    await reader.read('prod');
    await jest.advanceTimersByTimeAsync(0);

    expect(tokens.ask).toHaveBeenCalledTimes(1);
    expect(api.getLiveMatrix).toHaveBeenLastCalledWith(
      expect.objectContaining({
        clusters: [{ name: 'prod', token: 'asked-for' }],
      }),
    );
    expect(state.clusters).toEqual([{ name: 'prod', status: 'read' }]);
  });

  it('says why somebody was not signed in', async () => {
    tokens.token = undefined;
    await show(storedMatrix());
    tokens.ask.mockRejectedValueOnce(
      new Error('Login failed, popup was closed'),
    );

    await reader.read('prod');

    expect(state.clusters).toEqual([
      {
        name: 'prod',
        status: 'signed-out',
        reason: 'Login failed, popup was closed',
      },
    ]);
    expect(looks()).toBe(0);
  });

  it('asks for a click when the token is not accepted any more, and does not send it again', async () => {
    await show(storedMatrix());
    const reason = 'Cluster prod does not accept your token';
    api.getLiveMatrix.mockImplementation(async () =>
      refusedMatrix({ status: 'forbidden', reason, isRefused: true }),
    );
    await jest.advanceTimersByTimeAsync(OWN_POLL_MS);

    expect(state.clusters).toEqual([
      { name: 'prod', status: 'refused', reason },
    ]);
    expect(tokens.forget).toHaveBeenCalled();
    await jest.advanceTimersByTimeAsync(10 * OWN_POLL_MS);
    expect(looks()).toBe(2);

    // What everybody sees has changed: what was seen last as oneself is from before.
    await show(storedMatrix());
    expect(state.matrix).toBeUndefined();
  });

  it('goes on asking a cluster that does not answer, and says why', async () => {
    api.getLiveMatrix.mockImplementation(async () =>
      refusedMatrix({ status: 'timeout', reason: 'It did not answer' }),
    );
    await show(storedMatrix());
    expect(state.clusters).toEqual([
      { name: 'prod', status: 'failing', reason: 'It did not answer' },
    ]);

    api.getLiveMatrix.mockImplementation(async () => ownMatrix('1.5.0'));
    await jest.advanceTimersByTimeAsync(OWN_POLL_MS);
    expect(state.clusters).toEqual([{ name: 'prod', status: 'read' }]);
  });

  it('looks again soon when what everybody sees has changed, though not all the time', async () => {
    await show(storedMatrix());
    for (let change = 0; change < 10; change += 1) {
      await jest.advanceTimersByTimeAsync(OWN_GAP_MS / 10);
      await show(storedMatrix());
    }
    expect(looks()).toBe(2);
    expect(state.matrix).toBeDefined();
  });

  it('stops while nobody sees the page, and looks at once when somebody does', async () => {
    await show(storedMatrix());
    reader.setVisible(false);
    await jest.advanceTimersByTimeAsync(10 * OWN_POLL_MS);
    expect(looks()).toBe(1);

    reader.setVisible(true);
    await jest.advanceTimersByTimeAsync(0);
    expect(looks()).toBe(2);
  });

  it('looks at once when told to, and once more where it was looking already', async () => {
    await show(storedMatrix());
    let answer: (matrix: Matrix) => void = () => {};
    api.getLiveMatrix.mockReturnValueOnce(
      new Promise(resolve => {
        answer = resolve;
      }),
    );
    reader.look();
    await jest.advanceTimersByTimeAsync(0);
    expect(looks()).toBe(2);
    expect(state.isReading).toBe(true);
    reader.look();
    await jest.advanceTimersByTimeAsync(0);
    expect(looks()).toBe(2);

    answer(ownMatrix('1.6.0'));
    await jest.advanceTimersByTimeAsync(0);
    expect(looks()).toBe(3);
    expect(state.isReading).toBe(false);
  });

  it('keeps what it saw when a look fails, unless something newer is known to everybody', async () => {
    await show(storedMatrix());
    api.getLiveMatrix.mockRejectedValue(new TypeError('Failed to fetch'));
    await jest.advanceTimersByTimeAsync(OWN_POLL_MS);
    expect(state).toMatchObject({
      matrix: { entityRef: 'component:default/checkout' },
      clusters: [{ name: 'prod', status: 'read' }],
      error: { message: 'Failed to fetch' },
    });

    await show(storedMatrix());
    await jest.advanceTimersByTimeAsync(OWN_GAP_MS);
    expect(state.matrix).toBeUndefined();
  });

  it('gives up a look that is not answered', async () => {
    api.getLiveMatrix.mockImplementation(
      ({ signal }) =>
        new Promise((_, reject) => {
          signal?.addEventListener('abort', () =>
            reject(new Error('it was given up')),
          );
        }),
    );
    await show(storedMatrix());
    expect(state.clusters).toEqual([{ name: 'prod', status: 'reading' }]);
    await jest.advanceTimersByTimeAsync(OWN_TIMEOUT_MS);
    expect(state.clusters).toEqual([{ name: 'prod', status: 'failing' }]);
    expect(state.error).toEqual(new Error('it was given up'));
  });

  it('asks nothing where the portal cannot sign anybody in to clusters', async () => {
    tokens.canSignIn = false;
    await show(storedMatrix());
    expect(state.clusters).toEqual([{ name: 'prod', status: 'impossible' }]);
    expect(tokens.silently).not.toHaveBeenCalled();
  });
});
