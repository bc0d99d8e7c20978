import { WATCHED_KINDS } from './kinds';
import { objectFact, reduceObject } from './reduce';
import { kindNamed } from './__testUtils__/kindNamed';
import { recordedEvents, recordedList } from './__testUtils__/recording';

describe('reduceObject', () => {
  it.each(WATCHED_KINDS.map(kind => [kind.plural, kind] as const))(
    'takes every recorded object of %s, without what clients left behind',
    (plural, kind) => {
      const { items } = recordedList(plural);
      const objects = items.flatMap(item => reduceObject(kind, item) ?? []);

      expect(items.length).toBeGreaterThan(0);
      expect(objects.map(({ metadata }) => metadata.name)).toEqual(
        items.map(({ metadata }) => metadata.name),
      );
      for (const object of objects) {
        expect(object.kind).toBe(kind.kind);
        expect(object.metadata.uid).toEqual(expect.any(String));
        expect(JSON.stringify(object)).not.toContain('managedFields');
        expect(JSON.stringify(object)).not.toContain(
          'last-applied-configuration',
        );
      }
    },
  );

  it('names kind and API version, which items of a list lack', () => {
    const [deployment] = recordedList('deployments').items;
    expect(deployment).not.toHaveProperty('kind');
    expect(reduceObject(kindNamed('Deployment'), deployment)).toMatchObject({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { generation: expect.any(Number) },
      spec: { replicas: expect.any(Number), template: expect.anything() },
      status: { observedGeneration: expect.any(Number) },
    });
  });

  it('keeps of a Pod what runs in it and how it is, and to whom it belongs', () => {
    const pod = recordedList('pods').items.find(({ metadata }) =>
      metadata.name.startsWith('checkout-'),
    );
    const reduced = reduceObject(kindNamed('Pod'), pod);
    expect(reduced).toMatchObject({
      metadata: {
        ownerReferences: [{ kind: 'ReplicaSet', uid: expect.any(String) }],
      },
      spec: { containers: [{ image: expect.any(String) }] },
      status: {
        phase: 'Running',
        containerStatuses: [{ imageID: expect.any(String), ready: true }],
      },
    });
    expect(reduced?.spec).not.toHaveProperty('volumes');
    expect(reduced?.spec).not.toHaveProperty('tolerations');
  });

  it('says the same of an object when only bookkeeping changed', () => {
    const [deployment] = recordedList('deployments').items;
    const touched = {
      ...deployment,
      metadata: {
        ...deployment.metadata,
        resourceVersion: '999999',
        managedFields: [{ manager: 'kubectl', time: '2026-01-01T00:00:00Z' }],
      },
    };
    const kind = kindNamed('Deployment');
    expect(reduceObject(kind, touched)).toEqual(reduceObject(kind, deployment));
  });

  it('tells why the pods of a missing image do not start', () => {
    const waiting = recordedEvents('stories/image-missing/pods')
      .map(({ object }) => reduceObject(kindNamed('Pod'), object))
      .map(pod => JSON.stringify(pod?.status));
    expect(waiting.some(text => text.includes('ImagePullBackOff'))).toBe(true);
  });

  it('follows a rollout to its end', () => {
    const steps = recordedEvents('stories/rollout/deployments').flatMap(
      ({ object }) => reduceObject(kindNamed('Deployment'), object) ?? [],
    );
    const last = steps.at(-1);
    expect(steps.length).toBeGreaterThan(3);
    expect(last).toMatchObject({
      status: { observedGeneration: last?.metadata.generation },
    });
  });

  it('stores no secret that was written out where it does not belong', () => {
    const withEnv = {
      metadata: { name: 'checkout', namespace: 'shop' },
      spec: {
        template: {
          spec: {
            containers: [
              {
                name: 'checkout',
                env: [
                  { name: 'DATABASE_PASSWORD', value: 'hunter2' },
                  { name: 'STRIPE_API_KEY', value: 'sk_live_1' },
                  {
                    name: 'DATABASE_URL',
                    value: 'postgres://shop:hunter3@db/x',
                  },
                  { name: 'AUTHOR', value: 'someone' },
                  { name: 'KEYBOARD', value: 'qwertz' },
                  {
                    name: 'TOKEN',
                    valueFrom: { secretKeyRef: { name: 'shop', key: 'token' } },
                  },
                ],
              },
            ],
          },
        },
      },
    };
    const text = JSON.stringify(reduceObject(kindNamed('Deployment'), withEnv));
    expect(text).not.toMatch(/hunter|sk_live/);
    expect(text).toContain('postgres://shop:***@db/x');
    expect(text).toContain('someone');
    expect(text).toContain('qwertz');
    expect(text).toContain('"secretKeyRef":{"name":"shop","key":"token"}');
  });

  it.each([
    undefined,
    null,
    'text',
    {},
    { metadata: {} },
    { metadata: { name: 7 } },
  ])('makes nothing of %j', value => {
    expect(reduceObject(kindNamed('Pod'), value)).toBeUndefined();
  });
});

describe('objectFact', () => {
  it('files objects by namespace, group and kind, with their labels', () => {
    const kind = kindNamed('Deployment');
    const object = reduceObject(kind, {
      metadata: { name: 'web', namespace: 'shop', labels: { app: 'web' } },
    });
    expect(object && objectFact(kind, object, '2026-01-01T00:00:00Z')).toEqual(
      expect.objectContaining({
        kind: 'object',
        scope: 'shop',
        name: 'apps/Deployment/web',
        labels: { app: 'web' },
        observedAt: '2026-01-01T00:00:00Z',
      }),
    );
  });

  it('files objects of the core group and of no namespace', () => {
    const kind = kindNamed('Namespace');
    const object = reduceObject(kind, { metadata: { name: 'shop' } });
    expect(object && objectFact(kind, object, '2026-01-01T00:00:00Z')).toEqual(
      expect.objectContaining({ scope: '', name: 'Namespace/shop' }),
    );
  });
});
