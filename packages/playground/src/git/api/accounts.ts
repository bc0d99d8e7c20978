import type { Router } from 'express';
import { z } from 'zod';
import { ApiContext } from './ApiContext';
import { HttpError } from './httpError';

const organisationSchema = z.object({ username: z.string() });

/** The server, its users and its organisations. */
export function routeAccounts(router: Router, context: ApiContext): void {
  const { model, shapes } = context;

  router.get('/version', (_, response) => {
    response.json({ version: '1.26.0' });
  });

  router.get('/user', (request, response) => {
    response.json(shapes.user(context.signedIn(request)));
  });

  router.get('/users/:owner', (request, response) => {
    const user = model.user(request.params.owner);
    if (!user) {
      throw new HttpError(404, 'GetUserByName', [
        `user redirect does not exist [name: ${request.params.owner}]`,
      ]);
    }
    response.json(shapes.user(user));
  });

  router.get('/orgs/:owner', (request, response) => {
    const organisation = model.user(request.params.owner);
    if (!organisation?.isOrganisation) {
      throw new HttpError(404, 'GetOrgByName', [
        `user redirect does not exist [name: ${request.params.owner}]`,
      ]);
    }
    response.json(shapes.organisation(organisation));
  });

  router.post('/orgs', (request, response) => {
    context.signedIn(request);
    const { username } = organisationSchema.parse(request.body);
    if (model.user(username)) {
      throw new HttpError(422, `user already exists [name: ${username}]`);
    }
    response
      .status(201)
      .json(
        shapes.organisation(
          model.ensureUser(username, { isOrganisation: true }),
        ),
      );
  });
}
