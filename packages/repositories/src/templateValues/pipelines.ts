import { Intent, IntentEnvironment } from '@envmatrix/engine';
import { rootValues } from './roots';

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

/** Graviton, by the letter behind the generation: `m7g.2xlarge`, and not `g5.xlarge`. */
const ARM = /^[a-z]+[0-9]+g/;

/**
 * What an image has to be built for, as BuildKit writes it: `linux/amd64,linux/arm64`. Nothing where it is not known what the nodes are, or
 * where what a runner builds by itself will do.
 */
export function imagePlatforms(intent: Intent): string | undefined {
  if (intent.cloud !== 'aws') {
    return undefined;
  }
  const platforms = new Set(
    rootValues(intent)
      .filter(root => root.create_cluster)
      .map(({ node_type }) => (ARM.test(node_type) ? 'arm64' : 'amd64')),
  );
  return platforms.has('arm64')
    ? [...platforms]
        .sort()
        .map(platform => `linux/${platform}`)
        .join(',')
    : undefined;
}

/** Whether GitHub keeps attestations of images: of public repositories, and of private ones on Enterprise Cloud. Servers of one's own have none. */
export function isAttested(intent: Intent): boolean {
  const { scm, repositories } = intent;
  const host = placeOf(repositories.source)?.host;
  return (
    scm?.dialect === 'github' &&
    host !== undefined &&
    cliTokenOf(host) === 'GH_TOKEN' &&
    (scm.github?.plan === 'enterprise' || scm.github?.private === false)
  );
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
