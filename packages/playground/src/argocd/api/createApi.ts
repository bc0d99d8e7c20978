import express, {
  type ErrorRequestHandler,
  type Express,
  type RequestHandler,
} from 'express';
import { applicationPage, notFoundPage, overviewPage } from '../pages';
import { ARGOCD_NAMESPACE } from '../resources';
import {
  answer,
  answerError,
  answerPage,
  answerText,
  apiErrorOf,
} from './answers';
import { applicationRoutes } from './applications';
import { applicationSetRoutes } from './applicationSets';
import type { ApiContext } from './context';
import { operationRoutes } from './operations';
import { platformRoutes } from './platform';
import { streamApplications } from './stream';

/** The release that the answers are those of. */
const VERSION = 'v3.5.1';

const READS = ['GET', 'HEAD', 'OPTIONS'];

/** What would change something must say that it is JSON, with or without a body, so that no form of another site can do it. */
const demandJson: RequestHandler = (request, response, next) => {
  const type = request.headers['content-type'] ?? '';
  if (READS.includes(request.method) || /^application\/json\b/.test(type)) {
    next();
  } else {
    answerText(response, 415, 'Invalid content type');
  }
};

/** Express knows an error handler by its four parameters. */
const onError: ErrorRequestHandler = (error, _request, response, next) => {
  if (response.headersSent) {
    next(error);
  } else {
    answerError(response, apiErrorOf(error));
  }
};

/** Argo CD's API server, and plain pages where its user interface would be. */
export function createApi(context: ApiContext): Express {
  const app = express();
  app.disable('x-powered-by');
  app.use(demandJson, express.text({ type: () => true, limit: '1mb' }));
  app.get('/api/version', (_, response) =>
    answer(response, { Version: VERSION }),
  );
  app.get('/api/v1/stream/applications', (request, response) =>
    streamApplications(context, request, response),
  );
  app.use('/api/v1/applications', applicationRoutes(context));
  app.use('/api/v1/applications', operationRoutes(context));
  app.use('/api/v1/applicationsets', applicationSetRoutes(context));
  app.use('/api/v1', platformRoutes(context));
  app.get(['/', '/applications'], (_, response) =>
    answerPage(response, 200, overviewPage(context.store.applications())),
  );
  app.get(
    ['/applications/:name', '/applications/:namespace/:name'],
    (request, response) => {
      const { namespace = ARGOCD_NAMESPACE, name } = request.params;
      const application =
        namespace === ARGOCD_NAMESPACE
          ? context.store.application(name)
          : undefined;
      answerPage(
        response,
        application ? 200 : 404,
        application ? applicationPage(application) : notFoundPage(name),
      );
    },
  );
  app.use((_, response) => answerText(response, 404, 'Not Found'));
  app.use(onError);
  return app;
}
