import { groupVersion, RESOURCES } from '../cluster/resources';
import type { ClusterHandle, Clock, KubeObject } from '../core';
import { keyOf } from './resources';

/** Milliseconds after which a cluster that refused is asked again. */
const RETRY_MS = 1_000;

const versionOf = ({ metadata }: KubeObject) =>
  Number(metadata.resourceVersion ?? 0);

/**
 * What a cluster holds, as Argo CD remembers it: listed once and followed since. While the cluster does not answer it is the
 * last that was seen.
 */
export class LiveState {
  private readonly objects = new Map<string, KubeObject>();
  private readonly deleted = new Map<string, number>();
  private unsubscribe: (() => void) | undefined;
  private cancelRetry: (() => void) | undefined;
  private listedAt: number | undefined;
  private failure: string | undefined;

  private onChange: (object: KubeObject | undefined) => void = () => undefined;

  constructor(readonly cluster: ClusterHandle, private readonly clock: Clock) {}

  /** Milliseconds since 1970; undefined until the first list is complete. */
  get syncedAt(): number | undefined {
    return this.listedAt;
  }

  /** Why nothing is known yet. */
  get problem(): string | undefined {
    return this.listedAt === undefined ? this.failure : undefined;
  }

  /** @param onChange - is told every object that changes, and nothing when all of them may have. */
  start(onChange: (object: KubeObject | undefined) => void): void {
    this.onChange = onChange;
    this.unsubscribe = this.cluster.subscribe(({ type, object }) => {
      this.take(type, object);
    });
    void this.list();
  }

  stop(): void {
    this.unsubscribe?.();
    this.unsubscribe = undefined;
    this.cancelRetry?.();
  }

  all(): readonly KubeObject[] {
    return [...this.objects.values()];
  }

  /** Remembers what the cluster answered to a write. */
  remember(object: KubeObject): void {
    const key = keyOf(object);
    const known = this.objects.get(key);
    const deletedAt = this.deleted.get(key) ?? 0;
    if (
      versionOf(object) > deletedAt &&
      (!known || versionOf(known) <= versionOf(object))
    ) {
      this.objects.set(key, object);
    }
  }

  private take(
    type: 'ADDED' | 'MODIFIED' | 'DELETED',
    object: KubeObject,
  ): void {
    if (type === 'DELETED') {
      this.objects.delete(keyOf(object));
      this.deleted.set(keyOf(object), versionOf(object));
    } else {
      this.remember(object);
    }
    this.onChange(object);
  }

  private async list(): Promise<void> {
    try {
      const lists = await Promise.all(
        RESOURCES.map(resource =>
          this.cluster.list({
            apiVersion: groupVersion(resource),
            kind: resource.kind,
          }),
        ),
      );
      lists.flat().forEach(object => this.remember(object));
      this.listedAt = this.clock.now();
    } catch (error) {
      this.failure = error instanceof Error ? error.message : String(error);
      this.cancelRetry = this.clock.after(RETRY_MS, () => void this.list());
    }
    if (this.unsubscribe) {
      this.onChange(undefined);
    } else {
      this.cancelRetry?.();
    }
  }
}
