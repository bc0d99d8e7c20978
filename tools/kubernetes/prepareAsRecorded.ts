import assert from 'node:assert/strict';
import { appliedObjects } from '../../packages/playground/src/cluster/__testUtils__/conformance/recordedCluster';
import { recording } from '../../packages/playground/src/cluster/__testUtils__/recordings';
import {
  fieldsOf,
  objectsOf,
  type Fields,
} from '../../packages/playground/src/cluster/values';
import type { ControlPlane } from './ControlPlane';
import { until } from './until';

const NODES = ['nonprod-1', 'nonprod-2'];

/** Groups whose kinds are defined by the cluster's users. */
const CUSTOM_GROUPS = [
  'argoproj.io',
  'cert-manager.io',
  'external-secrets.io',
  'gateway.networking.k8s.io',
  'monitoring.coreos.com',
];

/** Kinds with pods, and how one knows that all of them run. */
const WORKLOADS: readonly {
  plural: string;
  isSettled: (spec: Fields, status: Fields) => boolean;
}[] = [
  {
    plural: 'deployments',
    isSettled: (spec, status) =>
      status.availableReplicas === status.replicas &&
      // A quota keeps one of them smaller than it wants to be.
      (status.updatedReplicas === spec.replicas || isRefusedPods(status)),
  },
  {
    plural: 'statefulsets',
    isSettled: (spec, status) => status.availableReplicas === spec.replicas,
  },
  {
    plural: 'daemonsets',
    isSettled: (_, status) =>
      status.numberAvailable === NODES.length &&
      status.updatedNumberScheduled === NODES.length,
  },
];

/**
 * Brings a real cluster to where the recorded one was: what had been applied to it, by the same managers, the kinds that its users
 * had defined, and what there is no kubelet, no scheduler and no metrics here to write.
 */
export async function prepareAsRecorded(plane: ControlPlane): Promise<void> {
  await plane.apply(
    ...NODES.map(name => ({
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name },
    })),
    ...customResources(),
  );
  for (const name of NODES) {
    // A new node is taken for one that is not ready, until somebody says otherwise.
    const path = `/api/v1/nodes/${name}`;
    await write(plane, 'PATCH', path, 'application/merge-patch+json', {
      spec: { taints: null },
    });
  }
  for (const { applied, manager, isByClient } of appliedObjects()) {
    const how = isByClient
      ? []
      : ['--server-side', '--force-conflicts', `--field-manager=${manager}`];
    await plane.kubectl(['apply', ...how, '-f', '-'], applied);
  }
  await writeAutoscalers(plane);
  let waiting: string[] = [];
  try {
    await until('every recorded workload runs', async () => {
      await runPods(plane);
      waiting = await unsettled(plane);
      return waiting.length === 0;
    });
  } catch (error) {
    throw new Error(`${error}; ${waiting.join(', ')}`);
  }
}

/** Definitions that the recorded discovery follows from. */
function customResources(): object[] {
  const { body } = recording('discovery/aggregated-apis').response;
  return objectsOf(fieldsOf(body).items)
    .map(({ metadata, versions }) => ({
      group: `${fieldsOf(metadata).name}`,
      versions: objectsOf(versions).map(({ version, resources }) => ({
        version: `${version}`,
        resources: objectsOf(resources),
      })),
    }))
    .filter(({ group }) => CUSTOM_GROUPS.includes(group))
    .flatMap(({ group, versions }) =>
      versions[0].resources.map(resource => ({
        apiVersion: 'apiextensions.k8s.io/v1',
        kind: 'CustomResourceDefinition',
        metadata: {
          name: `${resource.resource}.${group}`,
          // A protected group's definitions name the change that approved them.
          annotations: {
            'api-approved.kubernetes.io':
              'https://github.com/kubernetes-sigs/gateway-api/pull/3328',
          },
        },
        spec: {
          group,
          scope: resource.scope,
          names: {
            plural: resource.resource,
            singular: resource.singularResource,
            kind: fieldsOf(resource.responseKind).kind,
            shortNames: resource.shortNames,
            categories: resource.categories,
          },
          versions: versions.map(({ version, resources }, index) => {
            const names = objectsOf(
              resources.find(({ resource: name }) => name === resource.resource)
                ?.subresources,
            ).map(({ subresource }) => subresource);
            return {
              name: version,
              served: true,
              storage: index === 0,
              schema: {
                openAPIV3Schema: {
                  type: 'object',
                  'x-kubernetes-preserve-unknown-fields': true,
                },
              },
              subresources: {
                ...(names.includes('status') && { status: {} }),
                ...(names.includes('scale') && {
                  scale: {
                    specReplicasPath: '.spec.replicas',
                    statusReplicasPath: '.status.replicas',
                  },
                }),
              },
            };
          }),
        },
      })),
    );
}

