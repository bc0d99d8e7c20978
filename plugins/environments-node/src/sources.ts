import {
  BackstageCredentials,
  LoggerService,
} from '@backstage/backend-plugin-api';
import { Entity } from '@backstage/catalog-model';
import { Intent, Observation, UserTokenNeed } from '@envmatrix/engine';
import { JsonValue } from '@backstage/types';

/**
 * One thing that a source has seen. A fact replaces the one with the same `kind`, `scope` and `name` of the same source.
 *
 * @public
 */
export interface Fact {
  /** See {@link FactKinds}; an adopter's source may add its own. */
  readonly kind: string;
  /** What the fact belongs to: a namespace for Kubernetes objects, an entity reference for what is known per entity; else ''. */
  readonly scope: string;
  /** Unique within source, kind and scope: `apps/Deployment/checkout`, an application's name, an environment's name. */
  readonly name: string;
  /** Labels by which facts are selected (Kubernetes' and Argo CD's own labels). */
  readonly labels?: Readonly<Record<string, string>>;
  readonly value: JsonValue;
  /** ISO 8601. */
  readonly observedAt: string;
}

/**
 * The kinds of facts that the backend understands, with the type of their value in `@envmatrix/engine`.
 *
 * @public
 */
export const FactKinds = {
  /** `KubernetesObject`; source `kubernetes/<cluster>`, scope namespace ('' for cluster-scoped), name `group/Kind/name`. */
  object: 'object',
  /** `ClusterFact`; source `kubernetes/<cluster>`, scope '', name ''. */
  cluster: 'cluster',
  /** `ApplicationFact`; source `argocd/<instance>`, scope the application's namespace, name its name, labels its labels. */
  application: 'application',
  /** `ArgoClusterFact`; source `argocd/<instance>`, scope '', name the cluster's name. */
  argoCluster: 'argo-cluster',
  /** `ArgoProjectFact`; source `argocd/<instance>`, scope '', name the project's name. */
  argoProject: 'argo-project',
  /** `ArgoPartFact`; source `argocd/<instance>`, scope '', name the part; absent while the part is told. */
  argoPart: 'argo-part',
  /** `Intent`; source `scm/<host>`, scope entity reference, name ''. */
  intent: 'intent',
  /** `DesiredFact`; source `scm/<host>`, scope entity reference, name the environment. */
  desired: 'desired',
  /** `ArgoCdFilesFact`; source `scm/<host>`, scope entity reference, name ''. */
  argocdFiles: 'argocd-files',
  /** `CommitFact`; source `scm/<host>`, scope entity reference, name the version, or the commit that an image names. */
  commit: 'commit',
  /** `ComparisonFact`; source `scm/<host>`, scope entity reference, name `<from>...<to>`: the two commits, or the versions where these have none. */
  comparison: 'comparison',
  /** `ImageFact`; source `registry/<host>`, scope entity reference, name `<repository>@<digest>`. */
  image: 'image',
  /** `ArgoRevisionFact`; source `argocd/<instance>`, scope '', name `<repository URL> <revision>`. */
  argoRevision: 'argo-revision',
} as const;

/** @public */
export interface FactKey {
  readonly kind: string;
  readonly scope: string;
  readonly name: string;
}

/**
 * Where a source puts what it sees. Every call resolves when the facts are stored; a call after the source's signal
 * was aborted is refused.
 *
 * @public
 */
export interface ObservationSink {
  /** After a complete list: what of this kind (and scope, where given; and with this name prefix, where given) is not among the facts is gone. */
  replace(
    selection: { kind: string; scope?: string; namePrefix?: string },
    facts: readonly Fact[],
  ): Promise<void>;
  /** After an event: new or changed. */
  upsert(facts: readonly Fact[]): Promise<void>;
  /** After an event: gone. */
  remove(keys: readonly FactKey[]): Promise<void>;
  /** The state of the source as a whole. `observed` clears an earlier trouble; every successful exchange may repeat it cheaply. */
  state(observation: Observation): Promise<void>;
}

/**
 * What runs of an entity in one environment.
 *
 * @public
 */
export interface TrackedRelease {
  readonly environment: string;
  readonly version: string;
  /** Repository of its image, with the registry: `ghcr.io/acme/checkout`. */
  readonly image?: string;
  /** Of all ready pods; absent where they differ, or do not tell. */
  readonly digest?: string;
  /** The commit that the image or its pods name, as it is written there: it may be short, or of another repository. */
  readonly revision?: string;
  /** The commit that the portal takes it for, of all that it knows. */
  readonly commit?: string;
}

/**
 * A commit that an Argo CD application was deployed from, and that no git host tells the portal about.
 *
 * @public
 */
