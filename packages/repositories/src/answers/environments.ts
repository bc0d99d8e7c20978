import { IntentInput } from '@envmatrix/engine';
import {
  positionOf,
  PURPOSE_DEFAULTS,
  QUOTA_DEFAULTS,
  WORKLOAD_DEFAULTS,
} from '../defaults';
import { RenderError } from '../types';
import { Answers, EnvironmentAnswers } from './answersSchema';
import { regionOf } from './clusters';

type Environment = IntentInput['environments'][number];

/** Levels leave room for environments that come later. */
const LEVELS = { first: 1, between: 5, production: 10 } as const;

/** What a release waits for, unless the answers say otherwise. */
const GATES = ['pull-request', 'argo-manual-sync'] as const;

/** The gates that production gets. */
export function gatesOf(
  answers: Answers,
): NonNullable<IntentInput['prodGate']> {
  const gates = answers.prodGate ?? [...GATES];
  if (gates.length === 0) {
    throw new RenderError(
      'prodGate',
      'needs at least one gate: pull-request, github-environment or argo-manual-sync',
    );
  }
  return gates;
}

/** One environment of the intent, from its answers and the defaults of its place in the order. */
export function environmentOf(
  answers: Answers,
  environments: readonly EnvironmentAnswers[],
  index: number,
  clusters: readonly { name: string; environments: readonly string[] }[],
): Environment {
  const entry = environments[index];
  const position = positionOf(entry, index);
  const defaults = WORKLOAD_DEFAULTS[position];
  return {
    name: entry.name,
    ...(entry.title === undefined ? {} : { title: entry.title }),
    level:
      position === 'between' ? LEVELS.between + index - 1 : LEVELS[position],
    kind: entry.kind,
    purpose: entry.purpose ?? PURPOSE_DEFAULTS[position].purpose,
    dataClass: entry.dataClass ?? PURPOSE_DEFAULTS[position].dataClass,
    ...placeOf(answers, entry, clusters),
    delivery: deliveryOf(answers, environments, index),
    workload: {
      replicas: entry.replicas ?? defaults.replicas,
      requests: entry.requests ?? { ...defaults.requests },
      limits: entry.limits ?? { ...defaults.limits },
      env: { LOG_LEVEL: entry.logLevel ?? defaults.logLevel },
    },
    quota: entry.quota ?? { ...QUOTA_DEFAULTS[position] },
    ...(entry.host === undefined ? {} : { host: entry.host }),
    ...(entry.certificate === undefined
      ? {}
      : { certificate: entry.certificate }),
    ...(entry.secrets === undefined
      ? {}
      : { secrets: { strategy: entry.secrets } }),
    ...section('infrastructure', { database: entry.database, waf: entry.waf }),
    ...section('observability', {
      retentionDays: entry.retentionDays,
      paging: entry.paging,
      slack: entry.slack,
    }),
  };
}

function placeOf(
  answers: Answers,
  entry: EnvironmentAnswers,
  clusters: readonly { name: string; environments: readonly string[] }[],
): Pick<Environment, 'cluster' | 'namespace' | 'targets'> {
  const namespace = `${answers.service}-${entry.name}`;
  if (entry.targets) {
    return {
      targets: entry.targets.map(target => ({ ...target, namespace })),
    };
  }
  const holders = clusters.filter(cluster =>
    cluster.environments.includes(entry.name),
  );
  if (holders.length === 0) {
    throw new RenderError('clusters', `no cluster holds '${entry.name}'`);
  }
  return holders.length === 1
    ? { cluster: holders[0].name, namespace }
    : {
        targets: holders.map(({ name }) => {
          const region = regionOf(answers, name);
          return { cluster: name, namespace, ...(region ? { region } : {}) };
        }),
      };
}

function deliveryOf(
  answers: Answers,
  environments: readonly EnvironmentAnswers[],
  index: number,
): Environment['delivery'] {
  if (index === 0) {
    return { sync: 'automatic' };
  }
  const isProduction = environments[index].kind === 'production';
  const gates = gatesOf(answers);
  return {
    sync:
      isProduction && gates.includes('argo-manual-sync')
        ? 'manual'
        : 'automatic',
    from: environments[index - 1].name,
    way: isProduction ? productionWay(gates) : 'commit',
    trigger: isProduction ? 'manual' : answers.stagingTrigger ?? 'manual',
    gates: [{ health: true }],
  };
}

/** Through the portal as a pull request where one is asked for; where a workflow holds the gate, through that. */
function productionWay(
  gates: readonly string[],
): 'pull-request' | 'commit' | 'workflow' {
  if (gates.includes('pull-request')) {
    return 'pull-request';
  }
  return gates.includes('github-environment') ? 'workflow' : 'commit';
}

/** A section with what was answered; none when nothing was. */
function section<K extends string, V extends object>(
  name: K,
  values: V,
): { [key in K]?: V } | {} {
  return Object.values(values).some(value => value !== undefined)
    ? { [name]: JSON.parse(JSON.stringify(values)) }
    : {};
}
