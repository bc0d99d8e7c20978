import { TerraformRoot } from '../../terraform/types';
import { RuleContext } from '../rule';

export function accountOf(
  context: RuleContext,
  root: TerraformRoot,
): string | undefined {
  const { clusters, environments } = context.intent;
  const names = environments
    .filter(({ name }) => root.environments.includes(name))
    .flatMap(environment => [
      environment.cluster,
      ...(environment.targets ?? []).map(({ cluster }) => cluster),
    ]);
  const accounts = new Set(
    clusters
      .filter(cluster => names.includes(cluster.name))
      .map(cluster => cluster.aws?.accountId),
  );
  return accounts.size === 1 ? [...accounts][0] : undefined;
}
