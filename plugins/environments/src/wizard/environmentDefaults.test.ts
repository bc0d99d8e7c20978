import {
  AWS_NODE_DEFAULTS,
  CERTIFICATE_DEFAULTS,
  DATABASE_DEFAULTS,
  DEFAULT_KUBERNETES_VERSION as RENDERED_VERSION,
  NODE_DEFAULTS,
  OBSERVABILITY_DEFAULTS,
  PURPOSE_DEFAULTS,
  QUOTA_DEFAULTS,
  WORKLOAD_DEFAULTS,
} from '@envmatrix/repositories';
import { DEFAULT_KUBERNETES_VERSION, defaultNodes } from './clusterDefaults';
import {
  canMove,
  DEFAULT_ENVIRONMENTS,
  DETAIL_DEFAULTS,
  moveEnvironment,
} from './environmentDefaults';

it.each([
  [0, 'first'],
  [1, 'between'],
  [2, 'production'],
] as const)(
  'shows of environment %i what the renderer takes for %s when nothing is said',
  (index, position) => {
    expect(DEFAULT_ENVIRONMENTS[index]).toMatchObject(
      WORKLOAD_DEFAULTS[position],
    );
    expect(DETAIL_DEFAULTS[position]).toMatchObject({
      quota: QUOTA_DEFAULTS[position],
      database: DATABASE_DEFAULTS[position],
      certificate: CERTIFICATE_DEFAULTS[position],
      ...OBSERVABILITY_DEFAULTS[position],
      ...PURPOSE_DEFAULTS[position],
    });
  },
);

it('shows of clusters what the renderer takes', () => {
  expect(DEFAULT_KUBERNETES_VERSION).toBe(RENDERED_VERSION);
  for (const kind of ['production', 'non-production'] as const) {
    expect(defaultNodes(false, kind === 'production')).toEqual(
      NODE_DEFAULTS[kind],
    );
    expect(defaultNodes(true, kind === 'production')).toEqual(
      AWS_NODE_DEFAULTS[kind],
    );
  }
});

it('moves environments among each other, and none past production', () => {
  const names = moveEnvironment(DEFAULT_ENVIRONMENTS, 0, 1).map(
    ({ name }) => name,
  );
  expect(names).toEqual(['staging', 'dev', 'prod']);
  const movable = DEFAULT_ENVIRONMENTS.map((_, index) => [
    canMove(DEFAULT_ENVIRONMENTS, index, -1),
    canMove(DEFAULT_ENVIRONMENTS, index, 1),
  ]);
  expect(movable).toEqual([
    [false, true],
    [true, false],
    [false, false],
  ]);
});
