import { OCI_KEYS, readRevision } from '../model/revision';
import { KubernetesObject } from '../observations';

/** A commit that is named, with the repository that it is said to be of. */
export interface NamedRevision {
  readonly sha: string;
  /** Address of the repository, where that is named too. */
  readonly source?: string;
}

/** What the annotations of an object say, else its labels. */
export function annotatedRevision({
  annotations,
  labels,
}: KubernetesObject['metadata']): NamedRevision | undefined {
  for (const texts of [annotations, labels]) {
    const sha = readRevision(texts?.[OCI_KEYS.revision]);
    if (sha !== undefined) {
      const source = texts?.[OCI_KEYS.source];
      return { sha, ...(source ? { source } : {}) };
    }
  }
  return undefined;
}
