import { failureOfResponse, observationOf } from './errors';
import { recording } from './__testUtils__/recording';

const backstage = (status: number, error: object) =>
  JSON.stringify({ error, response: { statusCode: status } });

describe('failureOfResponse', () => {
  it.each([
    ['error/401-bad-token', 401, 'forbidden'],
    ['error/403-no-token', 403, 'forbidden'],
    ['error/403-kind-not-served', 403, 'forbidden'],
    ['error/404-version', 404, 'stale'],
    ['error/504-too-large-resource-version', 504, 'stale'],
  ])('takes %s for the word of the API server', (name, code, status) => {
    const { response } = recording(name);
    const failure = failureOfResponse(
      'prod',
      response.status ?? 0,
      JSON.stringify(response.body),
    );
    expect(failure).toMatchObject({ kind: 'status', code });
    expect(observationOf('prod', failure).status).toBe(status);
  });

  it('calls a cluster that refuses unreachable', () => {
    const failure = failureOfResponse(
      'prod',
      500,
      backstage(500, {
        name: 'Error',
        message: 'connect',
        cause: { code: 'ECONNREFUSED' },
      }),
    );
    expect(observationOf('prod', failure)).toEqual({
      status: 'unreachable',
      reason: 'Cluster prod cannot be reached: ECONNREFUSED',
    });
  });

  it.each([
    ['ENOTFOUND', 'unreachable'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'unreachable'],
    ['ECONNRESET', 'unreachable'],
    ['ETIMEDOUT', 'timeout'],
  ])('calls a cluster whose connection ended in %s %s', (code, status) => {
    const failure = failureOfResponse(
      'prod',
      500,
      backstage(500, { name: 'Error', message: 'x', cause: { code } }),
    );
    expect(observationOf('prod', failure)).toEqual({
      status,
      reason: expect.stringContaining(code),
    });
  });

  it('does not read an unknown cluster as an unknown object', () => {
    const failure = failureOfResponse(
      'prod',
      404,
      backstage(404, {
        name: 'NotFoundError',
        message: "Cluster 'prod' not found",
      }),
    );
    expect(observationOf('prod', failure).status).toBe('not-configured');
  });

  it("tells the portal's own refusal from the cluster's", () => {
    const failure = failureOfResponse(
      'prod',
      403,
      backstage(403, { name: 'NotAllowedError', message: 'Unauthorized' }),
    );
    expect(observationOf('prod', failure)).toEqual({
      status: 'forbidden',
      reason: 'The Kubernetes plugin refuses the request: Unauthorized',
    });
  });

  it('takes a load balancer without a server for an unreachable cluster', () => {
    const failure = failureOfResponse('prod', 503, '<html>no upstream</html>');
    expect(observationOf('prod', failure).status).toBe('unreachable');
  });

  it('reads plain text as it comes, cut short', () => {
    const failure = failureOfResponse('prod', 404, '404 page not found\n');
    expect(failure).toEqual({
      kind: 'status',
      code: 404,
      reason: '',
      message: 'HTTP 404: 404 page not found',
    });
    expect(
      failureOfResponse('prod', 400, 'x'.repeat(10_000)).message.length,
    ).toBeLessThan(300);
  });
});
