import { RELATION_OWNED_BY } from '@backstage/catalog-model';
import { InputError } from '@backstage/errors';
import {
  FleetOrder,
  FleetRow,
} from '@envmatrix/backstage-plugin-environments-common';
import { TrackedEntity } from '@envmatrix/backstage-plugin-environments-node';
import { EnvironmentSummary } from '@envmatrix/engine';
import { Tracker } from '../collector/Tracker';
import { KeptMatrix } from '../matrix/KeptMatrix';
import { MatrixService } from '../matrix/MatrixService';

const STATES = ['lagging', 'violating', 'unhealthy', 'unknown'] as const;

type State = (typeof STATES)[number];

interface Filter {
  readonly text?: string;
  readonly owner?: string;
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
    const rows = this.rows(visible)
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
      ...(last && rest.length > page.length
        ? {
            nextCursor: Buffer.from(JSON.stringify(last.at)).toString(
              'base64url',
            ),
          }
        : {}),
    };
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
  const problem = matrix
    ? matrix.problem
    : 'The matrix of this entity is being worked out';
  return {
    entityRef,
    title: entity.metadata.title ?? entity.metadata.name,
    owners: (entity.relations ?? [])
      .filter(({ type }) => type === RELATION_OWNED_BY)
      .map(({ targetRef }) => targetRef),
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
  const filter: { text?: string; owner?: string; state?: State } = {};
  for (const part of text.split(',').filter(Boolean)) {
    const [key, ...rest] = part.split('=');
    const value = rest.join('=').trim();
    const state = STATES.find(candidate => candidate === value);
    if (key === 'text') {
      filter.text = value.toLocaleLowerCase('en-US');
    } else if (key === 'owner') {
      filter.owner = value.toLocaleLowerCase('en-US');
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

function matches(row: FleetRow, { text, owner, state }: Filter): boolean {
  return (
    (text === undefined ||
      `${row.title} ${row.entityRef}`
        .toLocaleLowerCase('en-US')
        .includes(text)) &&
    (owner === undefined || row.owners.includes(owner)) &&
    (state === undefined || isIn(row, state))
  );
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
