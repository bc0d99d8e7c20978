import { mockCredentials } from '@backstage/backend-test-utils';
import { OnDemandRequest } from '@envmatrix/backstage-plugin-environments-node';
import { intentSchema, Matrix } from '@envmatrix/engine';
import { entity, ENTITY_REF, intent } from '../__testUtils__/facts';
import { NO_JUDGEMENT } from '../matrix/judge';
import { Overlay } from '../matrix/Overlay';
import { LiveMatrices } from './LiveMatrices';

const matrix: Matrix = {
  entityRef: ENTITY_REF,
  computedAt: '2026-11-30T10:00:00Z',
  environments: [],
  groups: [],
  sources: [],
  score: { value: undefined, parts: [] },
};

it('waits for a cluster that does not even heed that its time is over no longer than for any other', async () => {
  const requests: OnDemandRequest[] = [];
  let seen: Overlay | undefined;
  const live = new LiveMatrices({
    readMs: 50,
    onDemand: () => ({
      needs: { authProvider: 'google' },
      read: request => {
        requests.push(request);
        return new Promise(() => {});
      },
    }),
    overlaid: async (_, overlay) => {
      seen = overlay;
      return matrix;
    },
  });

  await live.read(
    { entityRef: ENTITY_REF, entity, versions: [] },
    {
      matrix,
      etag: '"1"',
      judgement: NO_JUDGEMENT,
      input: {
        releases: [],
        revisions: [],
        entityRef: ENTITY_REF,
        intent: intentSchema.parse(intent),
        service: 'checkout',
        selector: 'a=b',
        now: matrix.computedAt,
        environments: [],
        sources: [],
      },
    },
    {
      credentials: mockCredentials.user(),
      clusters: [{ name: 'nonprod', token: 't' }],
      signal: new AbortController().signal,
    },
  );

  expect(requests[0].namespaces).toEqual(['checkout-dev', 'checkout-staging']);
  expect(requests[0].signal.aborted).toBe(true);
  expect(
    seen?.overStates({ get: () => undefined }).get('kubernetes/nonprod'),
  ).toEqual({
    kind: 'kubernetes',
    name: 'nonprod',
    status: 'timeout',
    reason: 'Cluster nonprod did not answer within 0.05 s',
    needsUserToken: { authProvider: 'google' },
  });
});
