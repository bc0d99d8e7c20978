import { EnvironmentInput } from './input';

/**
 * Who brought the release: who decided it, as git knows, comes before who synced it.
 */
export function broughtBy({
  arrived,
  desired,
  argocdDeployed,
}: EnvironmentInput): string | undefined {
  // Where git can be read, its author is in what arrived.
  return desired ? arrived?.by : argocdDeployed?.value.author ?? arrived?.by;
}
