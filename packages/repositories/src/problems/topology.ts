import { Intent, targetsOf } from '@envmatrix/engine';
import { RenderProblem } from './problem';

/** The environments themselves, and what the repositories need to know of them. */
export function topologyProblems(intent: Intent): RenderProblem[] {
  const problems: RenderProblem[] = [];
  if (!intent.service.image) {
    problems.push({
      field: 'service.image',
      message: 'is missing: the image repository that releases are tags of',
    });
  }
  for (const name of ['deployConfig', 'infrastructure'] as const) {
    if (!intent.repositories[name]) {
      problems.push({ field: `repositories.${name}`, message: 'is missing' });
    }
  }
  const { environments } = intent;
  if (environments.length < 2 || environments.length > 6) {
    problems.push({
      field: 'environments',
      message: `there are ${environments.length}; two to six are offered`,
    });
  }
  const production = environments.filter(({ kind }) => kind === 'production');
  if (production.length !== 1 || environments.at(-1) !== production[0]) {
    problems.push({
      field: 'environments',
      message:
        'exactly one environment must be production, and it must be the last one; several regions of it are its targets',
    });
  }
  environments.forEach((environment, index) => {
    const targets = targetsOf(environment);
    const namespaces = new Set(targets.map(({ namespace }) => namespace));
    if (namespaces.size > 1) {
      problems.push({
        field: `environments.${index}.targets`,
        message: `are in the namespaces ${[...namespaces].join(
          ', ',
        )}; one overlay serves them all, so give them one name`,
      });
    }
    const places = targets.map(({ cluster, region }) => region ?? cluster);
    if (new Set(places).size < places.length) {
      problems.push({
        field: `environments.${index}.targets`,
        message:
          'two of them have the same region; give each a region of its own',
      });
    }
  });
  return problems;
}
