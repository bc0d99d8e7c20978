import { KubernetesObject } from '../../observations';
import { EnvironmentState } from '../environmentState';
import { map } from '../known';
import { Reading, RowDefinition } from './RowDefinition';
import { field, isRecord, joined, listOf } from './values';

/** Under which hosts a service is reached from outside; no row where no environment is. */
export function hostRows(states: readonly EnvironmentState[]): RowDefinition[] {
  const row = (
    group: string,
    kind: string,
    hosts: (spec: Record<string, unknown>) => readonly unknown[],
    troubleOf: (object: KubernetesObject) => string | undefined,
  ): RowDefinition[] =>
    states.some(state => (state.objects(kind).value ?? []).length > 0)
      ? [
          {
            id: `platform.hosts.${kind}`,
            group: 'platform',
            title: 'Hosts',
            comparison: {
              kind: 'declared',
              subject: `${group}/${kind}`,
              pointers: [''],
            },
            read: state => hostReading(state, kind, hosts, troubleOf),
          },
        ]
      : [];
  return [
    ...row(
      'gateway.networking.k8s.io',
      'HTTPRoute',
      ({ hostnames }) => listOf(hostnames),
      routeTrouble,
    ),
    ...row(
      'networking.k8s.io',
      'Ingress',
      ({ rules }) => listOf(rules).flatMap(rule => field(rule, 'host') ?? []),
      () => undefined,
    ),
  ];
}

function hostReading(
  state: EnvironmentState,
  kind: string,
  hosts: (spec: Record<string, unknown>) => readonly unknown[],
  troubleOf: (object: KubernetesObject) => string | undefined,
): Reading {
  const objects = state.objects(kind);
  const trouble = (objects.value ?? []).flatMap(
    object => troubleOf(object) ?? [],
  )[0];
  return {
    known: map(
      objects,
      found =>
        joined(
          [
            ...new Set(
              found.flatMap(({ spec }) => (isRecord(spec) ? hosts(spec) : [])),
            ),
          ].sort(),
          ', ',
        ),
      'Any host',
    ),
    ...(trouble !== undefined && { state: 'degraded', detail: trouble }),
  };
}

/** What a gateway has against a route. */
function routeTrouble({ status }: KubernetesObject): string | undefined {
  const refused = listOf(isRecord(status) ? status.parents : undefined)
    .flatMap(parent => listOf(isRecord(parent) ? parent.conditions : undefined))
    .find(
      condition =>
        ['Accepted', 'ResolvedRefs'].includes(field(condition, 'type') ?? '') &&
        field(condition, 'status') === 'False',
    );
  return refused === undefined
    ? undefined
    : field(refused, 'message') ?? field(refused, 'reason');
}
