import { randomUUID } from 'crypto';
import { sameContent, timestamp } from '../cluster/values';
import type { Clock, JsonDocument } from '../core';
import type { DeclaredMetadata } from './manifests';
import {
  ARGOCD_NAMESPACE,
  REFRESH_ANNOTATION,
  type AppProject,
  type AppProjectSpec,
  type Application,
  type ApplicationSet,
  type ApplicationSetCondition,
  type ApplicationSetSpec,
  type ApplicationSpec,
  type ApplicationStatus,
  type ObjectMetadata,
  type OwnerReference,
} from './resources';

/** What Argo CD keeps on disk. */
export interface StoredArgoCd {
  resourceVersion: number;
  applications: Record<string, Application>;
  projects: Record<string, AppProject>;
  /** Absent in what was kept before there were any. */
  applicationSets?: Record<string, ApplicationSet>;
}

export interface ApplicationEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly application: Application;
}

const NEVER_COMPARED: ApplicationStatus = {
  sync: {
    status: '',
    comparedTo: { source: { repoURL: '' }, destination: {} },
  },
  health: {},
  summary: {},
  sourceHydrator: {},
};

export const emptyArgoCd = (): StoredArgoCd => ({
  resourceVersion: 1,
  applications: {},
  projects: {},
});

const byName = <T extends { metadata: { name: string } }>(left: T, right: T) =>
  left.metadata.name < right.metadata.name ? -1 : 1;

/**
 * Applications and projects, with one version counter. What it has given out is never changed, only replaced.
 */
export class ApplicationStore {
  private readonly listeners = new Set<(event: ApplicationEvent) => void>();

  constructor(
    private readonly document: JsonDocument<StoredArgoCd>,
    private readonly clock: Clock,
  ) {
    if (!this.project('default')) {
      this.declareProject(
        { name: 'default' },
        {
          sourceRepos: ['*'],
          destinations: [{ server: '*', namespace: '*' }],
          clusterResourceWhitelist: [{ group: '*', kind: '*' }],
        },
      );
    }
  }

  get resourceVersion(): string {
    return String(this.document.value.resourceVersion);
  }

  applications(): Application[] {
    return Object.values(this.document.value.applications).sort(byName);
  }

  application(name: string): Application | undefined {
    return this.document.value.applications[name];
  }

  projects(): AppProject[] {
    return Object.values(this.document.value.projects).sort(byName);
  }

  project(name: string): AppProject | undefined {
    return this.document.value.projects[name];
  }

  applicationSets(): ApplicationSet[] {
    return Object.values(this.document.value.applicationSets ?? {}).sort(
      byName,
    );
  }

  applicationSet(name: string): ApplicationSet | undefined {
    return this.document.value.applicationSets?.[name];
  }

  /** Takes over what is declared, and what is to be said of it. @returns the set as it is kept. */
  declareApplicationSet(
    metadata: DeclaredMetadata,
    spec: ApplicationSetSpec,
    conditions: readonly ApplicationSetCondition[],
  ): ApplicationSet {
    const known = this.applicationSet(metadata.name);
    if (
      known &&
      sameDeclaration(known, metadata, spec) &&
      sameContent(known.status.conditions, conditions)
    ) {
      return known;
    }
    const declared: ApplicationSet = {
      metadata: this.nextMetadata(known?.metadata, metadata),
      spec,
      status: { conditions: [...conditions] },
    };
    this.document.value.applicationSets ??= {};
    this.document.value.applicationSets[metadata.name] = declared;
    return declared;
  }

  removeApplicationSet(name: string): void {
    delete this.document.value.applicationSets?.[name];
    this.document.changed();
  }

  /** @returns whether anything is new. */
  declareProject(metadata: DeclaredMetadata, spec: AppProjectSpec): boolean {
    const known = this.project(metadata.name);
    if (known && sameDeclaration(known, metadata, spec)) {
      return false;
    }
    this.document.value.projects[metadata.name] = {
      metadata: this.nextMetadata(known?.metadata, metadata),
      spec,
      status: {},
    };
    return true;
  }

