import http from 'http';
import { createService, type LocalService } from './service';

interface Answer {
  status: number | undefined;
  body: string;
}

function get(url: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    http
      .get(url, { agent: false }, response => {
        let body = '';
        response.setEncoding('utf8');
        response.on('data', chunk => {
          body += chunk;
        });
        response.on('end', () =>
          resolve({ status: response.statusCode, body }),
        );
        response.on('error', reject);
      })
      .on('error', reject);
  });
}

/** Resolves when the condition holds; what it waits for happens on events of the server. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) {
    await new Promise(resolve => setImmediate(resolve));
  }
}

describe('createService', () => {
  const started: LocalService[] = [];
  const create = (handler: http.RequestListener) => {
    const service = createService({ name: 'git', port: 0, handler });
    started.push(service);
    return service;
  };

  afterEach(async () => {
    await Promise.all(started.splice(0).map(service => service.stop()));
  });

  it('answers while it is up, refuses connections when stopped, and comes back on the same port', async () => {
    const service = create((_, response) => response.end('hello'));
    await service.start();
    const { url } = service;
    expect(await get(url)).toEqual({ status: 200, body: 'hello' });

    await service.stop();
    await expect(get(url)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    await expect(service.reachable()).rejects.toMatchObject({
      code: 'ECONNREFUSED',
    });

    await service.start();
    expect(service.url).toBe(url);
    expect(await get(url)).toEqual({ status: 200, body: 'hello' });
    expect(service.traffic).toEqual({ requests: 2, open: 0 });
  });

  it('breaks open streams when it is stopped', async () => {
    const service = create((_, response) => {
      response.write('first');
    });
    await service.start();
    const stream = get(service.url).catch(error => error.code);
    await until(() => service.traffic.open === 1);
    await service.stop();
    expect(await stream).toBe('ECONNRESET');
    await until(() => service.traffic.open === 0);
  });

  it('takes requests and answers none while it hangs, and answers them when it wakes', async () => {
    const handled: string[] = [];
    const service = create((request, response) => {
      handled.push(request.url ?? '');
      response.end(request.url);
    });
    await service.hang();
    let answered = false;
    const waiting = get(`${service.url}/one`).finally(() => {
      answered = true;
    });
    await until(() => service.traffic.requests === 1);
    const inside = service.reachable();
    expect({
      condition: service.condition,
      handled,
      answered,
      open: service.traffic.open,
    }).toEqual({
      condition: 'hanging',
      handled: [],
      answered: false,
      open: 1,
    });

    await service.start();
    await inside;
    expect(await waiting).toEqual({ status: 200, body: '/one' });
  });

  it('lets open streams fall silent while it hangs, and go on when it wakes', async () => {
    const responses: http.ServerResponse[] = [];
    const service = create((_, response) => {
      responses.push(response);
      response.write('a');
    });
    await service.start();
    let seen = '';
    http.get(service.url, response => {
      response.on('data', chunk => {
        seen += chunk;
      });
      response.on('error', () => undefined);
    });
    await until(() => seen === 'a');

    await service.hang();
    responses[0].write('b');
    // A second connection to the same process gets through its connect, so a byte on the first one would have been seen.
    const other = get(service.url).catch((error: Error) => error.name);
    await until(() => service.traffic.requests === 2);
    expect(seen).toBe('a');

    await service.start();
    await until(() => seen === 'ab');
    await service.stop();
    expect(await other).toBe('Error');
  });

  it('takes changes of its condition in turn', async () => {
    const service = create((_, response) => response.end('hello'));
    await Promise.all([
      service.start(),
      service.start(),
      service.stop(),
      service.hang(),
      service.start(),
    ]);
    expect(service.condition).toBe('up');
    expect(await get(service.url)).toEqual({ status: 200, body: 'hello' });
  });

  it('names the port that is taken', async () => {
    const first = create((_, response) => response.end());
    await first.start();
    const second = createService({
      name: 'argocd',
      port: Number(new URL(first.url).port),
      handler: (_, response) => response.end(),
    });
    await expect(second.start()).rejects.toThrow(
      /^Port \d+ is taken, and argocd needs it/,
    );
    expect(second.condition).toBe('stopped');
  });
});
