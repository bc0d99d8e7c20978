import { ApplicationFact, ArgoSyncWindow } from '../observations';
import { EnvironmentState } from './environmentState';
import { map } from './known';
import { Reading } from './rows/RowDefinition';
import { untold, whileUntold } from './untold';

/** Whether Argo CD syncs an application now: by itself, only when a person asks for it, or not at all. */
export interface SyncPermission {
  readonly automatic: boolean;
  readonly manual: boolean;
  /** The windows that decide it now. */
  readonly because: readonly ArgoSyncWindow[];
}

/**
 * What the windows of its project mean for an application, by Argo CD's own order: an active denial comes first, then an active
 * allowance; where there are allowances and none is active, nothing is synced.
 */
export function syncPermission(
  application: Pick<ApplicationFact, 'name' | 'destination'>,
  windows: readonly ArgoSyncWindow[],
): SyncPermission {
  const own = windows.filter(window => isFor(application, window));
  const of = (kind: ArgoSyncWindow['kind'], isActive: boolean) =>
    own.filter(window => window.kind === kind && window.isActive === isActive);
  const denials = of('deny', true);
  const closed = denials.length > 0 ? denials : of('allow', false);
  const allowances = of('allow', true);
  if (closed.length === 0 || (denials.length === 0 && allowances.length > 0)) {
    return { automatic: true, manual: true, because: allowances };
  }
  return {
    automatic: false,
    manual: closed.every(({ manualSync }) => manualSync),
    because: closed,
  };
}

/** Whether there are windows, or nobody can tell: otherwise there is nothing to say of them. */
export function maySyncBeDenied({
  application,
  input,
}: EnvironmentState): boolean {
  const fact = application.value;
  const project = input.argocdProject?.value;
  return (
    fact !== undefined &&
    (!project || project.syncWindows.some(window => isFor(fact, window)))
  );
}

/** Whether syncs are allowed now, until when, and why. */
export function syncWindowsReading({
  application,
  input,
}: EnvironmentState): Reading {
  const fact = application.value;
  const project = input.argocdProject;
  if (!fact) {
    return { known: map(application, () => undefined) };
  }
  if (!project && application.observation.status !== 'observed') {
    // An instance that says nothing at all says nothing of rights either.
    return { known: map(application, () => undefined) };
  }
  const trouble = untold(input, 'projects');
  if (!project) {
    return {
      known: whileUntold(
        {
          observation: {
            status: 'unknown',
            reason: `Argo CD ${fact.instance} does not show project ${fact.project} to the portal: its account needs the right to get projects`,
          },
        },
        trouble,
      ),
    };
  }
  const { automatic, manual, because } = syncPermission(
    fact,
    project.value.syncWindows,
  );
  const until = because.length === 1 ? because[0].changesAt : undefined;
  const text = textOfPermission({ automatic, manual });
  const hasWindows = project.value.syncWindows.some(window =>
    isFor(fact, window),
  );
  return {
    known: {
      ...whileUntold(
        map(application, () => (hasWindows ? text : 'none')),
        trouble,
      ),
      ...(application.provenance
        ? {
            provenance: {
              ...application.provenance,
              observedAt: project.observedAt,
              location: `AppProject ${fact.project}`,
            },
          }
        : {}),
    },
    display: hasWindows
      ? `${text}${until === undefined ? '' : ` until ${minuteOf(until)}`}`
      : 'none',
    state: automatic ? undefined : 'suspended',
    detail: because.map(textOf).join('; ') || undefined,
  };
}

function textOfPermission({
  automatic,
  manual,
}: Pick<SyncPermission, 'automatic' | 'manual'>): string {
  if (automatic) {
    return 'open';
  }
  return manual ? 'by hand only' : 'closed';
}

function textOf({ kind, schedule, duration, timeZone }: ArgoSyncWindow) {
  return `${kind} ${schedule} for ${duration}${timeZone ? ` ${timeZone}` : ''}`;
}

/** `2026-11-27 16:00 UTC` */
function minuteOf(at: string): string {
  return `${at.slice(0, 10)} ${at.slice(11, 16)} UTC`;
}

function isFor(
  { name, destination }: Pick<ApplicationFact, 'name' | 'destination'>,
  { applications, namespaces, clusters, matchesAll }: ArgoSyncWindow,
): boolean {
  const matches = (patterns: readonly string[], ...texts: unknown[]) =>
    patterns.some(pattern =>
      texts.some(text => typeof text === 'string' && glob(pattern, text)),
    );
  const found = [
    { patterns: applications, texts: [name] },
    { patterns: namespaces, texts: [destination.namespace] },
    { patterns: clusters, texts: [destination.name, destination.server] },
  ].filter(({ patterns }) => patterns.length > 0);
  const isMatch = ({ patterns, texts }: (typeof found)[number]) =>
    matches(patterns, ...texts);
  return matchesAll
    ? found.length > 0 && found.every(isMatch)
    : found.some(isMatch);
}

/** `*` and `?`, as Argo CD's patterns have them. */
function glob(pattern: string, text: string): boolean {
  const expression = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replace(/\*/g, '.*')
    .replace(/\?/g, '.');
  return new RegExp(`^${expression}$`).test(text);
}
