import type {
  Application,
  HealthStatus,
  ResourceStatus,
  RevisionHistory,
} from './resources';

// Plain pages, so that links to an application lead somewhere.

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function text(value: unknown): string {
  return String(value ?? '').replace(/[&<>"']/g, sign => ESCAPES[sign]);
}

const STYLE = `
  :root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif; }
  body { max-width: 64rem; margin: 2rem auto; padding: 0 1rem; }
  h1 { font-size: 1.5rem; } h2 { font-size: 1.1rem; margin-top: 2rem; }
  table { border-collapse: collapse; width: 100%; }
  th, td { text-align: left; padding: .35rem .75rem .35rem 0; vertical-align: top; border-bottom: 1px solid color-mix(in srgb, currentColor 18%, transparent); }
  code { font-size: .9em; overflow-wrap: anywhere; }
  .bad { color: light-dark(#b3261e, #ff8a80); } .busy { color: light-dark(#0b57d0, #8ab4f8); }
  .warn { color: light-dark(#8a5a00, #ffcc66); } .good { color: light-dark(#146c2e, #81c995); }
`;

function page(title: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${text(title)} · Argo CD</title><style>${STYLE}</style></head>
<body>${body}</body>
</html>
`;
}

const TONE: Readonly<Record<string, string>> = {
  Synced: 'good',
  Healthy: 'good',
  Succeeded: 'good',
  OutOfSync: 'warn',
  Missing: 'warn',
  Suspended: 'warn',
  Unknown: 'warn',
  Progressing: 'busy',
  Running: 'busy',
  Degraded: 'bad',
  Failed: 'bad',
  Error: 'bad',
};

function state(value: string | undefined): string {
  return value
    ? `<span class="${TONE[value] ?? ''}">${text(value)}</span>`
    : '–';
}

function health({ status, message }: HealthStatus = {}): string {
  return message ? `${state(status)} ${text(message)}` : state(status);
}

function table(head: readonly string[], rows: readonly string[][]): string {
  const cells = (tag: string, values: readonly string[]) =>
    `<tr>${values.map(value => `<${tag}>${value}</${tag}>`).join('')}</tr>`;
  return `<table><thead>${cells('th', head.map(text))}</thead><tbody>${rows
    .map(row => cells('td', row))
    .join('')}</tbody></table>`;
}

const pathOf = ({ metadata }: Application) =>
  `/applications/${encodeURIComponent(metadata.namespace)}/${encodeURIComponent(
    metadata.name,
  )}`;

const revision = (sha: string | undefined) =>
  sha ? `<code>${text(sha.slice(0, 8))}</code>` : '–';

/** Every application in one table. */
export function overviewPage(applications: readonly Application[]): string {
  const rows = applications.map(application => {
    const { metadata, spec, status } = application;
    const { name, server, namespace } = spec.destination;
    return [
      `<a href="${text(pathOf(application))}">${text(metadata.name)}</a>`,
      state(status.sync.status),
      health(status.health),
      revision(status.sync.revision),
      text(`${name ?? server} / ${namespace}`),
    ];
  });
  const head = ['Application', 'Sync', 'Health', 'Revision', 'Destination'];
  return page(
    'Applications',
    `<h1>Applications</h1>${
      rows.length > 0
        ? table(head, rows)
        : '<p>None yet. They come from the folder <code>argocd/</code> of each repository whose name ends with <code>-deploy-config</code>.</p>'
    }`,
  );
}

function resourceRow(resource: ResourceStatus): string[] {
  const { group, kind, name, namespace, status } = resource;
  return [
    text(group ? `${group}/${kind}` : kind),
    text(name),
    text(namespace ?? '–'),
    `${state(status)}${resource.requiresPruning ? ' (to be pruned)' : ''}`,
    health(resource.health),
  ];
}

function historyRow(entry: RevisionHistory): string[] {
  const { automated, username } = entry.initiatedBy;
  return [
    text(entry.id),
    revision(entry.revision),
    text(entry.deployedAt),
    text(automated ? 'automated sync' : username),
  ];
}

/** One application: what it is compared with, how it is, what was deployed. */
export function applicationPage({
  metadata,
  spec,
  status,
}: Application): string {
  const { source, destination } = spec;
  const { operationState, conditions = [], history = [] } = status;
  const facts: string[][] = [
    ['Sync', `${state(status.sync.status)} ${revision(status.sync.revision)}`],
    ['Health', health(status.health)],
    [
      'Last operation',
      operationState
        ? `${state(operationState.phase)} ${text(operationState.message)}`
        : 'none',
    ],
    ['Images', text(status.summary.images?.join(', ') ?? 'none')],
    [
      'Source',
      `<a href="${text(source.repoURL.replace(/\.git$/, ''))}">${text(
        source.repoURL,
      )}</a> <code>${text(source.path)}</code> at <code>${text(
        source.targetRevision,
      )}</code>`,
    ],
    [
      'Destination',
      text(
        `${destination.name ?? destination.server} / ${destination.namespace}`,
      ),
    ],
    ['Project', text(spec.project)],
    ['Automated sync', spec.syncPolicy?.automated ? 'on' : 'off'],
    ['Compared', text(status.reconciledAt ?? 'never')],
  ];
  const problems = conditions.map(
    ({ type, message }) =>
      `<p class="bad"><strong>${text(type)}</strong> ${text(message)}</p>`,
  );
  return page(
    metadata.name,
    `<p><a href="/">Applications</a></p><h1>${text(metadata.name)}</h1>
${problems.join('')}
${table(['', ''], facts)}
<h2>Resources</h2>
${table(
  ['Kind', 'Name', 'Namespace', 'Sync', 'Health'],
  (status.resources ?? []).map(resourceRow),
)}
<h2>History</h2>
${table(
  ['', 'Revision', 'Deployed', 'By'],
  [...history].reverse().map(historyRow),
)}`,
  );
}

export function notFoundPage(name: string): string {
  return page(
    'Not found',
    `<p><a href="/">Applications</a></p><h1>There is no application ${text(
      name,
    )}</h1>`,
  );
}
