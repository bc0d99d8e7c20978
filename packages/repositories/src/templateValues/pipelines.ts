import { Intent, IntentEnvironment } from '@envmatrix/engine';

/** The release of `@envmatrix/cli` that the scripts of a generated repository fetch; that of this repository. */
export const CLI_VERSION = '0.1.0';

/** How a promotion into an environment has to reach the main branch: as a commit, or by a pull request. */
export function changeOf(
  intent: Intent,
  environment: IntentEnvironment,
): 'commit' | 'pull-request' {
  const { way } = environment.delivery;
  const isProduction = environment.kind === 'production';
  if (isProduction && intent.prodGate?.includes('pull-request')) {
    return 'pull-request';
  }
  if (way === undefined) {
    return isProduction ? 'pull-request' : 'commit';
  }
  return way === 'pull-request' ? 'pull-request' : 'commit';
}

/** Where the repository is on its git host, in the parts that workflows and addresses need. */
export function placeOf(url: string | undefined) {
  if (url === undefined) {
    return undefined;
  }
  const { origin, host, pathname } = new URL(url);
  const parts = pathname
    .replace(/(\.git)?\/*$/, '')
    .split('/')
    .filter(Boolean);
  return {
    origin,
    host,
    path: parts.join('/'),
    owner: parts.slice(0, -1).join('/'),
    name: parts.at(-1),
    cli_token: cliTokenOf(host),
  };
}

/** The variable in which the command line of GitHub looks for its token: another one for servers of one's own. */
export function cliTokenOf(host: string): string {
  return host === 'github.com' || host.endsWith('.ghe.com')
    ? 'GH_TOKEN'
    : 'GH_ENTERPRISE_TOKEN';
}

/** The registry of an image, which one signs in to: `ghcr.io`; without a host it is Docker Hub. */
export function registryOf(image: string | undefined): string {
  const [host, ...rest] = (image ?? '').split('/');
  return rest.length > 0 && /[.:]|^localhost$/.test(host) ? host : 'docker.io';
}

const FILE_PATHS = {
  github: 'blob/main',
  gitea: 'src/branch/main',
  gitlab: '-/blob/main',
} as const;

/** Address of a file of the deploy-config repository, for people. */
export function fileAddress(intent: Intent, path: string): string | undefined {
  const repository = intent.repositories.deployConfig?.replace(
    /(\.git)?\/*$/,
    '',
  );
  return (
    repository &&
    `${repository}/${FILE_PATHS[intent.scm?.dialect ?? 'gitea']}/${path}`
  );
}
