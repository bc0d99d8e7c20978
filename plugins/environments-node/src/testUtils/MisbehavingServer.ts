import {
  createServer,
  IncomingHttpHeaders,
  IncomingMessage,
  RequestListener,
  ServerResponse,
} from 'http';
import { createServer as createTlsServer } from 'https';
import { AddressInfo, Socket } from 'net';

/**
 * How a server misbehaves:
 *
 * - `hang-at-headers`: it takes the request and says nothing
 * - `hang-mid-body`: headers and the first half of the answer, then nothing
 * - `truncate`: the connection ends in the middle of the answer
 * - `reset`: the connection is cut before an answer
 * - `malformed`: the right status, and something that is not JSON
 * - `endless`: an answer that goes on and on
 * - an object: this answer in place of the right one
 *
 * @public
 */
export type Misbehaviour =
  | 'hang-at-headers'
  | 'hang-mid-body'
  | 'truncate'
  | 'reset'
  | 'malformed'
  | 'endless'
  | {
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: string;
    };

/**
 * A request as the server got it.
 *
 * @public
 */
export interface ReceivedRequest {
  readonly method: string;
  /** With the query, as it was sent: encoded. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/**
 * An answer as it should be: JSON, or a stream that `open` is called with and that stays open until the server or the caller ends it.
 *
 * @public
 */
export type Answer =
  | {
      readonly status?: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly json: unknown;
    }
  | { readonly open: (response: ServerResponse) => void };

interface Spell {
  readonly matches: (request: ReceivedRequest) => boolean;
  readonly misbehaviour: Misbehaviour;
  times: number;
}

const HALF_AN_ANSWER = '{"items":[{"metadata":{"name":"half';

/** What an endless answer is made of. */
const CHUNK = Buffer.alloc(256 * 1024, ' ');

/**
 * An HTTP server on loopback that answers as it is told to, well or badly, and remembers what it was asked.
 *
 * @public
 */
export class MisbehavingServer {
  readonly requests: ReceivedRequest[] = [];
  readonly #answer: (request: ReceivedRequest) => Answer;
  readonly #tls: { key: string; cert: string } | undefined;
  readonly #sockets = new Set<Socket>();
  #spells: Spell[] = [];
  #server: ReturnType<typeof createServer> | undefined;
  #port = 0;

  private constructor(
    answer: (request: ReceivedRequest) => Answer,
    tls: { key: string; cert: string } | undefined,
  ) {
    this.#answer = answer;
    this.#tls = tls;
  }

  /** Starts a server that gives these answers while it behaves; with `tls` it speaks HTTPS. */
  static async start(options: {
    answer: (request: ReceivedRequest) => Answer;
    tls?: { key: string; cert: string };
  }): Promise<MisbehavingServer> {
    const server = new MisbehavingServer(options.answer, options.tls);
    await server.listen();
    return server;
  }

  get url(): string {
    return `${this.#tls ? 'https' : 'http'}://localhost:${this.#port}`;
  }

  /** How many connections are open. */
  get connections(): number {
    return this.#sockets.size;
  }

  /** Requests whose path, without the query, is this one. */
  requestsTo(path: string): ReceivedRequest[] {
    return this.requests.filter(({ url }) => url.split('?')[0] === path);
  }

  /** From now on, for requests whose address matches (all, by default), so many times (always, by default). */
  misbehave(
    misbehaviour: Misbehaviour,
    options: { url?: RegExp; times?: number } = {},
  ): void {
    const { url = /./, times = Infinity } = options;
    this.#spells.push({
      matches: request => url.test(request.url),
      misbehaviour,
      times,
    });
  }

  behave(): void {
    this.#spells = [];
  }

  /** Nobody listens any more, and every connection is cut: connecting is refused. */
  async close(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    for (const socket of this.#sockets) {
      socket.destroy();
    }
    await new Promise<void>(resolve => {
      if (server) {
        server.close(() => resolve());
      } else {
        resolve();
      }
    });
  }

  /** Listens again, at the address that it had. */
  async listen(): Promise<void> {
    const listener: RequestListener = (request, response) => {
      this.#take(request, response).catch(() => response.destroy());
    };
    const server = this.#tls
      ? createTlsServer(this.#tls, listener)
      : createServer(listener);
    server.on('connection', socket => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
    });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(this.#port, 'localhost', resolve);
    });
    this.#port = addressOf(server.address()).port;
    this.#server = server;
  }

  async #take(
    incoming: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) {
      chunks.push(Buffer.from(chunk));
    }
    const request: ReceivedRequest = {
      method: incoming.method ?? 'GET',
      url: incoming.url ?? '/',
      headers: incoming.headers,
      body: Buffer.concat(chunks).toString('utf8'),
    };
    this.requests.push(request);
    const spell = this.#spells.find(
      ({ matches, times }) => times > 0 && matches(request),
    );
    if (spell) {
      spell.times -= 1;
      misbehaveIn(response, spell.misbehaviour);
      return;
    }
    const answer = this.#answer(request);
    if ('open' in answer) {
      answer.open(response);
      return;
    }
    response.writeHead(answer.status ?? 200, {
      'content-type': 'application/json',
      ...answer.headers,
    });
    response.end(JSON.stringify(answer.json));
  }
}

function misbehaveIn(
  response: ServerResponse,
  misbehaviour: Misbehaviour,
): void {
  if (typeof misbehaviour === 'object') {
    const { status, headers = {}, body = '' } = misbehaviour;
    response.writeHead(status, {
      'content-type': 'application/json',
      ...headers,
    });
    response.end(body);
    return;
  }
  switch (misbehaviour) {
    case 'hang-at-headers':
      return;
    case 'hang-mid-body':
      begin(response);
      return;
    case 'truncate':
      begin(response, () => response.destroy());
      return;
    case 'reset':
      response.destroy();
      return;
    case 'malformed':
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end('<html>not what was asked for</html>');
      return;
    case 'endless':
      response.writeHead(200, { 'content-type': 'application/json' });
      goOn(response);
      return;
    default:
      throw new Error(
        `Unknown misbehaviour ${JSON.stringify(misbehaviour satisfies never)}`,
      );
  }
}

function begin(response: ServerResponse, then: () => void = () => {}): void {
  response.writeHead(200, { 'content-type': 'application/json' });
  response.write(HALF_AN_ANSWER, () => then());
}

/** As fast as it is read, for as long as somebody reads. */
function goOn(response: ServerResponse): void {
  response.write(CHUNK, error => {
    if (!error && !response.destroyed) {
      goOn(response);
    }
  });
}

function addressOf(address: string | AddressInfo | null): AddressInfo {
  if (address === null || typeof address === 'string') {
    throw new Error('The server does not listen on a port');
  }
  return address;
}
