import { readFileSync } from 'fs';
import { join } from 'path';
import { KubernetesObject } from '../observations';
import { environment, input } from './__testUtils__/builders';
import { computeMatrix } from './computeMatrix';
import { settledRelease } from './observe';

interface Event {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly object: KubernetesObject;
}

/** What real API servers reported while a Deployment went through something, in the order in which it happened. */
function eventsOf(...stories: string[]): Event[] {
  return stories.flatMap((story): Event[] =>
    JSON.parse(
      readFileSync(
        join(__dirname, '__fixtures__', 'stories', `${story}.json`),
        'utf8',
      ),
    ),
  );
}

/** What the column says after every event, each time that it says something else. */
function replay(events: readonly Event[]) {
  const objects = new Map<string, KubernetesObject>();
  const told: string[] = [];
  let last;
  for (const { type, object } of events) {
    const key = `${object.kind}/${object.metadata.name}`;
    if (type === 'DELETED') {
      objects.delete(key);
    } else {
      objects.set(key, object);
    }
    const dev = environment('dev', {
      objects: [...objects.values()],
      application: null,
      input: { argocd: undefined },
    });
    const names = { service: 'orders', selector: 'app=orders' };
    const matrix = computeMatrix(input({ ...names, environments: [dev] }));
    const { version, ready, health, observations } =
      matrix.environments[0].summary;
    last = matrix;
    const cell = matrix.groups
      .flatMap(({ rows }) => rows)
      .find(({ id }) => id === 'release.version')?.cells.dev;
    const line = [
      version ?? observations.version.reason,
      cell?.state,
      cell?.detail,
      ready,
      health,
      settledRelease(dev, names)?.version ?? 'on its way',
    ]
      .filter(Boolean)
      .join(' | ');
    if (told.at(-1) !== line) {
      told.push(line);
    }
  }
  return { told, last };
}

describe('what a column says while a real API server rolls out', () => {
  it('follows a creation and a rollout, and calls it done with the last pod', () => {
    const { told } = replay(eventsOf('create', 'rollout'));

    expect(told).toMatchInlineSnapshot(`
      [
        "No pod is ready | 0/2 | Progressing | on its way",
        "1.0.0 | 1/2 | Progressing | on its way",
        "1.0.0 | 2/2 | Progressing | on its way",
        "1.0.0 | 2/2 | Healthy | 1.0.0",
        "1.0.0 | progressing | 1.0.0 → 1.1.0 | 2/2 | Progressing | on its way",
        "1.1.0 | progressing | 1.0.0 → 1.1.0 | 3/2 | Progressing | on its way",
        "1.1.0 | progressing | 1.0.0 → 1.1.0 | 2/2 | Progressing | on its way",
        "1.1.0 | progressing | 1.0.0 → 1.1.0 | 3/2 | Progressing | on its way",
        "1.1.0 | git says 1.0.0 | 2/2 | Progressing | on its way",
        "1.1.0 | git says 1.0.0 | 2/2 | Healthy | 1.1.0",
      ]
    `);
  });

  it('says why a pod cannot get its image, which image, and since when', () => {
    const { told, last } = replay(eventsOf('image-missing'));

    expect(told.at(-1)).toContain('Degraded');
    expect(told.some(line => line.includes('Healthy'))).toBe(false);
    expect(last?.environments[0].summary.detail).toMatchInlineSnapshot(
      `"ImagePullBackOff: registry.example.com/orders-missing:9.9.9 · Back-off pulling image "registry.example.com/orders-missing:9.9.9": ErrImagePull: rpc error: code = NotFound desc = failed to pull and unpack image "registry.example.com/orders-missing:9.9.9": failed to resolve image: registry.example.com/orders-missing:9.9.9: not found · since 2026-11-23 08:05 UTC"`,
    );
  });

  it('says how a container ends that crashes', () => {
    const { told, last } = replay(eventsOf('crash-loop'));

    expect(told.at(-1)).toContain('Degraded');
    expect(last?.environments[0].summary.detail).toMatchInlineSnapshot(
      `"CrashLoopBackOff: registry.example.com/orders-crash:1.2.0 · it ended with exit code 1 (Error), 4 restarts · since 2026-11-23 08:06 UTC"`,
    );
  });

  it('says that a quota keeps pods from being created', () => {
    const { told, last } = replay(eventsOf('quota-exceeded'));

    expect(told.at(-1)).toMatchInlineSnapshot(
      `"1.1.0 | git says 1.0.0 | 1/3 | Degraded | on its way"`,
    );
    expect(last?.environments[0].summary.detail).toMatchInlineSnapshot(
      `"FailedCreate: pods "orders-86c9bb75c5-kq4ms" is forbidden: exceeded quota: small, requested: pods=1, used: pods=1, limited: pods=1 · since 2026-11-23 08:06 UTC"`,
    );
  });
});
