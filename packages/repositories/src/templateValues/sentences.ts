import { Intent, IntentEnvironment } from '@envmatrix/engine';
import { changeOf } from './pipelines';

type IntentGate = NonNullable<IntentEnvironment['delivery']['gates']>[number];

const CHANGES: Readonly<Record<string, string>> = {
  commit: 'when someone promotes it from %',
  'pull-request': 'by pull request from %',
  workflow: 'by a workflow that is approved, from %',
};

/** How a release gets to an environment, in a few words. */
export function arrival(
  from: string | undefined,
  way: string,
  automatic: boolean,
): string {
  if (from === undefined) {
    return 'with every release that is built';
  }
  const change = CHANGES[way] ?? CHANGES.commit;
  return automatic
    ? change.replace('%', from)
    : `${change.replace('%', from)}, then a sync by hand`;
}

export function arrivalSentence(
  intent: Intent,
  from: string | undefined,
  way: string,
): string {
  if (from === undefined) {
    return `Every release of ${intent.metadata.name} arrives here by itself: continuous integration sets the tag after it has built the image.`;
  }
  switch (way) {
    case 'pull-request':
      return `A pull request sets the tag that ${from} runs; merging it is the decision.`;
    case 'workflow':
      return `The workflow Promote sets the tag that ${from} runs, after those who may have approved it.`;
    default:
      return `A commit sets the tag that ${from} runs, when someone promotes it.`;
  }
}

/** What must hold first, as the end of "before it may: ...". */
export function gatesSentence({
  name,
  delivery: { from, gates },
}: IntentEnvironment): string | undefined {
  if (from === undefined) {
    return undefined;
  }
  return [
    `it runs healthy in ${from}`,
    ...(gates ?? []).flatMap(gate => clausesOf(gate, name, from)),
  ].join('; ');
}

function clausesOf(gate: IntentGate, name: string, from: string): string[] {
  if ('health' in gate) {
    return []; // it is asked in any case
  }
  if ('soak' in gate) {
    return [`it has done so for ${gate.soak}, without a break`];
  }
  if ('approval' in gate) {
    const by = gate.approval.by.map(
      reference => `\`${reference.slice(reference.lastIndexOf('/') + 1)}\``,
    );
    return [`somebody of ${by.join(' or ')} agrees`];
  }
  if ('freeze' in gate) {
    const { allow = [], deny = [] } = gate.freeze;
    return [
      ...(deny.length > 0 ? [`no freeze is on (${windowsText(deny)})`] : []),
      ...(allow.length > 0
        ? [`a time for promotions has come (${windowsText(allow)})`]
        : []),
    ];
  }
  return 'parity' in gate
    ? [`the rules find no violation in ${from}`]
    : [`Argo CD's sync windows let ${name} be synced`];
}

type Freeze = Extract<IntentGate, { freeze: unknown }>['freeze'];

function windowsText(windows: NonNullable<Freeze['deny']>): string {
  return windows
    .map(
      ({ cron, duration, timeZone = 'UTC', reason }) =>
        `\`${cron}\` for ${duration}, ${timeZone}${
          reason ? `: ${reason.trim().replace(/\s+/g, ' ')}` : ''
        }`,
    )
    .join(', and ');
}

/** The gates that no git host and no workflow knows of, as `soak and freeze`; absent where there are none. */
export function portalGates(intent: Intent): string | undefined {
  const names = intent.environments.flatMap(environment =>
    (environment.delivery.gates ?? [])
      .flatMap(gate => Object.keys(gate))
      .filter(
        name =>
          name !== 'health' &&
          !(name === 'approval' && asksElsewhere(intent, environment)),
      ),
  );
  return listOf([...new Set(names)]) || undefined;
}

/** Whether the git host asks for an approval, on a pull request or in a workflow. */
function asksElsewhere(
  intent: Intent,
  environment: IntentEnvironment,
): boolean {
  return (
    environment.delivery.way === 'workflow' ||
    changeOf(intent, environment) === 'pull-request'
  );
}

/** How the environments are kept apart, in a sentence. */
export function isolationSentence(intent: Intent): string {
  const parts = intent.clusters.map(cluster => {
    const names = intent.environments
      .filter(environment => runsIn(environment, cluster.name))
      .map(environment => environment.name);
    return names.length > 1
      ? `${listOf(names)} share the cluster ${
          cluster.name
        }, each in a namespace of its own`
      : `${names.join('')} has the cluster ${cluster.name} to itself`;
  });
  const text = parts.join('; ');
  return `${text[0].toUpperCase()}${text.slice(1)}.`;
}

/** `dev, staging and prod`. */
export function listOf(names: readonly string[]): string {
  return names.length > 2
    ? `${names.slice(0, -1).join(', ')} and ${names[names.length - 1]}`
    : names.join(' and ');
}

export function runsIn(
  environment: IntentEnvironment,
  cluster: string,
): boolean {
  return (
    environment.cluster === cluster ||
    (environment.targets ?? []).some(target => target.cluster === cluster)
  );
}
