import { MetricsService } from '@backstage/backend-plugin-api/alpha';
import { SourceMeter } from '@envmatrix/backstage-plugin-environments-node';
import { SourceState } from '@envmatrix/engine';

/** Seconds: a matrix is worked out in milliseconds, unless something is wrong. */
const BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

/**
 * What an operator wants to know: which sources are up, how old their word is, what they cost, and how long a matrix takes.
 */
export class Metrics {
  readonly #requests;
  readonly #watchRestarts;
  readonly #sourceRestarts;
  readonly #matrixSeconds;

  constructor(
    metrics: MetricsService,
    options: { states: () => readonly SourceState[]; now?: () => number },
  ) {
    const { states, now = Date.now } = options;
    metrics
      .createObservableGauge('environments.source.up', {
        description: 'Whether a source is observed: 1 or 0',
      })
      .addCallback(result => {
        for (const { kind, name, status } of states()) {
          result.observe(status === 'observed' ? 1 : 0, { kind, name });
        }
      });
    metrics
      .createObservableGauge('environments.observation.lag', {
        description: 'How long ago a source answered last',
        unit: 's',
      })
      .addCallback(result => {
        for (const { kind, name, lastObservedAt } of states()) {
          if (lastObservedAt !== undefined) {
            result.observe((now() - Date.parse(lastObservedAt)) / 1000, {
              kind,
              name,
            });
          }
        }
      });
    this.#requests = metrics.createCounter('environments.source.requests', {
      description: 'Requests of a source to what it watches',
    });
    this.#watchRestarts = metrics.createCounter(
      'environments.source.watch_restarts',
      { description: 'Watches and streams of a source that were opened anew' },
    );
    this.#sourceRestarts = metrics.createCounter(
      'environments.source.restarts',
      { description: 'Sources that failed as a whole and were started again' },
    );
    this.#matrixSeconds = metrics.createHistogram(
      'environments.matrix.duration',
      {
        description: 'How long it took to work out the matrix of an entity',
        unit: 's',
        advice: { explicitBucketBoundaries: BUCKETS },
      },
    );
  }

  /** What one source counts. */
  of({ kind, name }: { kind: string; name: string }): SourceMeter {
    return {
      request: () => this.#requests.add(1, { kind, name }),
      watchRestart: () => this.#watchRestarts.add(1, { kind, name }),
    };
  }

  sourceRestarted({ kind, name }: { kind: string; name: string }): void {
    this.#sourceRestarts.add(1, { kind, name });
  }

  matrixComputed(ms: number): void {
    this.#matrixSeconds.record(ms / 1000);
  }
}
