import { randomBytes } from 'crypto';
import fs from 'fs/promises';
import path from 'path';
import { readIfPresent, writeFileAtomically } from './jsonDocument';

/**
 * What the parts of the playground let the portal in with. Made at the first start.
 *
 * @public
 */
export interface Credentials {
  /** Of the git host's user `portal`. */
  gitPassword: string;
  gitToken: string;
  /** Of Argo CD's account `portal`. */
  argoCdToken: string;
  /** Of the service account `portal` in each cluster. */
  clusterTokens: Record<string, string>;
  oidcClientId: string;
  oidcClientSecret: string;
  /** What the portal signs its session cookies with. */
  sessionSecret: string;
}

/** @public */
export interface PlaygroundState {
  readonly directory: string;
  readonly credentials: Credentials;
  /** Absolute path below the state folder. */
  path(...parts: string[]): string;
}

const secret = (bytes = 24): string => randomBytes(bytes).toString('hex');

/**
 * Opens the state folder, and makes it with new credentials when there is none.
 *
 * @public
 */
export async function openState(
  directory: string,
  options: { clusters: readonly string[] },
): Promise<PlaygroundState> {
  const root = path.resolve(directory);
  await fs.mkdir(root, { recursive: true });
  const file = path.join(root, 'credentials.json');
  const known: Partial<Credentials> = JSON.parse(
    (await readIfPresent(file)) ?? '{}',
  );
  const credentials: Credentials = {
    gitPassword: secret(12),
    // Gitea's tokens are 40 hexadecimal digits.
    gitToken: secret(20),
    argoCdToken: secret(),
    oidcClientId: 'portal',
    oidcClientSecret: secret(),
    sessionSecret: secret(),
    ...known,
    clusterTokens: {
      ...Object.fromEntries(options.clusters.map(name => [name, secret()])),
      ...known.clusterTokens,
    },
  };
  await writeFileAtomically(
    file,
    `${JSON.stringify(credentials, undefined, 2)}\n`,
    0o600,
  );
  return {
    directory: root,
    credentials,
    path: (...parts) => path.join(root, ...parts),
  };
}
