import {
  parseEntityRef,
  RELATION_OWNED_BY,
  RELATION_PART_OF,
} from '@backstage/catalog-model';
import { InputError } from '@backstage/errors';
import {
  FleetCounts,
  FleetOrder,
  FleetRow,
} from '@envmatrix/backstage-plugin-environments-common';
import { TrackedEntity } from '@envmatrix/backstage-plugin-environments-node';
import { EnvironmentSummary, SourceState } from '@envmatrix/engine';
import { Tracker } from '../collector/Tracker';
import { KeptMatrix } from '../matrix/KeptMatrix';
import { MatrixService } from '../matrix/MatrixService';

const STATES = ['lagging', 'violating', 'unhealthy', 'unknown'] as const;

type State = (typeof STATES)[number];

interface Filter {
  readonly text?: string;
  /** Any of them; all entities when there is none. */
  readonly owners: readonly string[];
  readonly state?: State;
}

/** Where a page ends: what was shown last, by what it is ordered by. */
type Cursor = readonly [value: number | string, entityRef: string];

/** A page of the fleet. */
export interface FleetPage {
  readonly items: FleetRow[];
  readonly nextCursor?: string;
  /** Of all pages. */
  readonly total: number;
  /** Of what `text` selects, whatever the other filters. */
  readonly counts: FleetCounts;
  /** What does not answer of all that the visible entities depend on. */
  readonly sources: SourceState[];
}

/**
 * One row per tracked entity, from the matrices that are worked out already: nobody outside is asked.
 */
export class FleetService {
  readonly #tracker: Tracker;
  readonly #matrices: MatrixService;

  constructor(options: { tracker: Tracker; matrices: MatrixService }) {
    this.#tracker = options.tracker;
    this.#matrices = options.matrices;
  }

  entityRefs(): string[] {
    return this.#tracker.entities().map(({ entityRef }) => entityRef);
  }

  /** The rows of the entities that are visible. */
  rows(visible: ReadonlySet<string>): FleetRow[] {
    return this.#tracker
      .entities()
      .filter(({ entityRef }) => visible.has(entityRef))
      .map(entity =>
        rowOf(entity, this.#matrices.known(entity.entityRef)?.overview),
      );
  }

  page(
    visible: ReadonlySet<string>,
    options: {
      filter?: string;
      order?: FleetOrder;
      limit: number;
      cursor?: string;
    },
  ): FleetPage {
    const filter = parseFilter(options.filter ?? '');
    const { sign, valueOf } = orderOf(options.order ?? 'name');
    const named = this.rows(visible).filter(row => isNamed(row, filter));
    const rows = named
      .filter(row => matches(row, filter))
      .map(row => ({ row, at: [valueOf(row), row.entityRef] as const }))
      .sort((a, b) => sign * compare(a.at, b.at));
    const after = options.cursor ? parseCursor(options.cursor) : undefined;
    // What is gone or moved meanwhile leaves no hole: the page goes on behind where the last one ended.
    const rest = after
      ? rows.filter(({ at }) => sign * compare(at, after) > 0)
      : rows;
    const page = rest.slice(0, options.limit);
    const last = page.at(-1);
    return {
      items: page.map(({ row }) => row),
      total: rows.length,
      counts: countsOf(named),
      sources: this.#troubled(visible),
      ...(last && rest.length > page.length
        ? {
            nextCursor: Buffer.from(JSON.stringify(last.at)).toString(
              'base64url',
            ),
          }
        : {}),
    };
  }

  #troubled(visible: ReadonlySet<string>): SourceState[] {
    const troubled = new Map<string, SourceState>();
    for (const entityRef of visible) {
      for (const source of this.#matrices.known(entityRef)?.overview.sources ??
        []) {
        if (
          source.status !== 'observed' &&
          source.status !== 'not-configured'
        ) {
          troubled.set(`${source.kind}/${source.name}`, source);
        }
      }
    }
    return [...troubled.keys()].sort().flatMap(key => troubled.get(key) ?? []);
  }
}

