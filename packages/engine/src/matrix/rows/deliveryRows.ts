import { EnvironmentState } from '../environmentState';
import { healthOf, syncOf } from '../health';
import { map } from '../known';
import { standingText } from '../moving';
import { syncDetail } from '../syncDetail';
import { maySyncBeDenied, syncWindowsReading } from '../syncWindows';
import { Cell } from '../types';
import { dayAndMinute } from './dayAndMinute';
import { Reading, RowDefinition } from './RowDefinition';

/** How a release gets there, and whether what git says is there. */
export function deliveryRows(
  states: readonly EnvironmentState[],
): RowDefinition[] {
  const row = (
    id: string,
    title: string,
    reason: string,
    read: RowDefinition['read'],
  ): RowDefinition => ({
    id: `delivery.${id}`,
    group: 'delivery',
    title,
    comparison: { kind: 'measured', reason },
    read,
  });
  const declared = 'The intent declares it for each environment';
  return [
    row('sync', 'Sync', 'Sync tells of one environment alone', syncReading),
    row(
      'health',
      'Health',
      'Health tells of one environment alone',
      healthReading,
    ),
    row(
      'revision',
      'Revision',
      'Every environment is synced at its own time',
      revisionReading,
    ),
    row('auto-sync', 'Sync policy', declared, ({ application }) => ({
      known: map(application, ({ automated }) =>
        automated ? 'automatic' : 'manual',
      ),
    })),
    row('gate', 'A release arrives', declared, gateReading),
    ...(states.some(maySyncBeDenied)
      ? [
          row(
            'sync-windows',
            'Sync windows',
            'Windows are of the project of each environment',
            syncWindowsReading,
          ),
        ]
      : []),
    row(
      'application',
      'Application',
      'Every environment has its own',
      applicationReading,
    ),
  ];
}

function syncReading(state: EnvironmentState): Reading {
  const known = syncOf(state);
  const application = state.application.value;
  return {
    known,
    state: known.value === 'OutOfSync' ? 'out-of-sync' : undefined,
    detail: application && syncDetail(application),
  };
}

function healthReading(state: EnvironmentState): Reading {
  const known = healthOf(state);
  return {
    known,
    state: healthState(known.value),
    detail:
      (state.workload.value && standingText(state.workload.value)) ??
      (known.value === 'Healthy' ? undefined : unhealthyText(state)),
  };
}

/** What Argo CD says of a resource; of one that is suspended also which it is, as it says no more than a reason. */
function unhealthyText({ application }: EnvironmentState): string | undefined {
  const resources = application.value?.unhealthyResources ?? [];
  const suspended = resources.find(({ status }) => status === 'Suspended');
  if (application.value?.health.status === 'Suspended' && suspended) {
    const { kind, name, message } = suspended;
    return `${kind} ${name} is suspended${message ? `: ${message}` : ''}`;
  }
  return resources.find(({ message }) => message)?.message;
}

/** The commit that is synced to, and whose it is: git's own word on the overlay, else what Argo CD says of the commit. */
function revisionReading({
  application,
  desired,
  input,
}: EnvironmentState): Reading {
  const revision = application.value?.sync.revision;
  const overlay =
    desired.value?.revision === revision
      ? desired.value?.lastChange
      : undefined;
  const { value: told } = input.argocdRevision ?? {};
  return {
    known: map(application, () => revision, 'Nothing was synced'),
    display: revision?.slice(0, 7),
    detail: overlay || told ? commitText({ ...told, ...overlay }) : undefined,
  };
}

/** `Release 1.4.0, by Ada Adams, 2026-11-23 08:10 UTC, tags v7` */
function commitText(commit: {
  readonly subject?: string;
  readonly author?: string;
  readonly at?: string;
  readonly tags?: readonly string[];
}): string {
  const { subject, author, at, tags = [] } = commit;
  return [
    subject,
    author && `by ${author}`,
    at && dayAndMinute(at),
    tags.length > 0 && `tags ${tags.join(', ')}`,
  ]
    .filter(Boolean)
    .join(', ');
}

function gateReading({ input }: EnvironmentState): Reading {
  const { from, way = 'commit', sync } = input.definition.delivery;
  const how = way === 'pull-request' ? 'by pull request' : `by ${way}`;
  return {
    known: {
      observation: { status: 'observed' },
      value:
        from === undefined
          ? 'when it is built'
          : `${how} from ${from}${sync === 'manual' ? ', then a sync' : ''}`,
    },
  };
}

/** The application, and what would make it again if somebody deleted or changed it. */
function applicationReading({ application }: EnvironmentState): Reading {
  const { managedBy, project } = application.value ?? {};
  return {
    known: map(application, ({ namespace, name }) => `${namespace}/${name}`),
    display: application.value?.name,
    detail:
      project === undefined
        ? undefined
        : `project ${project}${
            managedBy ? `, by ${managedBy.kind} ${managedBy.name}` : ''
          }`,
  };
}

function healthState(health: string | undefined): Cell['state'] {
  switch (health) {
    case 'Progressing':
      return 'progressing';
    case 'Degraded':
    case 'Missing':
      return 'degraded';
    case 'Suspended':
      return 'suspended';
    default:
      return undefined;
  }
}
