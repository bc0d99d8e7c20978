import { setTimeout as sleep } from 'timers/promises';
import { z } from 'zod';
import { EnvironmentSource, Fact, FactKinds, SourceContext } from '..';

/** What the build server answers: the commit that a version was built from. */
const buildSchema = z.object({ sha: z.string(), builtAt: z.string() });

/** A build server that knows which commit each version was built from. */
export class BuildServerSource implements EnvironmentSource {
  readonly kind = 'builds';

  constructor(
    readonly name: string,
    private readonly options: { url: string; everyMs: number },
  ) {}

  async run({ sink, interest, signal, meter }: SourceContext): Promise<void> {
    while (!signal.aborted) {
      try {
        for (const { entityRef, intent, versions } of interest.entities()) {
          const facts = await Promise.all(
            versions.map(async (version): Promise<Fact[]> => {
              meter?.request();
              const service = intent?.metadata.name ?? '';
              const build = await this.#read(service, version, signal);
              return build
                ? [
                    {
                      kind: FactKinds.commit,
                      scope: entityRef,
                      name: version,
                      value: { version, sha: build.sha },
                      observedAt: new Date().toISOString(),
                    },
                  ]
                : [];
            }),
          );
          await sink.replace(
            { kind: FactKinds.commit, scope: entityRef },
            facts.flat(),
          );
        }
        await sink.state({ status: 'observed' });
      } catch (error) {
        if (!signal.aborted) {
          // What was stored stays, and the page says since when it is old, and why.
          await sink.state({ status: 'unreachable', reason: String(error) });
        }
      }
      await sleep(this.options.everyMs, undefined, { signal }).catch(() => {});
    }
  }

  async #read(service: string, version: string, signal: AbortSignal) {
    const path = [service, version].map(encodeURIComponent).join('/');
    const response = await fetch(`${this.options.url}/builds/${path}`, {
      // A server that hangs must not hold up the others.
      signal: AbortSignal.any([signal, AbortSignal.timeout(10_000)]),
    });
    if (response.status === 404) {
      return undefined;
    }
    if (!response.ok) {
      throw new Error(`${this.name} answered HTTP ${response.status}`);
    }
    return buildSchema.parse(await response.json());
  }
}
