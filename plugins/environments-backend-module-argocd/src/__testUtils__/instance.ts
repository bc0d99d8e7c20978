import { ArgoCdInstance } from '../readInstances';

/** An instance at an address, as configuration would have it. */
export function instanceAt(
  url: string,
  changes: Partial<ArgoCdInstance> = {},
): ArgoCdInstance {
  return {
    name: 'main',
    url,
    pageUrl: 'https://argocd.example.com',
    credentials: { kind: 'token', token: 'the-token' },
    tls: { rejectUnauthorized: true },
    ...changes,
  };
}
