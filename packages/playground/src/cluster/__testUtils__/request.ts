import https from 'https';
import { TOKEN } from './testCluster';

/** Where an API server listens: a playground's cluster is one, and so is a real one. */
export interface Endpoint {
  readonly service: { readonly url: string };
  /** Nothing but the cluster's own authority vouches for it; PEM. */
  readonly caCertificate: string;
  /** The portal's, where it is not that of the playground's tests. */
  readonly token?: string;
}

export interface Exchange {
  method?: string;
  path: string;
  headers?: Record<string, string>;
  /** The portal's, unless another or none (null) is given. */
  token?: string | null;
}

export interface Answer {
  status: number | undefined;
  headers: Record<string, string | string[] | undefined>;
  text: string;
}

function open(
  endpoint: Endpoint,
  {
    method = 'GET',
    path,
    headers = {},
    token = endpoint.token ?? TOKEN,
  }: Exchange,
): https.RequestOptions {
  const url = new URL(path.replace(/ /g, '%20'), endpoint.service.url);
  return {
    method,
    host: url.hostname,
    port: url.port,
    path: `${url.pathname}${url.search}`,
    ca: endpoint.caCertificate,
    agent: false,
    headers: {
      ...headers,
      ...(token !== null && { authorization: `Bearer ${token}` }),
    },
  };
}

/** Sends a request and reads the answer to its end. */
export function send(endpoint: Endpoint, exchange: Exchange): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = https.request(open(endpoint, exchange), response => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', chunk => {
        text += chunk;
      });
      response.on('end', () =>
        resolve({
          status: response.statusCode,
          headers: response.headers,
          text,
        }),
      );
      response.on('error', reject);
    });
    request.on('error', reject);
    request.end();
  });
}

export interface WatchEvent {
  type: string;
  object: {
    kind: string;
    metadata: {
      name: string;
      resourceVersion: string;
      annotations?: Record<string, string>;
    };
    code?: number;
    message?: string;
  };
}

export interface Stream {
  readonly status: number | undefined;
  readonly headers: Record<string, string | string[] | undefined>;
  readonly events: WatchEvent[];
  /** How it ended, once it has. */
  ended: 'server' | 'broken' | undefined;
  close(): void;
}

/** Opens a watch; resolves with its headers. */
export function openStream(endpoint: Endpoint, path: string): Promise<Stream> {
  return new Promise((resolve, reject) => {
    const request = https.request(open(endpoint, { path }), response => {
      const stream: Stream = {
        status: response.statusCode,
        headers: response.headers,
        events: [],
        ended: undefined,
        close: () => request.destroy(),
      };
      let rest = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        const lines = (rest + chunk).split('\n');
        rest = lines.pop() ?? '';
        stream.events.push(...lines.map(line => JSON.parse(line)));
      });
      response.on('end', () => {
        stream.ended = 'server';
      });
      response.on('error', () => {
        stream.ended = 'broken';
      });
      resolve(stream);
    });
    request.on('error', reject);
    request.end();
  });
}

/** Resolves once the condition holds. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) {
    await new Promise(resolve => setImmediate(resolve));
  }
}
