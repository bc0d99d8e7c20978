import type { Clock } from '../../core';
import type { ApplicationStore } from '../applicationStore';
import type { ApplicationController } from '../controller';
import type { LiveState } from '../liveState';
import type { RepositoryServer } from '../repositoryServer';
import type { Accounts } from './accounts';

/** What the API answers from. */
export interface ApiContext {
  readonly store: ApplicationStore;
  readonly controller: ApplicationController;
  readonly repositories: RepositoryServer;
  readonly clusters: readonly LiveState[];
  readonly accounts: Accounts;
  readonly clock: Clock;
}
