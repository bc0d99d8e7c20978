import { Intent } from '@envmatrix/engine';
import { Document, isMap, isScalar, Pair } from 'yaml';

/** What a reader wants to know of each section, in the file itself. */
const COMMENTS: Readonly<Record<string, string>> = {
  isolation: ' How environments are kept apart.',
  clusters: ' Clusters, by the names that the portal and Argo CD know them by.',
  environments:
    ' In promotion order: a release passes through them from top to bottom.',
  repositories: ' Where everything is.',
  service: ' What the application is: the same in every environment.',
  parity:
    ' Differences between environments that are allowed beyond the default contract, each with its reason.',
};

const HEAD = ` The statement of intent for the environments of this service: the portal, the checks and the documents read it.
 Change it here, and run "environments verify" before the change is merged.`;

/**
 * Writes an intent as a readable `environments.yaml`; reading it again gives the same intent.
 *
 * @public
 */
export function intentToYaml(intent: Intent): string {
  const document = new Document(intent);
  document.commentBefore = HEAD;
  if (isMap(document.contents)) {
    for (const pair of document.contents.items) {
      decorate(pair);
    }
  }
  return document.toString({
    lineWidth: 120,
    indentSeq: true,
    flowCollectionPadding: true,
  });
}

function decorate(pair: Pair): void {
  const { key, value } = pair;
  if (!isScalar(key)) {
    return;
  }
  const comment = COMMENTS[String(key.value)];
  if (comment !== undefined) {
    key.commentBefore = comment;
    key.spaceBefore = true;
  }
  if (isMap(value) && key.value === 'metadata') {
    value.flow = false;
  }
}
