import { Intent } from '@envmatrix/engine';
import { RenderProblem } from './problem';

/** Names that the generated Deployment sets itself. */
const TAKEN = ['PORT', 'LOG_LEVEL'];

/** The store that secrets come from, and the names that they have. */
export function secretProblems(intent: Intent): RenderProblem[] {
  const keys = intent.service.secrets ?? [];
  const problems: RenderProblem[] = [];
  const real = intent.environments.filter(
    ({ secrets }) => secrets?.strategy !== 'fake',
  );
  if (keys.length > 0 && real.length > 0 && !intent.secretStore) {
    problems.push({
      field: 'secretStore',
      message: `is missing: the address of the Vault that ${keys.join(
        ', ',
      )} come from`,
    });
  }
  keys.forEach((key, index) => {
    if (TAKEN.includes(key) || keys.indexOf(key) < index) {
      problems.push({
        field: `service.secrets.${index}`,
        message: TAKEN.includes(key)
          ? `'${key}' is set by the Deployment already; choose another name`
          : `'${key}' is listed twice`,
      });
    }
  });
  intent.environments.forEach(({ kind, secrets }, index) => {
    if (kind === 'production' && secrets?.strategy === 'fake') {
      problems.push({
        field: `environments.${index}.secrets.strategy`,
        message: "'fake' has made-up values; production needs 'vault'",
      });
    }
  });
  const mount = intent.secretStore?.kvMount;
  if (mount !== undefined && /(^|\/)(meta)?data(\/|$)/.test(mount)) {
    problems.push({
      field: 'secretStore.kvMount',
      message: `'${mount}' has the part that the API adds; give the mount alone, 'secret' for example`,
    });
  }
  if (
    keys.length > 0 &&
    intent.environments.some(
      ({ name, secrets }) => name === mount && secrets?.strategy !== 'fake',
    )
  ) {
    problems.push({
      field: 'secretStore.kvMount',
      message: `'${mount}' is the name of an environment too: External Secrets would take it off the path ${mount}/${intent.metadata.name}, and read another one; give another mount, or name the environment otherwise`,
    });
  }
  return problems;
}
