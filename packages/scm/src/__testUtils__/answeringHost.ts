import { registerMswTestHooks } from '@backstage/backend-test-utils';
import { http, HttpResponse } from 'msw';
import { setupServer } from 'msw/node';

export interface Asked {
  readonly request: string;
  readonly body?: unknown;
  readonly headers: Headers;
}

export interface Answer {
  readonly status?: number;
  readonly headers?: Record<string, string>;
  readonly body?: object;
}

/** A git host that has one answer for each request, and remembers what it was asked. */
export function answeringHost(api: string) {
  const server = setupServer();
  registerMswTestHooks(server);
  const asked: Asked[] = [];
  beforeEach(() => {
    asked.length = 0;
  });
  return {
    asked,
    requests: () => asked.map(({ request }) => request),
    reply(answers: Readonly<Record<string, Answer>>) {
      server.use(
        http.all(`${api}/*`, async ({ request }) => {
          const line = `${request.method} ${request.url.slice(api.length)}`;
          const text = await request.text();
          asked.push({
            request: line,
            headers: request.headers,
            ...(text ? { body: JSON.parse(text) } : {}),
          });
          const answer = answers[line] ?? {
            status: 404,
            body: { message: `nothing for ${line}` },
          };
          return HttpResponse.json(answer.body ?? {}, {
            status: answer.status ?? 200,
            headers: answer.headers,
          });
        }),
      );
    },
  };
}
