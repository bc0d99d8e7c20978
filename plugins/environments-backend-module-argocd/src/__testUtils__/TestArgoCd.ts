import { ServerResponse } from 'http';
import {
  Answer,
  MisbehavingServer,
  ReceivedRequest,
} from '@envmatrix/backstage-plugin-environments-node/testUtils';
import { recording, RecordedApplication } from './recording';

/**
 * An Argo CD that answers with recorded applications. Its list leaves out what a wide list does; its stream tells what a test sends.
 */
export class TestArgoCd {
  readonly applications = new Map<string, RecordedApplication>();
  readonly #streams = new Set<ServerResponse>();
  server!: MisbehavingServer;
  clusters: unknown = recording('clusters/list').response.body;
  projects: unknown = recording('projects/list').response.body;

  static async start(
    applications: readonly RecordedApplication[],
    tls?: { key: string; cert: string },
  ): Promise<TestArgoCd> {
    const argocd = new TestArgoCd();
    applications.forEach(application => argocd.put(application));
    argocd.server = await MisbehavingServer.start({
      answer: request => argocd.#answer(request),
      tls,
    });
    return argocd;
  }

  /** How many streams are open. */
  get streams(): number {
    return this.#streams.size;
  }

  put(application: RecordedApplication): void {
    const { namespace, name } = application.metadata;
    this.applications.set(`${namespace}/${name}`, application);
  }

  /** Tells every stream; the server changes its list with it. */
  send(type: string, application: RecordedApplication): void {
    const { namespace, name } = application.metadata;
    if (type === 'DELETED') {
      this.applications.delete(`${namespace}/${name}`);
    } else {
      this.put(application);
    }
    this.sendLine(JSON.stringify({ result: { type, application } }));
  }

  sendLine(line: string): void {
    this.#streams.forEach(stream => stream.write(`${line}\n`));
  }

  endStreams(): void {
    this.#streams.forEach(stream => stream.end());
  }

  #answer({ url }: ReceivedRequest): Answer {
    const { pathname, searchParams } = new URL(url, 'http://localhost');
    switch (pathname) {
      case '/api/version':
        return { json: { Version: 'v3.5.1' } };
      case '/api/v1/clusters':
        return { json: this.clusters };
      case '/api/v1/projects':
        return { json: this.projects };
      case '/api/v1/stream/applications':
        return { open: response => this.#open(response) };
      case '/api/v1/applications':
        return {
          json: {
            metadata: { resourceVersion: '1' },
            items: [...this.applications.values()].map(application =>
              searchParams.has('fields') ? outline(application) : application,
            ),
          },
        };
      case '/api/v1/session':
        return { json: recording('session/create').response.body };
      default:
        return this.#get(pathname, searchParams);
    }
  }

  #get(pathname: string, searchParams: URLSearchParams): Answer {
    if (pathname.endsWith('/metadata')) {
      return {
        json: recording('application/revision-metadata').response.body,
      };
    }
    const name = decodeURIComponent(pathname.split('/').at(-1) ?? '');
    const namespace = searchParams.get('appNamespace') ?? 'argocd';
    const application = this.applications.get(`${namespace}/${name}`);
    return application
      ? { json: application }
      : {
          status: 403,
          json: recording('error/403-absent-application').response.body,
        };
  }

  #open(response: ServerResponse): void {
    // Like the real one: no headers before the first event.
    this.#streams.add(response);
    response.on('close', () => this.#streams.delete(response));
  }
}

/** What a wide list says of an application. */
function outline({
  metadata,
  spec,
  status,
}: RecordedApplication & {
  spec?: unknown;
  status?: {
    sync?: { status?: string; revision?: string };
    health?: unknown;
    operationState?: Record<string, unknown>;
  };
}): object {
  const { name, namespace, labels } = metadata;
  const { phase, startedAt, finishedAt } = status?.operationState ?? {};
  return {
    metadata: { name, namespace, labels },
    spec,
    status: {
      sync: { status: status?.sync?.status, revision: status?.sync?.revision },
      health: status?.health,
      ...(phase ? { operationState: { phase, startedAt, finishedAt } } : {}),
    },
  };
}
