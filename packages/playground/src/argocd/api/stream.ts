import type { Request, Response } from 'express';
import type { ApplicationEvent } from '../applicationStore';
import { apiErrorOf, answerStreamError } from './answers';
import type { ApiContext } from './context';
import { mask } from './fields';
import { fieldsOf, filterOf, parameter } from './query';

/**
 * `GET /api/v1/stream/applications`: a JSON object a line, or server-sent events. Headers come with the first event, and what
 * happened before the stream was opened is not told: `resourceVersion` is only a filter.
 */
export function streamApplications(
  { store, accounts }: ApiContext,
  request: Request,
  response: Response,
): void {
  try {
    const account = accounts.authenticated(request);
    const wanted = filterOf(request, account);
    const fields = fieldsOf(request);
    const after = parameter(request, 'resourceVersion');
    const isServerSent =
      request.headers.accept?.includes('text/event-stream') ?? false;
    const send = ({ type, application }: ApplicationEvent) => {
      const isOld =
        after !== undefined &&
        Number(application.metadata.resourceVersion) < Number(after);
      if (isOld || !wanted(application)) {
        return;
      }
      const event = { result: { type, application } };
      const text = JSON.stringify(fields ? mask(event, fields) : event);
      if (!response.headersSent) {
        response.writeHead(200, {
          'content-type': isServerSent
            ? 'text/event-stream'
            : 'application/json',
          'grpc-metadata-content-type': 'application/grpc',
          vary: 'Accept-Encoding',
        });
      }
      response.write(isServerSent ? `data: ${text}\n\n` : `${text}\n`);
    };
    if (after === undefined) {
      store
        .applications()
        .forEach(application => send({ type: 'ADDED', application }));
    }
    response.once('close', store.subscribe(send));
  } catch (error) {
    answerStreamError(response, apiErrorOf(error));
  }
}
