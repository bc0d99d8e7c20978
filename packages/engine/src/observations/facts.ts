import { ObservationStatus } from './types';

/**
 * A Kubernetes object as the API server gives it, reduced to the fields that the engine reads.
 * Secrets never appear here.
 *
 * @public
 */
export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly uid?: string;
    readonly resourceVersion?: string;
    readonly generation?: number;
    readonly creationTimestamp?: string;
    readonly deletionTimestamp?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly ownerReferences?: readonly {
      readonly kind: string;
      readonly name: string;
      readonly uid: string;
      readonly controller?: boolean;
    }[];
    readonly [field: string]: unknown;
  };
  readonly [field: string]: unknown;
}

/**
 * What a cluster says of itself (`/version`, discovery).
 *
 * @public
 */
export interface ClusterFact {
  /** `v1.36.1`; '' where who asks may not know it. */
  readonly gitVersion: string;
  /** Major and minor with any `+` suffix stripped: `1.36`. */
  readonly version: string;
  /** Served `group/version` pairs; core is `v1`. */
  readonly groupVersions: readonly string[];
  /** Kinds that were asked for, and are not served or not readable: state, not error. */
  readonly unavailable: readonly {
    readonly kind: string;
    /** Where rights or answers differ between namespaces; else it is so in all of them. */
    readonly namespace?: string;
    readonly status: Exclude<ObservationStatus, 'observed'>;
    readonly reason: string;
  }[];
}

/**
 * An Argo CD Application, reduced. Field names follow its API (`status.sync`, `status.health`, ...), flattened.
 *
 * @public
 */
export interface ApplicationFact {
  readonly instance: string;
  readonly name: string;
  readonly namespace: string;
  readonly project: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly destination: {
    readonly server?: string;
    readonly name?: string;
    readonly namespace: string;
  };
  readonly sources: readonly {
    readonly repoURL: string;
    readonly path?: string;
    readonly targetRevision?: string;
  }[];
  /** `spec.syncPolicy.automated` is present and not disabled. */
  readonly automated: boolean;
  readonly sync: { readonly status: string; readonly revision?: string };
  readonly health: {
    readonly status: string;
    readonly message?: string;
    readonly since?: string;
  };
  readonly operation?: {
    readonly phase: string;
    readonly message?: string;
    readonly startedAt?: string;
    readonly finishedAt?: string;
    readonly revision?: string;
    readonly initiatedBy?: string;
    /** Resources that were refused, the first of them. */
    readonly refused?: readonly {
      readonly kind: string;
      readonly name: string;
      readonly message: string;
    }[];
  };
  /** Oldest first, as the API has it. */
  readonly history: readonly {
    readonly id: number;
    readonly revision?: string;
    readonly deployedAt: string;
    readonly initiatedBy?: string;
  }[];
  readonly conditions: readonly {
    readonly type: string;
    readonly message: string;
    readonly since?: string;
  }[];
  /** `kind/name` with message, of resources whose own health is not Healthy. */
  readonly unhealthyResources: readonly {
    readonly kind: string;
    readonly name: string;
    readonly status: string;
    readonly message?: string;
  }[];
  /** Resources that are not as git says, as far as Argo CD was asked for the whole application; ten of them at most. */
  readonly outOfSyncResources?: readonly {
    readonly kind: string;
    readonly name: string;
    /** `Missing` where the cluster has none. */
    readonly health?: string;
    /** Git has it no more, and it waits to be pruned. */
    readonly requiresPruning?: boolean;
  }[];
  /** How many there are in all. */
  readonly outOfSyncCount?: number;
  /** Images of the pods that Argo CD sees (`status.summary.images`); of the old pods too while a release rolls out. */
  readonly images?: readonly string[];
  /** What made it, and would make it again: an ApplicationSet, or the application that deploys applications. */
  readonly managedBy?: {
    readonly kind: 'ApplicationSet' | 'Application';
    readonly name: string;
  };
  readonly reconciledAt?: string;
  readonly resourceVersion?: string;
  /** A page of the Argo CD UI. */
  readonly link?: string;
}

/**
 * What an Argo CD instance says of a cluster that it manages.
 *
 * @public
 */
export interface ArgoClusterFact {
  readonly instance: string;
  readonly server: string;
  readonly name: string;
  readonly serverVersion?: string;
  readonly connectionState: {
    readonly status: string;
    readonly message?: string;
    readonly attemptedAt?: string;
  };
}

/**
 * A time in which Argo CD allows syncs, or denies them. What it is for is matched by glob patterns.
 *
 * @public
 */
export interface ArgoSyncWindow {
  readonly kind: 'allow' | 'deny';
  /** Cron expression of its beginnings. */
  readonly schedule: string;
  /** As Argo CD writes it: `64h`. */
  readonly duration: string;
  readonly timeZone?: string;
  /** Whether a person may sync against it. */
  readonly manualSync: boolean;
  readonly applications: readonly string[];
  readonly namespaces: readonly string[];
  readonly clusters: readonly string[];
  /** All patterns have to match, in place of one. */
  readonly matchesAll: boolean;
  readonly isActive: boolean;
  /** ISO 8601: when it ends, or begins next; absent where that is not in sight. */
  readonly changesAt?: string;
}

/**
 * An AppProject, as far as it decides when its applications may be synced.
 *
 * @public
 */
export interface ArgoProjectFact {
  readonly instance: string;
  readonly name: string;
  readonly syncWindows: readonly ArgoSyncWindow[];
}

