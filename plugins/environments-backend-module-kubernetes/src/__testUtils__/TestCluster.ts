import { createServer, IncomingMessage, Server, ServerResponse } from 'http';
import { Socket } from 'net';
import { recordedList, Listed, recording } from './recording';
import { groupPathOf, WATCHED_KINDS } from '../kinds';

export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
}

type Answer = (response: ServerResponse, request: SeenRequest) => void;

/** What is in a namespace, or the namespace itself. */
const IN_NAMESPACE = /^(.*)\/namespaces\/([^/]+)(?:\/([^/]+))?$/;

/**
 * The routes of the Kubernetes plugin on loopback, with one cluster behind them that holds what was recorded of a real one, and that misbehaves on
 * command. The cluster alone is there too, without the prefix of these routes, for a Kubernetes plugin that is real.
 */
export class TestCluster {
  readonly requests: SeenRequest[] = [];
  clusters: {
    name: string;
    authProvider: string;
    oidcTokenProvider?: string;
  }[] = [{ name: 'nonprod', authProvider: 'serviceAccount' }];
  /** `hang`: accepts and never answers, as a stopped process does. */
  condition: 'up' | 'refuses' | 'hangs' = 'up';
  /** Answers of its own to requests of a path (without query), instead of the usual ones; gone when undefined. */
  readonly answers = new Map<string, Answer>();
  /** A recorded refusal, in place of the usual answer. */
  refusal: (request: SeenRequest) => string | undefined = () => undefined;
  /** Told of every request to the cluster before it is answered. */
  onRequest: (request: SeenRequest, response: ServerResponse) => void =
    () => {};
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #watches = new Map<string, Set<ServerResponse>>();
  readonly #held: (() => void)[] = [];
  readonly #objects = new Map<string, Map<string, Listed>>();
  /** What was written, for watches that resume from before it. */
  readonly #written: { path: string; version: number; line: string }[] = [];
  #version = 10_000;

