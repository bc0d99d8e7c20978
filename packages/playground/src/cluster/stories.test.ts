import fs from 'fs';
import path from 'path';
import type { KubeObject } from '../core';
import { namespace, orders, TestClusters } from './__testUtils__/testCluster';
import type { Cluster } from './createCluster';
import { isDeployment, isPod, isReplicaSet } from './objects';

type State = Record<string, unknown>;

interface Event {
  type: string;
  object: KubeObject;
}

const CREATED = orders();
const ROLLED_OUT = orders({ image: 'registry.example.com/orders:1.1.0' });
const SCALED = orders({
  image: 'registry.example.com/orders:1.1.0',
  replicas: 3,
});

/**
 * What was done to the Deployment while the recordings were made, one after the other. A kubelet of ours stands in for the real
 * one on both sides; the recorded one shows `ImagePullBackOff` without the `ErrImagePull` that comes first in life and here.
 */
const STORIES: readonly {
  story: string;
  /** Milliseconds that were recorded, where what comes later counts. */
  lasts?: number;
  act: (cluster: Cluster) => Promise<unknown>;
}[] = [
  {
    story: 'create',
    act: ({ handle }) => handle.apply(CREATED, { fieldManager: 'kubectl' }),
  },
  {
    story: 'rollout',
    act: ({ handle }) => handle.apply(ROLLED_OUT, { fieldManager: 'kubectl' }),
  },
  {
    story: 'scale',
    act: ({ handle }) => handle.apply(SCALED, { fieldManager: 'kubectl' }),
  },
  {
    story: 'image-missing',
    act: ({ handle }) =>
      handle.apply(
        orders({
          image: 'registry.example.com/orders-missing:9.9.9',
          replicas: 3,
        }),
        { fieldManager: 'kubectl' },
      ),
  },
  {
    story: 'rollback',
    act: ({ handle }) => handle.apply(SCALED, { fieldManager: 'kubectl' }),
  },
  {
    story: 'crash-loop',
    lasts: 8_000,
    act: ({ handle }) =>
      handle.apply(
        orders({
          image: 'registry.example.com/orders-crash:1.2.0',
          replicas: 3,
        }),
        { fieldManager: 'kubectl' },
      ),
  },
  {
    story: 'delete',
    act: ({ handle }) =>
      handle.remove({
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        namespace: 'stories',
        name: 'orders',
      }),
  },
  {
    story: 'quota-exceeded',
    lasts: 5_000,
    act: async ({ handle }) => {
      const quota = {
        apiVersion: 'v1',
        kind: 'ResourceQuota',
        metadata: { name: 'small', namespace: 'stories' },
        spec: { hard: { pods: '1' } },
      };
      await handle.apply(quota, { fieldManager: 'kubectl' });
      await handle.apply(SCALED, { fieldManager: 'kubectl' });
    },
  },
];

function recorded(story: string, kind: string): Event[] {
  const file = path.join(
    __dirname,
    '__fixtures__',
    'stories',
    story,
    `${kind}.json`,
  );
  const { response } = JSON.parse(fs.readFileSync(file, 'utf8'));
  return response.stream
    .map(({ line }: { line: string }) => JSON.parse(line))
    .filter(({ type }: Event) => type !== 'BOOKMARK');
}

/** Names and identities differ from run to run. */
function anonymous(text: string | undefined): string | undefined {
  return text
    ?.replace(/orders-[a-z0-9]+-[a-z0-9]{5}/g, 'POD')
    .replace(/orders-[a-z0-9]{8,10}/g, 'REPLICASET')
    .replace(/\([0-9a-f-]{36}\)/g, '(UID)');
}

const conditionsOf = (
  conditions: {
    type: string;
    status: string;
    reason?: string;
    message?: string;
  }[] = [],
) =>
  conditions.map(({ type, status, reason, message }) => [
    type,
    status,
    reason,
    anonymous(message),
  ]);

