import {
  EnvironmentSource,
  ObservationSink,
  SourceContext,
} from '@envmatrix/backstage-plugin-environments-node';

/** A source that says what a test tells it to. */
export class TestSource implements EnvironmentSource {
  readonly kind: string;
  readonly name: string;
  refreshes: string[][] = [];
  isRunning = false;
  #context: SourceContext | undefined;
  #started: (context: SourceContext) => void = () => {};

  constructor(kind: string, name: string) {
    this.kind = kind;
    this.name = name;
  }

  async run(context: SourceContext): Promise<void> {
    this.#context = context;
    this.isRunning = true;
    this.#started(context);
    await new Promise<void>(resolve => {
      context.signal.addEventListener('abort', () => resolve());
    });
    this.isRunning = false;
  }

  async refresh(options: { entityRefs: readonly string[] }): Promise<void> {
    this.refreshes.push([...options.entityRefs]);
  }

  /** Where it puts what it sees, once it runs. */
  async sink(): Promise<ObservationSink> {
    return (await this.context()).sink;
  }

  async context(): Promise<SourceContext> {
    return (
      this.#context ??
      (await new Promise<SourceContext>(resolve => {
        this.#started = resolve;
      }))
    );
  }
}
