/** `acme/checkout-deploy-config` */
export interface RepositoryId {
  readonly owner: string;
  readonly name: string;
}

export interface CommitInput {
  /** Branch that the commit goes on; created from the default branch when `newBranch` names another. */
  readonly branch: string;
  readonly newBranch?: string;
  /** Text by path; undefined deletes the file. */
  readonly files: Readonly<Record<string, string | undefined>>;
  readonly message: string;
  readonly author: { readonly name: string; readonly email: string };
}

/**
 * The bare repositories of the git host, for the parts of the playground that live in the same process
 * (Argo CD's repository server, the services' continuous integration). Everyone else goes over HTTP.
 */
export interface GitStore {
  list(): Promise<readonly RepositoryId[]>;
  exists(id: RepositoryId): Promise<boolean>;
  create(
    id: RepositoryId,
    options?: { description?: string; private?: boolean },
  ): Promise<void>;
  defaultBranch(id: RepositoryId): Promise<string>;
  /** Commit SHA of a branch, tag or commit; undefined when there is none. */
  resolve(id: RepositoryId, ref: string): Promise<string | undefined>;
  readFile(
    id: RepositoryId,
    ref: string,
    path: string,
  ): Promise<string | undefined>;
  /** Writes the tree of a commit into an empty folder. */
  checkout(id: RepositoryId, ref: string, directory: string): Promise<void>;
  commit(id: RepositoryId, input: CommitInput): Promise<string>;
  tag(id: RepositoryId, name: string, sha: string): Promise<void>;
  tags(id: RepositoryId): Promise<readonly { name: string; sha: string }[]>;
  log(
    id: RepositoryId,
    options: { ref: string; path?: string; limit: number },
  ): Promise<
    readonly {
      sha: string;
      subject: string;
      message: string;
      author: string;
      email: string;
      at: string;
    }[]
  >;
  /** Called after every change of a ref, whoever made it; returns the way to stop. */
  onPush(
    listener: (id: RepositoryId, change: { ref: string; sha: string }) => void,
  ): () => void;
}

/** What a container does once its image is pulled. */
export type ImageBehaviour = 'run' | 'crash';

/**
 * The image registry: knows what continuous integration has built. What it does not know cannot be pulled.
 */
export interface ImageRegistry {
  lookup(
    repository: string,
    tag: string,
  ): Promise<{ digest: string; behaviour: ImageBehaviour } | undefined>;
}

/** A Kubernetes object as the API server holds it. */
export interface KubeObject {
  apiVersion: string;
  kind: string;
  metadata: {
    name: string;
    namespace?: string;
    uid?: string;
    resourceVersion?: string;
    generation?: number;
    creationTimestamp?: string;
    deletionTimestamp?: string;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
    ownerReferences?: {
      apiVersion: string;
      kind: string;
      name: string;
      uid: string;
      controller?: boolean;
      blockOwnerDeletion?: boolean;
    }[];
    [field: string]: unknown;
  };
  [field: string]: unknown;
}

export interface ObjectRef {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
}

/** What the API server answered: a `Status` object's fields. */
export class KubeError extends Error {
  constructor(readonly code: number, readonly reason: string, message: string) {
    super(message);
    this.name = 'KubeError';
  }
}

/**
 * A cluster as Argo CD's controller uses it. Every call rejects with a connection error while the cluster is stopped,
 * and waits while it hangs.
 */
export interface ClusterHandle {
  readonly name: string;
  /** `https://localhost:7010`: what an Application's destination may name. */
  readonly server: string;
  readonly gitVersion: string;
  /** Creates or merges, as `kubectl apply --server-side --force-conflicts --field-manager` does, with the server's defaulting and validation. */
  apply(
    object: KubeObject,
    options: { fieldManager: string },
  ): Promise<KubeObject>;
  remove(ref: ObjectRef): Promise<void>;
  get(ref: ObjectRef): Promise<KubeObject | undefined>;
  list(options: {
    apiVersion: string;
    kind: string;
    namespace?: string;
    labelSelector?: string;
  }): Promise<readonly KubeObject[]>;
  /** Every change of every object, until the returned function is called. */
  subscribe(
    listener: (event: {
      type: 'ADDED' | 'MODIFIED' | 'DELETED';
      object: KubeObject;
    }) => void,
  ): () => void;
}

/** What can be done to a part of the playground to see how the portal takes it. */
export type ServiceCondition = 'up' | 'stopped' | 'hanging';

/** What came in over a service's port since the process started. */
export interface ServiceTraffic {
  /** Requests that arrived, answered or not. */
  requests: number;
  /** Requests that are open now: watches, streams, and what waits for its answer. */
  open: number;
}

/** A part of the playground that listens on a port and can be troubled. */
export interface PlaygroundService {
  readonly name: string;
  readonly url: string;
  readonly condition: ServiceCondition;
  readonly traffic: Readonly<ServiceTraffic>;
  /** Listens; rejects with a sentence that names the port when it is taken. */
  start(): Promise<void>;
  /** Refuses connections, and breaks the ones that are open. */
  stop(): Promise<void>;
  /** Accepts connections and requests, and answers none; open streams fall silent. */
  hang(): Promise<void>;
}
