import { TestDatabases } from '@backstage/backend-test-utils';

/** SQLite, and PostgreSQL of whichever version there is one: `npm test` starts it where it can. */
export const databases = TestDatabases.create({
  ids: [
    'SQLITE_3',
    'POSTGRES_14',
    'POSTGRES_15',
    'POSTGRES_16',
    'POSTGRES_17',
    'POSTGRES_18',
  ],
  disableDocker: true,
});
