import { Config } from '@backstage/config';
import { InputError } from '@backstage/errors';
import { z } from 'zod';

/**
 * An image registry that the portal may ask, as the adopter's configuration has it.
 */
export interface Registry {
  /** As images name it: `ghcr.io`. */
  readonly host: string;
  /** Where it is reached, without a slash at its end. */
  readonly baseUrl: string;
  readonly credentials:
    | { readonly kind: 'anonymous' }
    | {
        readonly kind: 'basic';
        readonly username: string;
        readonly password: string;
      }
    | { readonly kind: 'token'; readonly token: string };
  /** Hosts that it may send the portal to, beside its own. */
  readonly hosts: readonly string[];
  readonly ca?: string;
}

const KEY = 'environments.sources.registry';

const registrySchema = z.strictObject({
  anonymous: z.boolean().optional(),
  username: z.string().optional(),
  password: z.string().optional(),
  token: z.string().optional(),
  baseUrl: z.url({ protocol: /^https?$/ }).optional(),
  hosts: z.array(z.string()).default([]),
  tls: z.strictObject({ ca: z.string().optional() }).optional(),
});

/** Registries that are reached elsewhere than images say, or that have their tokens made elsewhere. */
const WELL_KNOWN: Readonly<
  Record<string, { readonly baseUrl?: string; readonly hosts: string[] }>
> = {
  'docker.io': {
    baseUrl: 'https://registry-1.docker.io',
    hosts: ['auth.docker.io'],
  },
  'registry.gitlab.com': { hosts: ['gitlab.com'] },
};

/**
 * The registries of `environments.sources.registry`. There are no others: what an image is called must not decide whom the portal talks to.
 *
 * @throws InputError when an entry cannot be meant.
 */
export function readRegistries(config: Config): Registry[] {
  // Their names have dots, which keys of the configuration cannot have.
  const entries = z
    .record(z.string(), z.unknown())
    .safeParse(config.getOptional(KEY) ?? {});
  if (!entries.success) {
    throw new InputError(
      `'${KEY}' has to be a map of registries by their host`,
    );
  }
  return Object.entries(entries.data).map(([host, value]) =>
    readRegistry(host, value),
  );
}

function readRegistry(host: string, value: unknown): Registry {
  const parsed = registrySchema.safeParse(value ?? {});
  if (!parsed.success) {
    // Nothing of the values: one of them is a password.
    const fields = parsed.error.issues.map(
      ({ path, message }) => `${path.join('.')} ${message}`,
    );
    throw new InputError(`'${KEY}' of ${host}: ${fields.join('; ')}`);
  }
  if (!/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:\d+)?$/i.test(host)) {
    throw new InputError(
      `'${KEY}' has '${host}', which is not a host as images name it, such as ghcr.io or registry.example.com:5000`,
    );
  }
  const { baseUrl, hosts, tls } = parsed.data;
  const known = WELL_KNOWN[host];
  return {
    host,
    baseUrl: (baseUrl ?? known?.baseUrl ?? `https://${host}`).replace(
      /\/+$/,
      '',
    ),
    credentials: credentialsOf(host, parsed.data),
    hosts: [...hosts, ...(known?.hosts ?? [])],
    ...(tls?.ca === undefined ? {} : { ca: tls.ca }),
  };
}

/** Whoever forgot a password would otherwise ask as nobody, and wonder why images are not found. */
function credentialsOf(
  host: string,
  entry: z.infer<typeof registrySchema>,
): Registry['credentials'] {
  const { anonymous = false, username, password, token } = entry;
  const given: Registry['credentials'][] = [
    ...(anonymous ? [{ kind: 'anonymous' } as const] : []),
    ...(username !== undefined && password !== undefined
      ? [{ kind: 'basic', username, password } as const]
      : []),
    ...(token === undefined ? [] : [{ kind: 'token', token } as const]),
  ];
  const isHalf = (username === undefined) !== (password === undefined);
  if (given.length !== 1 || isHalf) {
    throw new InputError(
      `'${KEY}' of ${host} needs one of: anonymous: true, username and password, token`,
    );
  }
  return given[0];
}
