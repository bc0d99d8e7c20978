import type { IncomingMessage, ServerResponse } from 'http';
import {
  createService,
  type LocalService,
  type PlaygroundService,
  type ServiceCondition,
} from './core';

/** A version that a service's continuous integration is to build. */
export interface ReleaseRequest {
  service: string;
  version: string;
  /** The image cannot be pulled, or its container crashes. */
  fail?: 'pull' | 'crash';
}

export interface ServiceStatus {
  name: string;
  url: string;
  condition: ServiceCondition;
  /** Requests that arrived since the start of the playground. */
  requests: number;
  /** Requests that are open now, watches and streams among them. */
  open: number;
}

export interface ControlOptions {
  port: number;
  services: readonly PlaygroundService[];
  /** Rejects with a sentence for people. */
  release: (request: ReleaseRequest) => Promise<unknown>;
  log: (message: string) => void;
}

/** What a request is refused with. */
class Refusal extends Error {
  constructor(readonly status: number, message: string) {
    super(message);
    this.name = 'Refusal';
  }
}

const BODY_LIMIT = 10_000;

/**
 * The playground's own API, for its commands and for tests: what state its parts are in and how much they are asked, trouble for
 * them, and releases.
 */
export function createControl(options: ControlOptions): LocalService {
  return createService({
    name: 'control',
    port: options.port,
    handler: (request, response) => {
      answer(options, request).then(
        body => send(response, 200, body),
        error => {
          const status = error instanceof Refusal ? error.status : 500;
          if (status === 500) {
            options.log(`control: ${error?.stack ?? error}`);
          }
          send(response, status, {
            error: error instanceof Error ? error.message : String(error),
          });
        },
      );
    },
  });
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, {
    'content-type': 'application/json',
    'cache-control': 'no-store',
  });
  response.end(`${JSON.stringify(body)}\n`);
}

async function answer(
  options: ControlOptions,
  request: IncomingMessage,
): Promise<unknown> {
  refusePages(request);
  const { pathname } = new URL(request.url ?? '/', 'http://localhost');
  const call = `${request.method} ${pathname}`;
  if (call === 'GET /status') {
    return { services: options.services.map(statusOf) };
  }
  const trouble = /^POST \/services\/([^/]+)\/(stop|start|hang)$/.exec(call);
  if (trouble) {
    const [, name, action] = trouble;
    const service = options.services.find(candidate => candidate.name === name);
    if (!service) {
      throw new Refusal(
        404,
        `There is no '${name}'; there are ${options.services
          .map(candidate => candidate.name)
          .join(', ')}`,
      );
    }
    await change(service, action);
    return statusOf(service);
  }
  if (call === 'POST /release') {
    const release = parseRelease(await readJson(request));
    try {
      return (await options.release(release)) ?? {};
    } catch (error) {
      throw new Refusal(
        400,
        error instanceof Error ? error.message : String(error),
      );
    }
  }
  throw new Refusal(404, `There is no ${call}`);
}

/** A page in a browser has no business here; the commands send no such headers. */
function refusePages({ headers }: IncomingMessage): void {
  const host = (headers.host ?? '').replace(/:\d+$/, '');
  if (
    headers.origin !== undefined ||
    headers['sec-fetch-site'] !== undefined ||
    !['localhost', '127.0.0.1'].includes(host)
  ) {
    throw new Refusal(403, 'Requests from web pages are refused');
  }
}

function statusOf({
  name,
  url,
  condition,
  traffic,
}: PlaygroundService): ServiceStatus {
  return {
    name,
    url,
    condition,
    requests: traffic.requests,
    open: traffic.open,
  };
}

async function change(
  service: PlaygroundService,
  action: string,
): Promise<void> {
  switch (action) {
    case 'stop':
      return service.stop();
    case 'hang':
      return service.hang();
    default:
      return service.start();
  }
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  let text = '';
  request.setEncoding('utf8');
  for await (const chunk of request) {
    text += chunk;
    if (text.length > BODY_LIMIT) {
      throw new Refusal(413, 'The request is too large');
    }
  }
  try {
    return JSON.parse(text);
  } catch {
    throw new Refusal(400, 'The request is not JSON');
  }
}

function parseRelease(body: unknown): ReleaseRequest {
  const fields: Partial<Record<keyof ReleaseRequest, unknown>> =
    typeof body === 'object' && body !== null ? body : {};
  const { service, version, fail } = fields;
  if (typeof service !== 'string' || typeof version !== 'string') {
    throw new Refusal(400, 'A release needs a service and a version');
  }
  if (fail !== undefined && fail !== 'pull' && fail !== 'crash') {
    throw new Refusal(400, "A release can fail with 'pull' or 'crash'");
  }
  return { service, version, ...(fail && { fail }) };
}
