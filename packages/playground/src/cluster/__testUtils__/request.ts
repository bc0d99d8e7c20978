import https from 'https';
import type { Cluster } from '../createCluster';
import { TOKEN } from './testCluster';

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
  cluster: Cluster,
  { method = 'GET', path, headers = {}, token = TOKEN }: Exchange,
): https.RequestOptions {
  const url = new URL(path.replace(/ /g, '%20'), cluster.service.url);
  return {
    method,
    host: 'localhost',
    port: url.port,
    path: `${url.pathname}${url.search}`,
    // Nothing but the cluster's own authority vouches for it.
    ca: cluster.caCertificate,
    agent: false,
    headers: {
      ...headers,
      ...(token !== null && { authorization: `Bearer ${token}` }),
    },
  };
}

/** Sends a request and reads the answer to its end. */
export function send(cluster: Cluster, exchange: Exchange): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = https.request(open(cluster, exchange), response => {
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
export function openStream(cluster: Cluster, path: string): Promise<Stream> {
  return new Promise((resolve, reject) => {
    const request = https.request(open(cluster, { path }), response => {
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