/** What the autoscaler would write, had it metrics. */
async function writeAutoscalers(plane: ControlPlane): Promise<void> {
  const { body } = recording('list/nonprod-horizontalpodautoscalers').response;
  for (const { metadata, status } of objectsOf(fieldsOf(body).items)) {
    const { namespace, name } = fieldsOf(metadata);
    await patchStatus(
      plane,
      `/apis/autoscaling/v2/namespaces/${namespace}/horizontalpodautoscalers/${name}`,
      status,
    );
  }
}

/** Puts pods on nodes, and says of each what a kubelet says of one that runs. */
async function runPods(plane: ControlPlane): Promise<void> {
  const [recorded] = objectsOf(
    fieldsOf(recording('list/nonprod-pods').response.body).items,
  );
  for (const pod of await list(plane, '/api/v1/pods')) {
    const { namespace, name } = fieldsOf(pod.metadata);
    const { nodeName, containers } = fieldsOf(pod.spec);
    const at = `/api/v1/namespaces/${namespace}/pods/${name}`;
    if (nodeName === undefined) {
      await write(plane, 'POST', `${at}/binding`, 'application/json', {
        apiVersion: 'v1',
        kind: 'Binding',
        metadata: { name, namespace },
        target: { apiVersion: 'v1', kind: 'Node', name: nodeOf(pod) },
      });
    }
    if (fieldsOf(pod.status).phase !== 'Running') {
      const status = fieldsOf(recorded.status);
      const [container] = objectsOf(status.containerStatuses);
      await patchStatus(plane, at, {
        ...status,
        // It was pending, and the server knows better which class it is of.
        qosClass: undefined,
        containerStatuses: objectsOf(containers).map(
          ({ name: containerName, image }) => ({
            ...container,
            name: containerName,
            image,
          }),
        ),
      });
    }
  }
}

function isRefusedPods({ conditions }: Fields): boolean {
  return objectsOf(conditions).some(({ type }) => type === 'ReplicaFailure');
}

/** The one that a DaemonSet wants, or the first. */
function nodeOf(pod: Fields): string {
  const wanted = JSON.stringify(fieldsOf(fieldsOf(pod.spec).affinity));
  return NODES.find(node => wanted.includes(`"${node}"`)) ?? NODES[0];
}

/** Workloads without all of their pods, and what the server says of them. */
async function unsettled(plane: ControlPlane): Promise<string[]> {
  const waiting: string[] = [];
  for (const { plural, isSettled } of WORKLOADS) {
    for (const workload of await list(plane, `/apis/apps/v1/${plural}`)) {
      const { namespace, name, generation } = fieldsOf(workload.metadata);
      const status = fieldsOf(workload.status);
      if (
        status.observedGeneration !== generation ||
        !isSettled(fieldsOf(workload.spec), status)
      ) {
        waiting.push(
          `${plural} ${namespace}/${name}: ${JSON.stringify(status)}`,
        );
      }
    }
  }
  return waiting;
}

async function list(plane: ControlPlane, path: string): Promise<Fields[]> {
  const { text } = await plane.request({ path });
  return objectsOf(fieldsOf(JSON.parse(text)).items);
}

function patchStatus(
  plane: ControlPlane,
  path: string,
  status: unknown,
): Promise<void> {
  return write(
    plane,
    'PATCH',
    `${path}/status`,
    'application/merge-patch+json',
    { status },
  );
}

async function write(
  plane: ControlPlane,
  method: string,
  path: string,
  type: string,
  body: object,
): Promise<void> {
  const { status, text } = await plane.request({
    method,
    path,
    headers: { 'content-type': type },
    body: JSON.stringify(body),
  });
  assert.ok(status === 200 || status === 201, `${method} ${path}: ${text}`);
}
