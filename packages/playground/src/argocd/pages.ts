import { html, page, type Html } from '../core/html';
import type {
  Application,
  HealthStatus,
  ResourceStatus,
  RevisionHistory,
} from './resources';

// Plain pages, so that links to an application lead somewhere.

const GOOD = 'light-dark(#146c2e, #81c995)';
const WARNING = 'light-dark(#8a5a00, #ffcc66)';
const BUSY = 'light-dark(#0b57d0, #8ab4f8)';
const BAD = 'light-dark(#b3261e, #ff8a80)';

const COLOUR: Readonly<Record<string, string>> = {
  Synced: GOOD,
  Healthy: GOOD,
  Succeeded: GOOD,
  OutOfSync: WARNING,
  Missing: WARNING,
  Suspended: WARNING,
  Unknown: WARNING,
  Progressing: BUSY,
  Running: BUSY,
  Degraded: BAD,
  Failed: BAD,
  Error: BAD,
};

type Cell = string | Html;

function state(value: string | undefined): Cell {
  return value
    ? html`<span style="color: ${COLOUR[value] ?? 'inherit'}">${value}</span>`
    : '–';
}

function health({ status, message }: HealthStatus = {}): Cell {
  return html`${state(status)} ${message ?? ''}`;
}

function revision(sha: string | undefined): Cell {
  return sha ? html`<code>${sha.slice(0, 8)}</code>` : '–';
}

function table(
  head: readonly string[],
  rows: readonly (readonly Cell[])[],
): Html {
  const titles = head.map(
    title => html`<th scope="col" style="text-align: left">${title}</th>`,
  );
  return html`<table>
    ${head.length > 0
      ? html`<thead>
          <tr>
            ${titles}
          </tr>
        </thead>`
      : ''}
    <tbody>
      ${rows.map(
        row =>
          html`<tr>
            ${row.map(cell => html`<td>${cell}</td>`)}
          </tr>`,
      )}
    </tbody>
  </table>`;
}

const pathOf = ({ metadata: { namespace, name } }: Application) =>
  `/applications/${encodeURIComponent(namespace)}/${encodeURIComponent(name)}`;

function destinationOf({ spec }: Application): string {
  const { name, server, namespace } = spec.destination;
  return `${name ?? server} / ${namespace}`;
}

/** Every application in one table. */
export function overviewPage(applications: readonly Application[]): string {
  const rows = applications.map(application => {
    const { metadata, status } = application;
    return [
      html`<a href="${pathOf(application)}">${metadata.name}</a>`,
      state(status.sync.status),
      health(status.health),
      revision(status.sync.revision),
      destinationOf(application),
    ];
  });
  const head = ['Application', 'Sync', 'Health', 'Revision', 'Destination'];
  return page(
    'Applications',
    html`<h1>Applications</h1>
      ${rows.length > 0
        ? table(head, rows)
        : html`<p>
            None yet. They come from the folder <code>argocd/</code> of each
            repository whose name ends with <code>-deploy-config</code>.
          </p>`}`,
  );
}

function resourceRow(resource: ResourceStatus): Cell[] {
  const { group, kind, name, namespace, status } = resource;
  return [
    group ? `${group}/${kind}` : kind,
    name,
    namespace ?? '–',
    html`${state(status)}${resource.requiresPruning ? ' (to be pruned)' : ''}`,
    health(resource.health),
  ];
}

function historyRow(entry: RevisionHistory): Cell[] {
  const { automated, username = '' } = entry.initiatedBy;
  return [
    String(entry.id),
    revision(entry.revision),
    entry.deployedAt,
    automated ? 'automated sync' : username,
  ];
}

function factsOf(application: Application): Cell[][] {
  const { spec, status } = application;
  const { source } = spec;
  const { operationState: operation } = status;
  const repository = source.repoURL.replace(/\.git$/, '');
  return [
    [
      'Sync',
      html`${state(status.sync.status)} ${revision(status.sync.revision)}`,
    ],
    ['Health', health(status.health)],
    [
      'Last operation',
      operation
        ? html`${state(operation.phase)} ${operation.message ?? ''}`
        : 'none',
    ],
    ['Images', status.summary.images?.join(', ') ?? 'none'],
    [
      'Source',
      html`<a href="${repository}">${source.repoURL}</a>
        <code>${source.path ?? '.'}</code> at
        <code>${source.targetRevision ?? 'HEAD'}</code>`,
    ],
    ['Destination', destinationOf(application)],
    ['Project', spec.project],
    ['Automated sync', spec.syncPolicy?.automated ? 'on' : 'off'],
    ['Compared', status.reconciledAt ?? 'never'],
  ];
}

/** One application: what it is compared with, how it is, what was deployed. */
export function applicationPage(application: Application): string {
  const { metadata, status } = application;
  const { conditions = [], history = [], resources = [] } = status;
  return page(
    metadata.name,
    html`<nav><a href="/">Applications</a></nav>
      <h1>${metadata.name}</h1>
      ${conditions.map(
        ({ type, message }) =>
          html`<p style="color: ${BAD}">
            <strong>${type}</strong> ${message}
          </p>`,
      )}
      ${table([], factsOf(application))}
      <h2>Resources</h2>
      ${table(
        ['Kind', 'Name', 'Namespace', 'Sync', 'Health'],
        resources.map(resourceRow),
      )}
      <h2>History</h2>
      ${table(
        ['Number', 'Revision', 'Deployed', 'By'],
        [...history].reverse().map(historyRow),
      )}`,
  );
}

export function notFoundPage(name: string): string {
  return page(
    'Not found',
    html`<nav><a href="/">Applications</a></nav>
      <h1>There is no application ${name}</h1>`,
  );
}