export interface TrackedRevision {
  readonly instance: string;
  readonly repoURL: string;
  readonly revision: string;
  /** An application that has it. */
  readonly application: { readonly namespace: string; readonly name: string };
}

/**
 * An entity whose environments the backend works out.
 *
 * @public
 */
export interface TrackedEntity {
  readonly entityRef: string;
  readonly entity: Entity;
  /** Once a source has read it. */
  readonly intent?: Intent;
  /** Versions seen running, in promotion order, without repetition between neighbours. */
  readonly versions: readonly string[];
  /** The same in full, one for each environment in which something runs. */
  readonly releases?: readonly TrackedRelease[];
  /** What Argo CD is asked to explain. */
  readonly revisions?: readonly TrackedRevision[];
}

/**
 * What the portal is interested in, for sources that look at entities one by one.
 *
 * @public
 */
export interface Interest {
  entities(): readonly TrackedEntity[];
  /** Called at once and after every change; returns the way to stop. */
  subscribe(listener: (entities: readonly TrackedEntity[]) => void): () => void;
}

/**
 * What a source counts of what it does, for the portal's metrics.
 *
 * @public
 */
export interface SourceMeter {
  /** A request to the outside system. */
  request(): void;
  /** A watch or a stream that was opened anew. */
  watchRestart(): void;
}

/**
 * Facts that a source has stored before, in this process or an earlier one: what never changes need not be asked for again after a restart.
 *
 * @public
 */
export type Recall = (query: {
  readonly kind: string;
  readonly scope?: string;
  readonly names?: readonly string[];
}) => Promise<readonly Fact[]>;

/** @public */
export interface SourceContext {
  readonly sink: ObservationSink;
  readonly interest: Interest;
  readonly logger: LoggerService;
  readonly meter?: SourceMeter;
  readonly recall?: Recall;
  /** Aborted when the source is to stop: at shutdown, or when another replica holds its lease. */
  readonly signal: AbortSignal;
}

/**
 * One outside system that is watched: a cluster, an Argo CD instance, a git host.
 *
 * @public
 */
export interface EnvironmentSource {
  /** `kubernetes`, `argocd`, `scm`, or an adopter's own. */
  readonly kind: string;
  /** Name in the adopter's configuration; unique within the kind. */
  readonly name: string;
  /** Watches until `signal` is aborted. Trouble is reported through `sink.state`, with the source's own retries; a rejection restarts it after a delay. */
  run(context: SourceContext): Promise<void>;
  /** Look again now, for these entities; resolves when seen, or after a few seconds. */
  refresh?(options: {
    entityRefs: readonly string[];
    signal: AbortSignal;
  }): Promise<void>;
  /** Where only people are let in: how it is read for one of them, when they look. Such a source still runs, to say why it shows nothing by itself. */
  readonly onDemand?: OnDemandAccess;
}

/**
 * A system that the portal itself may not read, and that is read with the token of the person who looks, while they look. The backend lays
 * what comes back over what is stored, for this one answer, and forgets it: it reaches no database, no log and no other person.
 *
 * @public
 */
export interface OnDemandAccess {
  /** The token that it wants; the page gets it where the person is signed in already, or after a click. */
  readonly needs: Pick<UserTokenNeed, 'authProvider' | 'tokenProvider'>;
  /**
   * Reads once. Trouble is told by the observation, and never by an error with the token in it; once `signal` is aborted, what was read until
   * then is returned within a second, or is lost. What has to be bounded beyond time (size, requests at once) is the source's to bound.
   */
  read(request: OnDemandRequest): Promise<OnDemandReading>;
}

/** @public */
export interface OnDemandRequest {
  /** Of the person who looks, in the portal. */
  readonly credentials: BackstageCredentials;
  /** Theirs, for this system. Not to be kept, and not to be written anywhere. */
  readonly token: string;
  /** The namespaces that are asked for; nothing is to be read outside of them. */
  readonly namespaces: readonly string[];
  /** What is asked for a person costs the system as much as what is asked by itself. */
  readonly meter?: SourceMeter;
  /** Aborted when the time is over, or nobody waits any more. */
  readonly signal: AbortSignal;
}

/** @public */
export interface OnDemandReading {
  /** How the system is, for this person. */
  readonly observation: Observation;
  /** The token was not accepted: a newer one may be. */
  readonly isTokenRefused?: boolean;
  /** All that was read, in the form in which a source that is watched would store it. */
  readonly facts: readonly Fact[];
}

/**
 * Finds the sources of one kind. Asked again from time to time, as clusters come and go.
 *
 * @public
 */
export interface EnvironmentSourceProvider {
  readonly kind: string;
  getSources(): Promise<readonly EnvironmentSource[]>;
}
