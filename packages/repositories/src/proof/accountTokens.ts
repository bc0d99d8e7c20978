import { Intent, IntentEnvironment, targetsOf } from '@envmatrix/engine';

/** The accounts that an environment is in, and the buckets that keep its states: as they are said, or as they are by default. */
export function accountTokens(
  intent: Intent,
  environment: IntentEnvironment,
): string[] {
  return targetsOf(environment).flatMap(({ cluster: name }) => {
    const account = intent.clusters.find(cluster => cluster.name === name)?.aws
      ?.accountId;
    const bucket =
      intent.stateBackend?.buckets?.[name] ??
      `${intent.metadata.name}-terraform-state-${account ?? name}`;
    return account === undefined ? [bucket] : [account, bucket];
  });
}
