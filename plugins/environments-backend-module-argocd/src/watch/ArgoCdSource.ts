import {
  EnvironmentSource,
  SourceContext,
} from '@envmatrix/backstage-plugin-environments-node';
import { ArgoCdClient } from '../client/ArgoCdClient';
import { ArgoCdInstance } from '../readInstances';
import { ArgoCdRun } from './ArgoCdRun';
import { Timing, TIMING } from './timing';

/**
 * One Argo CD instance: its application stream, with lists behind it.
 */
export class ArgoCdSource implements EnvironmentSource {
  readonly kind = 'argocd';
  readonly name: string;
  readonly #instance: ArgoCdInstance;
  readonly #client: ArgoCdClient;
  readonly #timing: Timing;
  readonly #now: () => Date;
  #current:
    | { readonly run: ArgoCdRun; readonly context: SourceContext }
    | undefined;

  constructor(options: {
    instance: ArgoCdInstance;
    client: ArgoCdClient;
    timing?: Partial<Timing>;
    now?: () => Date;
  }) {
    this.name = options.instance.name;
    this.#instance = options.instance;
    this.#client = options.client;
    this.#timing = { ...TIMING, ...options.timing };
    this.#now = options.now ?? (() => new Date());
  }

  async run(context: SourceContext): Promise<void> {
    const run = new ArgoCdRun({
      client: this.#client,
      context,
      instance: this.#instance,
      timing: this.#timing,
      now: this.#now,
    });
    const current = { run, context };
    this.#current = current;
    try {
      await run.run();
    } finally {
      if (this.#current === current) {
        this.#current = undefined;
      }
    }
  }

  async refresh(options: {
    entityRefs: readonly string[];
    signal: AbortSignal;
  }): Promise<void> {
    if (this.#current) {
      const { run, context } = this.#current;
      await run.refresh(
        context.interest
          .entities()
          .filter(({ entityRef }) => options.entityRefs.includes(entityRef)),
        options.signal,
      );
    }
  }
}
