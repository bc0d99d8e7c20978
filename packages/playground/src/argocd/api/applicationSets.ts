import type { Router } from 'express';
import PromiseRouter from 'express-promise-router';
import { fieldsOf } from '../../cluster/values';
import { shownSet } from '../applicationSetStatus';
import type { ApplicationSet } from '../resources';
import { may, type Account } from './accounts';
import { answer, ApiError } from './answers';
import type { ApiContext } from './context';

/** A set belongs to the project of its template. */
function maySee(account: Account, { spec }: ApplicationSet): boolean {
  const { project } = fieldsOf(fieldsOf(spec.template).spec);
  return may(account, 'get', String(project));
}

/** Reads of sets of applications. */
export function applicationSetRoutes({ store, accounts }: ApiContext): Router {
  const router = PromiseRouter();

  router.get('/', (request, response) => {
    const account = accounts.authenticated(request);
    const applications = store.applications();
    const items = store
      .applicationSets()
      .filter(set => maySee(account, set))
      .map(set => shownSet(set, applications));
    answer(response, {
      metadata: { resourceVersion: store.resourceVersion },
      items: items.length > 0 ? items : null,
    });
  });

  router.get('/:name', (request, response) => {
    const account = accounts.authenticated(request);
    const { name } = request.params;
    const set = store.applicationSet(name);
    if (!set) {
      throw new ApiError(5, `applicationsets.argoproj.io "${name}" not found`);
    }
    if (!maySee(account, set)) {
      throw new ApiError(7, 'permission denied');
    }
    answer(response, shownSet(set, store.applications()));
  });

  return router;
}