function stateOf({ type, object }: Event): State {
  const { generation, annotations = {} } = object.metadata;
  if (isDeployment(object)) {
    const { conditions, ...counts } = object.status ?? {};
    const image = object.spec.template.spec.containers[0].image;
    return {
      type,
      generation,
      revision: annotations['deployment.kubernetes.io/revision'],
      replicas: object.spec.replicas,
      image,
      counts,
      conditions: conditionsOf(conditions),
    };
  }
  if (isReplicaSet(object)) {
    const { conditions, ...counts } = object.status;
    return {
      type,
      generation,
      annotations,
      replicas: object.spec.replicas,
      counts,
      conditions: conditionsOf(conditions),
    };
  }
  if (isPod(object)) {
    const { phase, conditions, containerStatuses, podIP } = object.status;
    const containers = containerStatuses?.map(
      ({ state, lastState, ready, restartCount, imageID, started }) => ({
        waiting: state.waiting && {
          ...state.waiting,
          message: anonymous(state.waiting.message),
        },
        running: state.running !== undefined,
        exitCode: lastState.terminated?.exitCode,
        ready,
        restartCount,
        imageID: imageID.replace(/sha256:.*/, 'sha256:DIGEST'),
        started,
      }),
    );
    const grace = object.metadata.deletionGracePeriodSeconds;
    return {
      type,
      generation,
      phase,
      scheduled: object.spec.nodeName !== undefined,
      grace,
      address: podIP !== undefined,
      conditions: conditionsOf(conditions),
      containers,
    };
  }
  throw new Error(`Unexpected ${object.kind}`);
}

function distinct(states: readonly State[]): State[] {
  return states.filter(
    (state, index) =>
      index === 0 ||
      JSON.stringify(state) !== JSON.stringify(states[index - 1]),
  );
}

/** The states that each object goes through, in an order that does not depend on names. */
function histories(events: readonly Event[]): State[][] {
  const byName = new Map<string, State[]>();
  for (const event of events) {
    const { name } = event.object.metadata;
    byName.set(name, [...(byName.get(name) ?? []), stateOf(event)]);
  }
  return [...byName.values()]
    .map(distinct)
    .sort((left, right) =>
      JSON.stringify(left).localeCompare(JSON.stringify(right)),
    );
}

describe('what a Deployment and what belongs to it go through', () => {
  let clusters: TestClusters;
  let cluster: Cluster;
  let events: Event[] = [];

  beforeAll(async () => {
    clusters = await TestClusters.create();
    // The recorded kubelet counts its back-off in tenths of seconds; its messages say seconds.
    cluster = await clusters.open('nonprod', {
      timings: { start: 1_200, ready: 1_500, terminate: 800, crashSecond: 60 },
    });
    cluster.handle.subscribe(event => events.push(event));
    await cluster.handle.apply(namespace('stories'), {
      fieldManager: 'kubectl',
    });
  });

  afterAll(() => clusters.close());

  // Each story begins where the one before it ends.
  describe.each(STORIES)('$story', ({ story, act, lasts = 9_000 }) => {
    const seen = (kind: string) =>
      events.filter(
        ({ object }) =>
          object.kind === kind && object.metadata.namespace === 'stories',
      );

    beforeAll(async () => {
      events = [];
      await act(cluster);
      await clusters.clock.pass(lasts);
    });

    it('of the Deployment', () => {
      expect(histories(seen('Deployment'))).toEqual(
        histories(recorded(story, 'deployments')),
      );
    });

    it('of its ReplicaSets', () => {
      expect(histories(seen('ReplicaSet'))).toEqual(
        histories(recorded(story, 'replicasets')),
      );
    });

    it('of its Pods', () => {
      const pods = seen('Pod').filter(
        ({ object }) =>
          !JSON.stringify(object.status).includes('"reason":"ErrImagePull"'),
      );
      expect(histories(pods)).toEqual(histories(recorded(story, 'pods')));
    });
  });
});
