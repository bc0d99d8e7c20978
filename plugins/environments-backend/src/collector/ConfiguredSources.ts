import { Observation, SourceState, UserTokenNeed } from '@envmatrix/engine';

type Listing =
  | { readonly status: 'pending' }
  | { readonly status: 'failed'; readonly reason: string }
  | {
      readonly status: 'listed';
      readonly names: ReadonlySet<string>;
      /** By name: of those that only people can read. */
      readonly needs: ReadonlyMap<string, UserTokenNeed>;
    };

const NOUNS: Readonly<Record<string, string>> = {
  kubernetes: 'cluster',
  argocd: 'Argo CD instance',
  registry: 'image registry',
};

const PLACES: Readonly<Record<string, string>> = {
  kubernetes: 'in the Kubernetes configuration of the portal',
  argocd: "in 'argocd.appLocatorMethods' of the portal",
  registry: "in 'environments.sources.registry' of the portal",
};

/**
 * Which sources there are by the portal's configuration, as far as their providers have told: until they have, a source that
 * says nothing is not known, and not missing.
 */
export class ConfiguredSources {
  readonly #listings: Map<string, Listing>;

  /** Called when what is known of the sources of a kind has changed. */
  onChange: (kind: string) => void = () => {};

  constructor(kinds: Iterable<string>) {
    this.#listings = new Map(
      [...kinds].map(kind => [kind, { status: 'pending' }]),
    );
  }

  list(
    kind: string,
    names: Iterable<string>,
    needs: ReadonlyMap<string, UserTokenNeed> = new Map(),
  ): void {
    this.#set(kind, { status: 'listed', names: new Set(names), needs });
  }

  /** A state with what the configuration says of its source: whether only people can read it. */
  describe(state: SourceState): SourceState {
    const listing = this.#listings.get(state.kind);
    const needsUserToken =
      state.needsUserToken ??
      (listing?.status === 'listed'
        ? listing.needs.get(state.name)
        : undefined);
    return needsUserToken ? { ...state, needsUserToken } : state;
  }

  /** What was listed before is still the best that is known. */
  fail(kind: string, reason: string): void {
    if (this.#listings.get(kind)?.status !== 'listed') {
      this.#set(kind, { status: 'failed', reason });
    }
  }

  /** Why the sources of a kind could not be listed; undefined where they were, or have not been asked for. */
  failureOf(kind: string): string | undefined {
    const listing = this.#listings.get(kind);
    return listing?.status === 'failed' ? listing.reason : undefined;
  }

  /** What is to be said of a source that has not said anything by itself. */
  observationOf(
    kind: string,
    name: string,
  ): Pick<Observation, 'status'> & { readonly reason: string } {
    const noun = `${NOUNS[kind] ?? kind} '${name}'`;
    const listing = this.#listings.get(kind);
    switch (listing?.status) {
      case 'pending':
        return {
          status: 'unknown',
          reason: `The portal has just started, and has not looked at ${noun} yet`,
        };
      case 'failed':
        return {
          status: 'unknown',
          reason: `Whether the portal has ${noun} could not be found out: ${listing.reason}`,
        };
      case 'listed':
        if (listing.names.has(name)) {
          return { status: 'unknown', reason: `No answer of ${noun} yet` };
        }
        break;
      default:
    }
    return {
      status: 'not-configured',
      reason: `There is no ${noun} ${PLACES[kind] ?? 'of the portal'}`,
    };
  }

  #set(kind: string, listing: Listing): void {
    const before = this.#listings.get(kind);
    this.#listings.set(kind, listing);
    if (textOf(before) !== textOf(listing)) {
      this.onChange(kind);
    }
  }
}

function textOf(listing: Listing | undefined): string {
  return listing?.status === 'listed'
    ? JSON.stringify([[...listing.names].sort(), [...listing.needs].sort()])
    : JSON.stringify(listing);
}
