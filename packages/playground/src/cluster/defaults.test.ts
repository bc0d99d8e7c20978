import type { KubeObject } from '../core';
import {
  recordedCustomObjects,
  recordedObjects,
} from './__testUtils__/recordings';
import { TestClusters } from './__testUtils__/testCluster';
import type { Cluster } from './createCluster';
import { fieldsOf, objectsOf } from './values';

// The namespaces that a cluster has from its beginning are nobody's to apply.
const OBJECTS = [...recordedObjects(), ...recordedCustomObjects()]
  .filter(({ held }) => !/^(default$|kube-)/.test(held.metadata.name))
  .map(object => ({
    ...object,
    title: `${object.held.kind} ${object.held.metadata.namespace ?? ''}/${
      object.held.metadata.name
    }`,
  }));

function comparable({ kind, spec }: KubeObject): unknown {
  switch (kind) {
    case 'Service':
      // Addresses are given out in another order here.
      return {
        ...fieldsOf(spec),
        clusterIP: 'ADDRESS',
        clusterIPs: ['ADDRESS'],
      };
    case 'ExternalSecret':
      // The recorded cluster had a schema that leaves out what the operator's own fills in below `remoteRef`.
      return {
        ...fieldsOf(spec),
        data: objectsOf(fieldsOf(spec).data).map(entry => {
          const { key, property } = fieldsOf(entry.remoteRef);
          return { ...entry, remoteRef: { key, property } };
        }),
      };
    default:
      return spec;
  }
}

const ref = ({
  apiVersion,
  kind,
  metadata: { name, namespace },
}: KubeObject) => ({ apiVersion, kind, name, namespace });

describe('what is applied becomes what the recorded API server made of it', () => {
  let clusters: TestClusters;
  let cluster: Cluster;

  beforeAll(async () => {
    clusters = await TestClusters.create();
    cluster = await clusters.open();
  });

  afterAll(() => clusters.close());

  it('there are objects of every kind that can be applied', () => {
    expect([...new Set(OBJECTS.map(({ held }) => held.kind))].sort()).toEqual([
      'Certificate',
      'DaemonSet',
      'Deployment',
      'ExternalSecret',
      'HTTPRoute',
      'HorizontalPodAutoscaler',
      'Ingress',
      'LimitRange',
      'Namespace',
      'NetworkPolicy',
      'PodDisruptionBudget',
      'ResourceQuota',
      'SecretStore',
      'Service',
      'StatefulSet',
    ]);
  });

  it.each(OBJECTS)('$title', async ({ held, applied, manager }) => {
    const made = await cluster.handle.apply(applied, { fieldManager: manager });

    expect(comparable(made)).toEqual(comparable(held));
    expect(made.metadata.generation === undefined).toBe(
      held.metadata.generation === undefined,
    );
    expect(made.metadata).toMatchObject({
      uid: expect.stringMatching(/^[0-9a-f-]{36}$/),
      resourceVersion: expect.stringMatching(/^\d+$/),
      creationTimestamp: expect.stringMatching(
        /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/,
      ),
    });
    const recorded = objectsOf(held.metadata.managedFields).find(
      ({ operation }) => operation === 'Apply',
    );
    const own = objectsOf(made.metadata.managedFields).find(
      ({ operation }) => operation === 'Apply',
    );
    expect(own).toMatchObject({
      manager,
      operation: 'Apply',
      apiVersion: held.apiVersion,
      fieldsType: 'FieldsV1',
    });
    // Others were applied by clients that leave another record.
    expect(own?.fieldsV1).toEqual(recorded ? recorded.fieldsV1 : own?.fieldsV1);
    await clusters.clock.pass(20_000);
    const settled = await cluster.handle.get(ref(held));
    // Applied again, nothing changes.
    expect(
      await cluster.handle.apply(applied, { fieldManager: manager }),
    ).toEqual(settled);
  });
});