/**
 * That an instance, which answers otherwise, does not tell one part of what it knows: its clusters, or its projects. What it told of them
 * before stays, last known.
 *
 * @public
 */
export interface ArgoPartFact {
  readonly instance: string;
  readonly part: 'clusters' | 'projects';
  /** `stale` where it answered with an error. */
  readonly status: Exclude<ObservationStatus, 'observed'>;
  /** A sentence that a person can act on. */
  readonly reason: string;
  /** ISO 8601: since when the status holds. */
  readonly since: string;
}

/**
 * What Argo CD says of a commit that it deployed from. It belongs to a commit, hence never changes.
 *
 * @public
 */
export interface ArgoRevisionFact {
  readonly instance: string;
  readonly repoURL: string;
  readonly revision: string;
  /** A name, without the address behind it. */
  readonly author?: string;
  /** ISO 8601 */
  readonly at?: string;
  /** The first line of its message. */
  readonly subject?: string;
  /** Tags that name it. */
  readonly tags?: readonly string[];
}

/**
 * What git says an environment should be: its overlay, rendered.
 *
 * @public
 */
export interface DesiredFact {
  /** Commit of the deploy-config repository. */
  readonly revision: string;
  /** Folder of the overlay in the repository. */
  readonly path: string;
  /** The rendered manifests, as one multi-document YAML text; absent with `problem`. */
  readonly manifests?: string;
  /** The image tag that the overlay sets for the service, as written. */
  readonly version?: string;
  /** Why there are no manifests: one sentence. */
  readonly problem?: string;
  /** The last commit that touched the overlay. */
  readonly lastChange?: {
    readonly sha: string;
    readonly subject: string;
    readonly author: string;
    readonly at: string;
    readonly link?: string;
  };
  /** A page of the overlay on the git host. */
  readonly link?: string;
}

/**
 * What git tells Argo CD to do: the files of the `argocd` folder of the deploy-config repository.
 *
 * @public
 */
export interface ArgoCdFilesFact {
  /** Commit of the deploy-config repository. */
  readonly revision: string;
  readonly files: readonly { readonly name: string; readonly text: string }[];
  /** All YAML files of the repository as they stand there: kustomizations, workflows, rules, routes. */
  readonly repository?: readonly {
    readonly name: string;
    readonly text: string;
  }[];
}

/**
 * How the commit of a release is known.
 *
 * @public
 */
export interface CommitOrigin {
  /** What names the commit: a label of the image, an annotation of the pods, a trailer in the deploy-config repository, or the tag. */
  readonly kind: 'label' | 'annotation' | 'trailer' | 'tag';
  /** Who said so: `registry/ghcr.io`, `kubernetes/nonprod`, `scm/git.example.com`. */
  readonly source: string;
  /** For a person: `OCI label of sha256:9f31c2a9…`, `trailer of commit c0ffee0 in acme/checkout-deploy-config`, `tag 1.4.2`. */
  readonly text: string;
}

/**
 * Which commit of the source repository a version is, or what a commit is that an image names.
 *
 * @public
 */
export interface CommitFact {
  /** The version; for what an image names, that name. */
  readonly version: string;
  readonly sha?: string;
  /** Why no commit is known for this version. */
  readonly unknown?: string;
  /** The source repository was asked, and has neither such a tag nor such a commit. */
  readonly isMissing?: boolean;
  readonly link?: string;
  /** Absent where a source of its own says it outright. */
  readonly origin?: CommitOrigin;
  /** What speaks against it: one sentence. */
  readonly conflict?: string;
}

/**
 * What an image says of itself: the annotations of its manifest and the labels of its configuration, under the names that the OCI image
 * specification gives them. It belongs to a digest, hence never changes.
 *
 * @public
 */
export interface ImageFact {
  /** With the registry: `ghcr.io/acme/checkout`. */
  readonly repository: string;
  readonly digest: string;
  /** `org.opencontainers.image.revision`: the commit that it was built from, as its pipeline wrote it. */
  readonly revision?: string;
  /** `org.opencontainers.image.source`: an address of the source repository. */
  readonly source?: string;
  /** `org.opencontainers.image.version` */
  readonly version?: string;
  /** `org.opencontainers.image.created`, ISO 8601. */
  readonly created?: string;
  /** Why the registry did not tell: one sentence. It is asked again later. */
  readonly unknown?: string;
}

/**
 * How two commits of the source repository stand to each other; immutable, hence kept for ever.
 *
 * @public
 */
export interface ComparisonFact {
  /** Version that runs in the earlier environment. */
  readonly from: string;
  /** Version that runs in the later environment. */
  readonly to: string;
  readonly status: 'identical' | 'behind' | 'ahead' | 'diverged' | 'unknown';
  /** Commits that `to` lacks and `from` has. */
  readonly behindBy?: number;
  /** Commits that `from` lacks and `to` has. */
  readonly aheadBy?: number;
  /** Commits of the two, where both are known. */
  readonly fromSha?: string;
  readonly toSha?: string;
  /** ISO 8601: since when the oldest of the commits that `to` lacks has waited. */
  readonly since?: string;
  /** Newest first, the commits that `to` lacks, at most 250; absent once neither of the two runs any more. */
  readonly commits?: readonly {
    readonly sha: string;
    readonly subject: string;
    readonly author: string;
    readonly at?: string;
    readonly link?: string;
  }[];
  readonly reason?: string;
}