  removeProject(name: string): void {
    delete this.document.value.projects[name];
    this.document.changed();
  }

  /** @returns whether anything is new. */
  declareApplication(
    metadata: DeclaredMetadata,
    spec: ApplicationSpec,
    owner?: OwnerReference,
  ): boolean {
    const known = this.application(metadata.name);
    if (
      known &&
      sameDeclaration(known, metadata, spec) &&
      sameContent(known.metadata.ownerReferences?.at(0), owner)
    ) {
      return false;
    }
    this.put({
      metadata: {
        ...this.nextMetadata(known?.metadata, metadata),
        ...(owner && { ownerReferences: [owner] }),
      },
      spec,
      status: known?.status ?? NEVER_COMPARED,
      ...(known?.operation && { operation: known.operation }),
    });
    return true;
  }

  removeApplication(name: string): void {
    const known = this.application(name);
    if (known) {
      delete this.document.value.applications[name];
      const metadata = this.nextMetadata(known.metadata, known.metadata);
      this.publish({ type: 'DELETED', application: { ...known, metadata } });
    }
  }

  /** Replaces an application by what becomes of it, and tells when that is something else. */
  update(
    name: string,
    change: (application: Application) => Application,
  ): Application | undefined {
    const known = this.application(name);
    if (!known) {
      return undefined;
    }
    const changed = change(known);
    if (sameContent(known, changed)) {
      return known;
    }
    const { ownerReferences } = known.metadata;
    const next = {
      ...changed,
      metadata: {
        ...this.nextMetadata(known.metadata, changed.metadata),
        ...(ownerReferences && { ownerReferences }),
      },
    };
    this.put(next);
    return next;
  }

  subscribe(listener: (event: ApplicationEvent) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  private put(application: Application): void {
    const { name } = application.metadata;
    const type = this.application(name) ? 'MODIFIED' : 'ADDED';
    this.document.value.applications[name] = application;
    this.publish({ type, application });
  }

  private publish(event: ApplicationEvent): void {
    this.document.changed();
    this.listeners.forEach(listener => listener(event));
  }

  private nextMetadata(
    known: ObjectMetadata | undefined,
    declared: DeclaredMetadata,
  ): ObjectMetadata {
    const { document } = this;
    document.value.resourceVersion += 1;
    document.changed();
    return {
      name: declared.name,
      namespace: ARGOCD_NAMESPACE,
      uid: known?.uid ?? randomUUID(),
      resourceVersion: String(document.value.resourceVersion),
      generation: (known?.generation ?? 0) + 1,
      creationTimestamp:
        known?.creationTimestamp ?? timestamp(this.clock.now()),
      ...(declared.labels && { labels: declared.labels }),
      ...(declared.annotations && { annotations: declared.annotations }),
      ...(declared.finalizers && { finalizers: declared.finalizers }),
    };
  }
}

/** Whether an object still is as it was declared. Argo CD's own annotation to ask for a refresh does not count. */
function sameDeclaration(
  known: Application | AppProject | ApplicationSet,
  metadata: DeclaredMetadata,
  spec: ApplicationSpec | AppProjectSpec | ApplicationSetSpec,
): boolean {
  const { labels, annotations, finalizers } = known.metadata;
  return (
    sameContent(known.spec, spec) &&
    sameContent(labels ?? {}, metadata.labels ?? {}) &&
    sameContent(withoutRefresh(annotations), metadata.annotations ?? {}) &&
    sameContent(finalizers ?? [], metadata.finalizers ?? [])
  );
}

function withoutRefresh(annotations: Record<string, string> = {}) {
  return Object.fromEntries(
    Object.entries(annotations).filter(([key]) => key !== REFRESH_ANNOTATION),
  );
}
