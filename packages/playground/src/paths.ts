import path from 'path';

const PACKAGE = path.dirname(require.resolve('../package.json'));
const ROOT = path.resolve(PACKAGE, '../..');

/** The state folder of those who do not name one. */
export const DEFAULT_STATE = path.join(ROOT, '.playground');

/** People, groups and systems of the playground's company. */
export const ORGANIZATION = path.join(PACKAGE, 'catalog/org.yaml');

export const TEMPLATE = path.join(
  ROOT,
  'templates/multi-environment-service/template.yaml',
);

/** All templates of the portal. */
export const TEMPLATES = [
  TEMPLATE,
  path.join(path.dirname(TEMPLATE), 'add-environment.yaml'),
  path.join(path.dirname(TEMPLATE), 'remove-environment.yaml'),
  path.join(path.dirname(TEMPLATE), 'update.yaml'),
];
