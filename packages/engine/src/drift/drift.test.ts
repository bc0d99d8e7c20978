import fs from 'fs';
import path from 'path';
import { drift, outOfSync } from './drift';

interface Managed {
  target: unknown;
  live: unknown;
}

/** Target and live states that Argo CD 3.5 gave, side by side. */
function recorded(name: string) {
  const items: Managed[] = JSON.parse(
    fs.readFileSync(
      path.join(__dirname, '__fixtures__', `${name}.json`),
      'utf8',
    ),
  );
  return {
    desired: items.map(({ target }) => target),
    live: items.map(({ live }) => live),
  };
}

describe('drift', () => {
  it('is not what the API server and controllers filled in', () => {
    expect(drift(recorded('managed-resources'))).toEqual([]);
  });

  it('is the one thing that somebody changed, with who and when', () => {
    const found = drift(recorded('prod-drifted-managed-resources'));
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({
      kind: 'drift',
      subject: 'apps/Deployment checkout',
      class: 'violation',
      rule: 'K8S-27',
    });
    expect(found[0]).toMatchObject({
      pointer: '/spec/template/spec/containers/checkout/env/LOG_LEVEL',
      before: 'warn',
      after: 'debug',
      reason:
        'LOG_LEVEL is not what git says; kubectl-set wrote it, at 2026-11-23T08:15:31Z at the latest',
    });
  });

  it('is not what git says and nobody has synced yet', () => {
    const name = 'prod-managed-resources-out-of-sync';
    expect(drift(recorded(name))).toEqual([]);
    expect(
      outOfSync(recorded(name)).map(
        difference =>
          `${difference.class} ${difference.subject} ${difference.pointer}`,
      ),
    ).toEqual([
      'lag apps/Deployment checkout /spec/template/spec/containers/checkout/image',
    ]);
  });

  const config = (data: object, metadata: object = {}) => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'settings', namespace: 'shop', ...metadata },
    data,
  });

  it('is not an object that was never synced', () => {
    const options = { desired: [config({ a: '1' })], live: [] };
    expect(drift(options)).toEqual([]);
    expect(outOfSync(options)).toMatchObject([
      { subject: 'ConfigMap settings', pointer: '', class: 'lag' },
    ]);
  });

  it('is a field that somebody added, and not one that a controller did', () => {
    const managedFields = (manager: string) => [
      {
        manager,
        operation: 'Update',
        time: '2026-11-23T10:00:00Z',
        fieldsType: 'FieldsV1',
        fieldsV1: { 'f:data': { 'f:b': {} } },
      },
    ];
    const desired = [config({ a: '1' })];
    const liveBy = (manager: string) => [
      config({ a: '1', b: '2' }, { managedFields: managedFields(manager) }),
    ];
    expect(
      drift({ desired, live: liveBy('kubectl-edit') }).map(
        ({ pointer, after, reason }) => [pointer, after, reason],
      ),
    ).toEqual([
      [
        '/data/b',
        '2',
        'git does not have b; kubectl-edit wrote it, at 2026-11-23T10:00:00Z at the latest',
      ],
    ]);
    expect(drift({ desired, live: liveBy('kube-controller-manager') })).toEqual(
      [],
    );
  });

  describe('of an Argo Rollout', () => {
    const rollout = (image: string, spec: object, metadata: object = {}) => ({
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'Rollout',
      metadata: { name: 'shop', namespace: 'shop', ...metadata },
      spec: {
        strategy: { canary: { steps: [{ setWeight: 20 }, { pause: {} }] } },
        template: { spec: { containers: [{ name: 'shop', image }] } },
        ...spec,
      },
    });
    const writtenBy = (manager: string, fields: object) => ({
      managedFields: [
        {
          manager,
          operation: 'Update',
          time: '2026-11-23T10:00:00Z',
          fieldsType: 'FieldsV1',
          fieldsV1: { 'f:spec': fields },
        },
      ],
    });
    const found = (live: object) =>
      drift({ desired: [rollout('shop:1', {})], live: [live] }).map(
        ({ pointer, after }) => [pointer, after],
      );

    it('is not what its controller writes, nor a restart at a time', () => {
      expect(
        found(
          rollout(
            'shop:1',
            { replicas: 3, restartAt: '2026-11-23T10:00:00Z' },
            {
              ...writtenBy('rollouts-controller', { 'f:replicas': {} }),
              annotations: { 'rollout.argoproj.io/revision': '2' },
            },
          ),
        ),
      ).toEqual([]);
    });

    it('is an image that somebody set with its own tool', () => {
      expect(
        found(
          rollout(
            'shop:2',
            {},
            writtenBy('kubectl-argo-rollouts', { 'f:template': {} }),
          ),
        ),
      ).toEqual([['/spec/template/spec/containers/shop/image', 'shop:2']]);
    });
  });

  it('never shows the value of a secret', () => {
    const secret = (value: string) => ({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'keys', namespace: 'shop' },
      data: { key: value },
    });
    const found = drift({
      desired: [secret('aHVudGVyMg==')],
      live: [secret('c3dvcmRmaXNo')],
    });
    expect(found).toHaveLength(1);
    expect(JSON.stringify(found)).not.toMatch(/aHVudGVyMg|c3dvcmRmaXNo/);
  });

  it('takes whatever it is given', () => {
    expect(
      drift({ desired: [null, 3, 'x', [], {}], live: [null, {}] }),
    ).toEqual([]);
  });
});
