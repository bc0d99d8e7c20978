import { ApiHolder } from '@backstage/core-plugin-api';
import { UserTokenNeed } from '@envmatrix/engine';
import { kubernetesAuthProvidersApiRef } from './kubernetesAuthProvidersApi';
import { hasSession, wayOf } from './silentSession';

/**
 * The person's own tokens for clusters. They are kept in memory, and only where there is no way to get them again without asking.
 */
export class ClusterTokens {
  readonly #apis: ApiHolder;
  readonly #given = new Map<string, string>();

  constructor(apis: ApiHolder) {
    this.#apis = apis;
  }

  /** Whether this portal can get tokens for clusters at all. */
  get isPossible(): boolean {
    return this.#apis.get(kubernetesAuthProvidersApiRef) !== undefined;
  }

  /** A token, where there is one without asking anybody. */
  async silently(need: UserTokenNeed): Promise<string | undefined> {
    return (await hasSession(this.#apis, need))
      ? await this.#get(need)
      : this.#given.get(wayOf(need));
  }

  /** A token, after a click: the person may be asked to sign in. */
  async ask(need: UserTokenNeed): Promise<string | undefined> {
    const token = await this.#get(need);
    // An adopter's own API may take it from elsewhere than the Kubernetes plugin's does.
    if (token && !(await hasSession(this.#apis, need))) {
      this.#given.set(wayOf(need), token);
    }
    return token;
  }

  /** It was not accepted. */
  forget(need: UserTokenNeed): void {
    this.#given.delete(wayOf(need));
  }

  async #get(need: UserTokenNeed): Promise<string | undefined> {
    const api = this.#apis.get(kubernetesAuthProvidersApiRef);
    return (await api?.getCredentials(wayOf(need)))?.token || undefined;
  }
}
