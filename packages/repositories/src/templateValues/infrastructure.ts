import { factsDigest, Intent } from '@envmatrix/engine';
import { cliTokenOf } from './pipelines';
import { rootValues, RootValues } from './roots';

export type InfrastructureValues = ReturnType<typeof infrastructureValues>;

/** What the files of the infrastructure repository may use beside its roots. */
export function infrastructureValues(intent: Intent) {
  const roots = rootValues(intent);
  return {
    accounts: accountValues(intent, roots),
    facts_digest: factsDigest(intent),
    infrastructure_repository: repositoryValues(intent),
  };
}

/** AWS accounts, with the roots that are applied to each. An account bears the name of its first cluster. */
function accountValues(intent: Intent, roots: readonly RootValues[]) {
  const ids = new Set(roots.flatMap(root => root.account_id ?? []));
  return [...ids].map(id => {
    const inside = roots.filter(root => root.account_id === id);
    const [first] = inside;
    return {
      name: first.cluster_name,
      id,
      region: first.region,
      bucket: first.state.bucket,
      production: inside.some(root => root.protected),
      roots: inside.map(root => ({
        name: root.name,
        state_key: root.state.key,
        /** The state that it reads beside its own. */
        platform_key: root.platform_root
          ? `${intent.metadata.name}/${root.platform_root}/terraform.tfstate`
          : undefined,
      })),
    };
  });
}

/** Where the repository is, as a git host names it to a cloud. */
function repositoryValues(intent: Intent) {
  const address = intent.repositories.infrastructure;
  if (address === undefined) {
    return undefined;
  }
  const url = new URL(address);
  return {
    host: url.host,
    path: url.pathname.replace(/^\/|\/$|\.git$/g, ''),
    web: address.replace(/\.git$/, ''),
    issuer:
      intent.scm?.dialect === 'github' ? githubIssuer(url.host) : url.host,
    cli_token: cliTokenOf(url.host),
  };
}

/** Who signs the tokens of workflows, without its scheme: a service beside GitHub's own hosts, and a path of a GitHub Enterprise Server. */
function githubIssuer(host: string): string {
  if (host === 'github.com') {
    return 'token.actions.githubusercontent.com';
  }
  return host.endsWith('.ghe.com')
    ? `token.actions.${host}`
    : `${host}/_services/token`;
}
