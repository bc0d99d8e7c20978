import http, {
  type IncomingMessage,
  type RequestListener,
  type ServerResponse,
} from 'http';
import https from 'https';
import type { AddressInfo, Socket } from 'net';
import type {
  PlaygroundService,
  ServiceCondition,
  ServiceTraffic,
} from './types';

/** @public */
export interface ServiceOptions {
  /** What people call it: `nonprod`, `argocd`, `git`. */
  name: string;
  /** Port on loopback; 0 takes a free one, and keeps it over stop and start. */
  port: number;
  /** Serves https with these, in PEM. */
  tls?: { key: string; cert: string };
  handler: RequestListener;
  /** Told after every change of the condition. */
  onCondition?: (condition: ServiceCondition) => void;
  /** Writes down what is not on disk yet; a stop waits for it. */
  save?: () => Promise<void>;
}

/**
 * A part of the playground with a port, as its own process sees it.
 *
 * @public
 */
export interface LocalService extends PlaygroundService {
  /** For calls inside the process: rejects while the service is stopped, waits while it hangs, as a call over the port would. */
  reachable(): Promise<void>;
}

/** What a client that cannot connect reports, with Node's own `code`. */
export class ConnectionRefusedError extends Error {
  readonly code = 'ECONNREFUSED';

  constructor(port: number) {
    super(`connect ECONNREFUSED 127.0.0.1:${port}`);
    this.name = 'ConnectionRefusedError';
  }
}

const HOST = '127.0.0.1';

function isAddressInfo(
  address: AddressInfo | string | null,
): address is AddressInfo {
  return typeof address === 'object' && address !== null;
}

function explainListenError(
  error: NodeJS.ErrnoException,
  name: string,
  port: number,
): Error {
  switch (error.code) {
    case 'EADDRINUSE':
      return new Error(
        `Port ${port} is taken, and ${name} needs it: stop what listens there, or choose another PORT`,
        { cause: error },
      );
    case 'EACCES':
      return new Error(
        `Port ${port}, which ${name} needs, may not be used: choose another PORT`,
        { cause: error },
      );
    default:
      return error;
  }
}

class LoopbackService implements LocalService {
  readonly name: string;
  readonly traffic: ServiceTraffic = { requests: 0, open: 0 };

  private current: ServiceCondition = 'stopped';
  private server: http.Server | https.Server | undefined;
  private port: number;
  private changing: Promise<void> = Promise.resolve();
  private readonly sockets = new Set<Socket>();
  /** What waits for the service to answer again, or to be gone. */
  private held: { resume: () => void; abandon: () => void }[] = [];

  constructor(private readonly options: ServiceOptions) {
    this.name = options.name;
    this.port = options.port;
  }

  get url(): string {
    return `${this.options.tls ? 'https' : 'http'}://localhost:${this.port}`;
  }

  get condition(): ServiceCondition {
    return this.current;
  }

  start(): Promise<void> {
    return this.inTurn(() => this.resume());
  }

  stop(): Promise<void> {
    return this.inTurn(() => this.end());
  }

  hang(): Promise<void> {
    return this.inTurn(() => this.fallSilent());
  }

  private async resume(): Promise<void> {
    if (this.current === 'stopped') {
      await this.listen();
    }
    if (this.current === 'hanging') {
      // What was corked comes out before the requests that waited behind it are answered.
      this.sockets.forEach(socket => socket.uncork());
    }
    this.become('up');
    this.held.splice(0).forEach(({ resume }) => resume());
  }

  private async end(): Promise<void> {
    const { server } = this;
    this.become('stopped');
    this.held.splice(0).forEach(({ abandon }) => abandon());
    if (server) {
      this.server = undefined;
      const closed = new Promise(resolve => server.close(resolve));
      this.sockets.forEach(socket => socket.destroy());
      await closed;
    }
    await this.options.save?.();
  }

  private async fallSilent(): Promise<void> {
    if (this.current === 'stopped') {
      await this.listen();
    }
    if (this.current !== 'hanging') {
      this.become('hanging');
      // A corked socket keeps what is written to it, as the socket of a process that sleeps would.
      this.sockets.forEach(socket => socket.cork());
    }
  }

  async reachable(): Promise<void> {
    if (this.current === 'stopped') {
      throw new ConnectionRefusedError(this.port);
    }
    if (this.current === 'hanging') {
      await new Promise<void>((resolve, reject) => {
        this.held.push({
          resume: resolve,
          abandon: () => reject(new ConnectionRefusedError(this.port)),
        });
      });
    }
  }

  /** Changes of condition do not overlap. */
  private inTurn(change: () => Promise<void>): Promise<void> {
    const result = this.changing.then(change);
    this.changing = result.catch(() => undefined);
    return result;
  }

  private become(condition: ServiceCondition): void {
    if (condition !== this.current) {
      this.current = condition;
      this.options.onCondition?.(condition);
    }
  }

  private async listen(): Promise<void> {
    const server = this.options.tls
      ? https.createServer(this.options.tls, this.receive)
      : http.createServer(this.receive);
    server.on(
      this.options.tls ? 'secureConnection' : 'connection',
      (socket: Socket) => this.connected(socket),
    );
    if (this.options.tls) {
      // Connections that have not finished their handshake are to be broken too.
      server.on('connection', (socket: Socket) => this.track(socket));
    }
    // Streams stay open for as long as their readers want.
    server.requestTimeout = 0;
    await new Promise<void>((resolve, reject) => {
      server.once('error', (error: NodeJS.ErrnoException) =>
        reject(explainListenError(error, this.name, this.port)),
      );
      server.listen(this.port, HOST, resolve);
    });
    const address = server.address();
    if (isAddressInfo(address)) {
      this.port = address.port;
    }
    this.server = server;
  }

  private connected(socket: Socket): void {
    this.track(socket);
    if (this.current === 'hanging') {
      socket.cork();
    }
  }

  private track(socket: Socket): void {
    this.sockets.add(socket);
    socket.once('close', () => this.sockets.delete(socket));
    // A client that goes away is its own business.
    socket.on('error', () => socket.destroy());
  }

  private readonly receive = (
    request: IncomingMessage,
    response: ServerResponse,
  ): void => {
    this.traffic.requests += 1;
    this.traffic.open += 1;
    response.once('close', () => {
      this.traffic.open -= 1;
    });
    if (this.current === 'hanging') {
      this.held.push({
        resume: () => this.options.handler(request, response),
        abandon: () => undefined,
      });
    } else {
      this.options.handler(request, response);
    }
  };
}

/**
 * A server on loopback that can be stopped, made to hang, and started again.
 *
 * @public
 */
export function createService(options: ServiceOptions): LocalService {
  return new LoopbackService(options);
}
