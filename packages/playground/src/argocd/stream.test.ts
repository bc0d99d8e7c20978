import { Lab, until, type Stream } from './__testUtils__/lab';
import { recording } from './__testUtils__/recordings';
import { shapeOf } from './__testUtils__/shape';

const STREAM = '/api/v1/stream/applications';

const recorded = (name: string) => {
  const { request, response } = recording(`stream/${name}`);
  return {
    query: request.path.slice(STREAM.length),
    response,
    lines: (response.stream ?? []).map(({ line }) => line),
  };
};

const KINDS = new Set([
  'Deployment',
  'LimitRange',
  'Namespace',
  'NetworkPolicy',
  'PodDisruptionBudget',
  'ResourceQuota',
  'Service',
  'ServiceAccount',
]);

describe('the stream of applications', () => {
  let lab: Lab;
  const streams: Stream[] = [];

  beforeAll(async () => {
    lab = await Lab.open();
    await lab.untilState('checkout-dev', 'Synced Healthy Succeeded');
    await lab.untilStates(
      'checkout-dev',
      () => lab.setTag('dev', '1.3.1'),
      'Synced Progressing Succeeded',
      'Synced Healthy Succeeded',
    );
    await lab.untilState('checkout-staging', 'Synced Healthy Succeeded');
    await lab.untilState('checkout-prod', 'OutOfSync Missing -');
  });

  afterAll(async () => {
    streams.forEach(stream => stream.close());
    await lab.close();
  });

  async function open(...parameters: Parameters<Lab['stream']>) {
    const stream = await lab.stream(...parameters);
    streams.push(stream);
    return stream;
  }

  it.each(['initial', 'selector', 'fields'])(
    'begins as recorded: %s',
    async name => {
      const { query, response, lines } = recorded(name);
      const stream = await open(query);
      await until('all have come', () => stream.lines.length >= lines.length);
      expect(stream.status).toBe(response.status);
      for (const header of [
        'content-type',
        'transfer-encoding',
        'grpc-metadata-content-type',
        'vary',
      ]) {
        expect(stream.headers.get(header)).toBe(response.headers[header]);
      }
      const first = stream.lines.slice(0, lines.length);
      const options = {
        kinds: KINDS,
        leaveOut: [
          'result.application.metadata.annotations',
          // All begin with dev; the others had been healed when this was recorded.
          ...(name === 'initial'
            ? ['result.application.status.operationState']
            : []),
        ],
      };
      first.forEach((line, index) =>
        expect(shapeOf(JSON.parse(line), options)).toEqual(
          shapeOf(JSON.parse(lines[index]), options),
        ),
      );
    },
  );

  it('refuses who does not say who asks', async () => {
    const { query, response, lines } = recorded('no-token');
    const stream = await open(query, { token: null });
    await until('the error has come', () => stream.lines.length > 0);
    expect(stream.status).toBe(response.status);
    expect(stream.headers.get('content-type')).toBe('application/json');
    expect(new Set(stream.lines)).toEqual(new Set(lines));
  });

  it('sends no headers before its first event, and nothing of what was before', async () => {
    const list = await lab.request('/api/v1/applications');
    const { resourceVersion } = JSON.parse(JSON.stringify(list.body)).metadata;
    let opened: Stream | undefined;
    const opening = open(
      `?resourceVersion=${resourceVersion}&selector=environment%3Dprod`,
    ).then(stream => {
      opened = stream;
    });
    // The server has the request, and has answered another one since.
    await until('it has come', () => lab.argocd.traffic.open > 0);
    await lab.request('/api/version');
    expect(opened).toBeUndefined();
    await lab.request('/api/v1/applications/checkout-prod?refresh=normal');
    await opening;
    await until('the refresh is told', () => (opened?.events.length ?? 0) >= 2);
    expect(opened?.events.map(({ type }) => type)).toEqual([
      'MODIFIED',
      'MODIFIED',
    ]);
    const annotations = opened?.events.map(
      ({ application }) =>
        application.metadata.annotations?.['argocd.argoproj.io/refresh'],
    );
    expect(annotations).toEqual(['normal', undefined]);
  });

  it('speaks in server-sent events to who asks for them', async () => {
    const stream = await open('?selector=environment%3Ddev', {
      headers: { accept: 'text/event-stream' },
    });
    await until('it has come', () => stream.lines.length > 0);
    expect(stream.headers.get('content-type')).toBe('text/event-stream');
    expect(stream.lines[0]).toMatch(/^data: \{"result":\{"type":"ADDED"/);
  });

  it('fills in the health of resources, which a list leaves out', async () => {
    const stream = await open('?selector=environment%3Ddev');
    await until('it has come', () => stream.events.length > 0);
    const [{ application }] = stream.events;
    expect(application.status.resources).toContainEqual(
      expect.objectContaining({
        kind: 'Deployment',
        health: { status: 'Healthy' },
      }),
    );
  });

  it('is over for the server when the reader goes', async () => {
    const before = lab.argocd.traffic.open;
    const stream = await open('');
    expect(lab.argocd.traffic.open).toBe(before + 1);
    stream.close();
    await until('it is closed', () => lab.argocd.traffic.open === before);
  });
});
