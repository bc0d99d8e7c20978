import { Intent, IntentEnvironment } from '@envmatrix/engine';

const CHANGES: Readonly<Record<string, string>> = {
  commit: 'when someone promotes it from %',
  'pull-request': 'by pull request from %',
  workflow: 'by a workflow that is approved, from %',
};

/** How a release gets to an environment, in a few words. */
export function arrival(
  from: string | undefined,
  way: string,
  automatic: boolean,
): string {
  if (from === undefined) {
    return 'with every release that is built';
  }
  const change = CHANGES[way] ?? CHANGES.commit;
  return automatic
    ? change.replace('%', from)
    : `${change.replace('%', from)}, then a sync by hand`;
}

export function arrivalSentence(
  intent: Intent,
  from: string | undefined,
  way: string,
): string {
  if (from === undefined) {
    return `Every release of ${intent.metadata.name} arrives here by itself: continuous integration sets the tag after it has built the image.`;
  }
  switch (way) {
    case 'pull-request':
      return `A pull request sets the tag that ${from} runs; merging it is the decision.`;
    case 'workflow':
      return `The workflow Promote sets the tag that ${from} runs, after those who may have approved it.`;
    default:
      return `A commit sets the tag that ${from} runs, when someone promotes it.`;
  }
}

/** What must hold first, as the end of "before it may: ...". */
export function gatesSentence(
  delivery: IntentEnvironment['delivery'],
): string | undefined {
  if (delivery.from === undefined) {
    return undefined;
  }
  return `it runs healthy in ${delivery.from}`;
}

/** How the environments are kept apart, in a sentence. */
export function isolationSentence(intent: Intent): string {
  const parts = intent.clusters.map(cluster => {
    const names = intent.environments
      .filter(environment => runsIn(environment, cluster.name))
      .map(environment => environment.name);
    return names.length > 1
      ? `${listOf(names)} share the cluster ${
          cluster.name
        }, each in a namespace of its own`
      : `${names.join('')} has the cluster ${cluster.name} to itself`;
  });
  const text = parts.join('; ');
  return `${text[0].toUpperCase()}${text.slice(1)}.`;
}

/** `dev, staging and prod`. */
export function listOf(names: readonly string[]): string {
  return names.length > 2
    ? `${names.slice(0, -1).join(', ')} and ${names[names.length - 1]}`
    : names.join(' and ');
}

export function runsIn(
  environment: IntentEnvironment,
  cluster: string,
): boolean {
  return (
    environment.cluster === cluster ||
    (environment.targets ?? []).some(target => target.cluster === cluster)
  );
}