  private constructor() {
    for (const kind of WATCHED_KINDS) {
      const path = `${groupPathOf(kind)}/${kind.plural}`;
      this.#watches.set(path, new Set());
      this.#objects.set(
        path,
        new Map(
          recordedList(kind.plural).items.map(item => [keyOf(item), item]),
        ),
      );
    }
    this.#server = createServer((request, response) =>
      this.#handle(request, response),
    );
    this.#server.on('connection', socket => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
    });
  }

  static async start(): Promise<TestCluster> {
    const cluster = new TestCluster();
    await new Promise<void>(resolve => {
      cluster.#server.listen(0, '127.0.0.1', resolve);
    });
    return cluster;
  }

  /** Of the cluster itself. */
  get serverUrl(): string {
    return new URL(this.url).origin;
  }

  get url(): string {
    const address = this.#server.address();
    if (address === null || typeof address === 'string') {
      throw new Error('The server does not listen');
    }
    return `http://127.0.0.1:${address.port}/api/kubernetes`;
  }

  /** Open watches, of one kind or of all. */
  watches(path?: string): number {
    return [...this.#watches.entries()]
      .filter(([watched]) => path === undefined || watched === path)
      .reduce((sum, [, watches]) => sum + watches.size, 0);
  }

  /** Requests for a list, a watch or a document, in order. */
  seen(path: string, kind?: 'list' | 'watch'): SeenRequest[] {
    return this.requests.filter(
      request =>
        request.path === path &&
        (kind === undefined ||
          request.query.has('watch') === (kind === 'watch')),
    );
  }

  /** Stores an object, and tells the watches. */
  write(path: string, type: 'ADDED' | 'MODIFIED' | 'DELETED', object: Listed) {
    this.#version += 1;
    const written: Listed = {
      ...object,
      metadata: {
        ...object.metadata,
        resourceVersion: String(this.#version),
      },
    };
    const objects = this.#objects.get(path);
    if (type === 'DELETED') {
      objects?.delete(keyOf(object));
    } else {
      objects?.set(keyOf(object), written);
    }
    const line = JSON.stringify({ type, object: written });
    this.#written.push({ path, version: this.#version, line });
    this.send(path, line);
  }

  /** A line to every open watch of a path. */
  send(path: string, line: string): void {
    this.#watches.get(path)?.forEach(watch => watch.write(`${line}\n`));
  }

  /** A part of a line, after which the watches end. */
  sendCut(path: string, part: string): void {
    this.#watches.get(path)?.forEach(watch => watch.end(part));
  }

  /** Stores an object without telling anyone, as a watch that delivers nothing any more would. */
  writeSilently(path: string, object: Listed): void {
    this.#objects.get(path)?.set(keyOf(object), object);
  }

  /** Ends the watches of a path in good order, or cuts their connections. */
  end(path: string, how: 'ended' | 'cut'): void {
    this.#watches
      .get(path)
      ?.forEach(watch => (how === 'cut' ? watch.destroy() : watch.end()));
  }

  /** From now on nobody listens behind the proxy; or nobody answers; or all is well again. */
  set(condition: TestCluster['condition']): void {
    this.condition = condition;
    if (condition === 'refuses') {
      [...this.#watches.keys()].forEach(path => this.end(path, 'cut'));
    }
    if (condition === 'up') {
      this.#held.splice(0).forEach(answer => answer());
    }
  }

  async close(): Promise<void> {
    this.#sockets.forEach(socket => socket.destroy());
    await new Promise(resolve => {
      this.#server.close(resolve);
    });
  }

  #handle(request: IncomingMessage, response: ServerResponse): void {
    const url = new URL(request.url ?? '', 'http://portal');
    if (url.pathname === '/api/kubernetes/clusters') {
      json(response, 200, { items: this.clusters });
      return;
    }
    const seen: SeenRequest = {
      method: request.method ?? '',
      path: url.pathname.replace('/api/kubernetes/proxy', ''),
      query: url.searchParams,
      headers: request.headers,
    };
    this.requests.push(seen);
    this.onRequest(seen, response);
    if (this.condition === 'refuses') {
      json(response, 500, {
        error: {
          name: 'Error',
          message: 'connect ECONNREFUSED 127.0.0.1:6443',
          cause: { code: 'ECONNREFUSED', message: 'connect ECONNREFUSED' },
        },
        response: { statusCode: 500 },
      });
    } else if (this.condition === 'hangs') {
      this.#held.push(() => {
        if (!response.destroyed) {
          this.#answer(response, seen);
        }
      });
    } else {
      this.#answer(response, seen);
    }
  }

  #answer(response: ServerResponse, request: SeenRequest): void {
    const { path, query } = request;
    const objects = this.#objects.get(path);
    const own = this.answers.get(path);
    const refusal = this.refusal(request);
    const [, groupPath, namespace, inside] = IN_NAMESPACE.exec(path) ?? [];
    if (own) {
      own(response, request);
    } else if (refusal !== undefined) {
      const { status = 500, body } = recording(refusal).response;
      json(response, status, body);
    } else if (namespace !== undefined) {
      this.#answerIn(namespace, inside && `${groupPath}/${inside}`, response);
    } else if (path === '/version') {
      json(response, 200, recording('version').response.body);
    } else if (path === '/apis') {
      json(response, 200, recording('discovery/apis').response.body);
    } else if (WATCHED_KINDS.some(kind => groupPathOf(kind) === path)) {
      json(response, 200, {
        kind: 'APIResourceList',
        resources: WATCHED_KINDS.filter(kind => groupPathOf(kind) === path).map(
          ({ plural }) => ({ name: plural }),
        ),
      });
    } else if (!objects) {
      json(response, 404, recording('error/404-version').response.body);
    } else if (query.has('watch')) {
      this.#watch(path, Number(query.get('resourceVersion')), response);
    } else {
      json(response, 200, {
        metadata: { resourceVersion: String(this.#version) },
        items: [...objects.values()],
      });
    }
  }

  /** Objects of a namespace, or the namespace. */
  #answerIn(
    namespace: string,
    path: string | undefined,
    response: ServerResponse,
  ): void {
    const found =
      path === undefined
        ? this.#objects.get('/api/v1/namespaces')?.get(`/${namespace}`)
        : this.#objects.get(path) && {
            metadata: { resourceVersion: String(this.#version) },
            items: [...(this.#objects.get(path)?.values() ?? [])].filter(
              ({ metadata }) => metadata.namespace === namespace,
            ),
          };
    if (found) {
      json(response, 200, found);
    } else {
      json(response, 404, recording('error/404-version').response.body);
    }
  }

  /** Sends no headers before the first event, as the way through the proxy does not either. */
  #watch(path: string, since: number, response: ServerResponse): void {
    const watches = this.#watches.get(path);
    watches?.add(response);
    response.on('close', () => watches?.delete(response));
    for (const event of this.#written) {
      if (event.path === path && event.version > since) {
        response.write(`${event.line}\n`);
      }
    }
  }
}

export function json(
  response: ServerResponse,
  status: number,
  body: unknown,
): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}

function keyOf({ metadata }: Listed): string {
  return `${metadata.namespace ?? ''}/${metadata.name}`;
}