function rowOf(
  { entityRef, entity }: TrackedEntity,
  matrix: KeptMatrix['overview'] | undefined,
): FleetRow {
  const environments = matrix?.environments ?? [];
  const sum = (of: (summary: EnvironmentSummary) => number) =>
    environments.reduce((total, { summary }) => total + of(summary), 0);
  const lags = environments.flatMap(({ summary }) =>
    summary.behind?.status === 'identical' ? 0 : summary.behind?.commits ?? [],
  );
  const score = matrix?.score.value;
  const system = (entity.relations ?? []).find(
    ({ type, targetRef }) =>
      type === RELATION_PART_OF && parseEntityRef(targetRef).kind === 'system',
  )?.targetRef;
  const problem = matrix
    ? matrix.problem
    : 'The matrix of this entity is being worked out';
  return {
    entityRef,
    title: entity.metadata.title ?? entity.metadata.name,
    owners: (entity.relations ?? [])
      .filter(({ type }) => type === RELATION_OWNED_BY)
      .map(({ targetRef }) => targetRef),
    ...(system === undefined ? {} : { system }),
    environments: environments.map(({ name, title, kind, summary }) => ({
      name,
      title,
      kind,
      summary,
    })),
    violations: sum(({ violations }) => violations),
    unclassified: sum(({ unclassified }) => unclassified),
    ...(lags.length > 0 ? { lag: Math.max(...lags) } : {}),
    ...(score === undefined ? {} : { score }),
    ...(problem === undefined ? {} : { problem }),
  };
}

function parseFilter(text: string): Filter {
  const filter: { text?: string; owners: string[]; state?: State } = {
    owners: [],
  };
  for (const part of text.split(',').filter(Boolean)) {
    const [key, ...rest] = part.split('=');
    const value = rest.join('=').trim();
    const state = STATES.find(candidate => candidate === value);
    if (key === 'text') {
      filter.text = value.toLocaleLowerCase('en-US');
    } else if (key === 'owner') {
      filter.owners.push(value.toLocaleLowerCase('en-US'));
    } else if (key === 'state' && state) {
      filter.state = state;
    } else {
      throw new InputError(
        `The filter '${part}' is not understood; there are text, owner, and state with ${STATES.join(
          ', ',
        )}`,
      );
    }
  }
  return filter;
}

function isNamed(row: FleetRow, { text }: Filter): boolean {
  return (
    text === undefined ||
    `${row.title} ${row.entityRef}`.toLocaleLowerCase('en-US').includes(text)
  );
}

function matches(row: FleetRow, { owners, state }: Filter): boolean {
  return (
    (owners.length === 0 || row.owners.some(owner => owners.includes(owner))) &&
    (state === undefined || isIn(row, state))
  );
}

function countsOf(rows: readonly FleetRow[]): FleetCounts {
  const count = (state: State) => rows.filter(row => isIn(row, state)).length;
  return {
    all: rows.length,
    lagging: count('lagging'),
    violating: count('violating'),
    unhealthy: count('unhealthy'),
    unknown: count('unknown'),
  };
}

function isIn(row: FleetRow, state: State): boolean {
  const summaries = row.environments.map(({ summary }) => summary);
  switch (state) {
    case 'lagging':
      return summaries.some(
        ({ behind }) =>
          behind?.status === 'behind' || behind?.status === 'diverged',
      );
    case 'violating':
      return row.violations > 0;
    case 'unhealthy':
      return summaries.some(({ health }) => health === 'Degraded');
    case 'unknown':
      return (
        summaries.length === 0 ||
        summaries.some(({ observation }) => observation.status !== 'observed')
      );
    default:
      throw new Error(`Unknown state ${JSON.stringify(state satisfies never)}`);
  }
}

function orderOf(order: FleetOrder): {
  sign: 1 | -1;
  valueOf: (row: FleetRow) => number | string;
} {
  const sign = order.startsWith('-') ? -1 : 1;
  switch (order) {
    case 'name':
    case '-name':
      return { sign, valueOf: row => row.title.toLocaleLowerCase('en-US') };
    case 'system':
    case '-system':
      // What is part of no system comes after what is.
      return {
        sign,
        valueOf: row =>
          `${row.system ?? '\uffff'}\u0000${row.title.toLocaleLowerCase(
            'en-US',
          )}`,
      };
    case 'lag':
    case '-lag':
      // What is not known comes before what is not behind.
      return { sign, valueOf: row => row.lag ?? -1 };
    case 'violations':
    case '-violations':
      return { sign, valueOf: row => row.violations };
    default:
      throw new Error(`Unknown order ${JSON.stringify(order satisfies never)}`);
  }
}

function compare(a: Cursor, b: Cursor): number {
  const [first, second] = a[0] === b[0] ? [a[1], b[1]] : [a[0], b[0]];
  if (first === second) {
    return 0;
  }
  return first < second ? -1 : 1;
}

function parseCursor(text: string): Cursor {
  try {
    const [value, entityRef] = JSON.parse(
      Buffer.from(text, 'base64url').toString('utf8'),
    );
    if (
      ['number', 'string'].includes(typeof value) &&
      typeof entityRef === 'string'
    ) {
      return [value, entityRef];
    }
  } catch {
    // Said below, as for every other text that is no cursor.
  }
  throw new InputError(`'${text}' is not a cursor of this list`);
}
