import fc from 'fast-check';
import { CanonicalNode } from '../model/canonical';
import { buildModels, EnvironmentModel } from '../model/environmentModel';
import { isObject, toPointer } from '../model/json';
import { parseManifests } from '../model/parseManifests';
import { intentOf, NOW } from '../testing';
import { verify } from '../rules/verify';
import { compareModels, compareNodes } from './changes';

const name = fc.constantFrom('a', 'b', 'c', 'dev', 'x-dev', 'prod-x');
const text = fc.constantFrom('x', 'y', 'dev', 'checkout-staging', '1');
const amount = fc.constantFrom('1', '500m', '0.5', '1Gi', '1024Mi');
const number = fc.integer({ min: 1, max: 4 });

function named<T>(item: fc.Arbitrary<T>, maxLength = 3) {
  return fc
    .uniqueArray(fc.tuple(name, item), { maxLength, selector: ([key]) => key })
    .map(entries => entries.map(([key, value]) => ({ name: key, ...value })));
}

const maybe = <T>(value: fc.Arbitrary<T>) =>
  fc.option(value, { nil: undefined });

const probe = fc.record({
  httpGet: fc.record({ path: text, port: fc.constantFrom('http', 8080) }),
  periodSeconds: maybe(number),
});

const container = fc.record({
  image: fc.constantFrom('shop:1.0.0', 'shop:1.1.0', 'ghcr.io/acme/checkout:1'),
  args: maybe(fc.array(text, { maxLength: 3 })),
  env: maybe(named(fc.record({ value: text }))),
  ports: maybe(
    fc.uniqueArray(
      fc.record({ containerPort: fc.constantFrom(8080, 9090), name: text }),
      { maxLength: 2, selector: ({ containerPort }) => containerPort },
    ),
  ),
  readinessProbe: maybe(probe),
  resources: maybe(
    fc.record({
      limits: maybe(fc.dictionary(fc.constantFrom('cpu', 'memory'), amount)),
    }),
  ),
});

const deployment = fc.record({
  apiVersion: fc.constant('apps/v1'),
  kind: fc.constant('Deployment'),
  metadata: fc.record({
    name,
    labels: maybe(fc.dictionary(fc.constantFrom('environment', 'team'), text)),
  }),
  spec: fc.record({
    replicas: maybe(number),
    template: fc.record({
      spec: fc.record({
        containers: named(container),
        initContainers: maybe(named(container, 2)),
        volumes: maybe(named(fc.constant({ emptyDir: {} }))),
      }),
    }),
  }),
});

const other = fc.record({
  apiVersion: fc.constantFrom('v1', 'example.com/v1'),
  kind: fc.constantFrom('ConfigMap', 'Thing', 'Service', 'Secret'),
  metadata: fc.record({ name }),
  data: maybe(fc.dictionary(fc.constantFrom('k', 'l'), text)),
  spec: maybe(
    fc.dictionary(
      fc.constantFrom('field', 'items', 'name'),
      fc.jsonValue({ maxDepth: 2 }),
    ),
  ),
});

const objects = fc.uniqueArray(fc.oneof(deployment, other), {
  maxLength: 5,
  selector: ({ kind, apiVersion, metadata }) =>
    `${apiVersion} ${kind} ${metadata.name}`,
});

const toText = (values: readonly unknown[]) =>
  values.map(value => JSON.stringify(value)).join('\n---\n');

function modelsOf(dev: string, staging: string): EnvironmentModel[] {
  const manifests = new Map(
    Object.entries({ dev, staging }).map(([key, value]) => [
      key,
      parseManifests([{ name: key, text: value }]),
    ]),
  );
  return [...buildModels(intentOf(), manifests).values()];
}

/** Turns every list around whose order means nothing, and the keys of every mapping. */
function turned(value: unknown, key = ''): unknown {
  if (Array.isArray(value)) {
    const items = value.map(item => turned(item));
    return ['containers', 'env', 'ports', 'volumes'].includes(key)
      ? items.reverse()
      : items;
  }
  return isObject(value)
    ? Object.fromEntries(
        Object.entries(value)
          .reverse()
          .map(([field, entry]) => [field, turned(entry, field)]),
      )
    : value;
}

/** What a node says in canonical form: a map of texts by pointer, empty maps included. */
function flat(node: CanonicalNode | undefined): Map<string, string> {
  const result = new Map<string, string>();
  const walk = (current: CanonicalNode, path: readonly string[]) => {
    if (current.type === 'leaf') {
      result.set(toPointer(path), current.alias ?? current.text);
      return;
    }
    result.set(toPointer(path), '{}');
    current.entries.forEach((entry, field) => walk(entry, [...path, field]));
  };
  if (node) {
    walk(node, []);
  }
  return result;
}

/** Takes out what a change takes away, and puts in what it brings. */
function applied(
  before: CanonicalNode | undefined,
  after: CanonicalNode | undefined,
): Map<string, string> {
  const result = flat(before);
  for (const change of compareNodes(before, after)) {
    const at = toPointer(change.path);
    const isOrder =
      change.before?.type === 'leaf' && Array.isArray(change.before.value);
    if (isOrder && result.get(at) === '{}') {
      continue;
    }
    for (const pointer of [...result.keys()]) {
      if (pointer === at || pointer.startsWith(`${at}/`)) {
        result.delete(pointer);
      }
    }
    flat(change.after).forEach((value, pointer) =>
      result.set(`${at}${pointer}`, value),
    );
  }
  return result;
}

/** Maps that hold nothing but what a change took away are gone with it. */
function leavesOf(values: Map<string, string>): string[] {
  return [...values]
    .filter(([, value]) => value !== '{}')
    .map(([pointer, value]) => `${pointer} ${value}`)
    .sort();
}

describe('normalisation', () => {
  it('does not mind the order of lists and keys', () => {
    fc.assert(
      fc.property(objects, values => {
        const [a] = modelsOf(toText(values), '');
        const [b] = modelsOf(
          toText([...values].reverse().map(value => turned(value))),
          '',
        );
        expect(compareModels(a, b)).toEqual([]);
      }),
    );
  });

  it('finds nothing between a thing and itself', () => {
    fc.assert(
      fc.property(objects, values => {
        const [dev, staging] = modelsOf(toText(values), toText(values));
        expect(compareModels(dev, staging)).toEqual([]);
        const result = verify({
          intent: intentOf(),
          manifests: { prod: [{ name: 'prod', text: toText(values) }] },
          now: NOW,
        });
        expect(result.differences).toEqual([]);
      }),
    );
  });
});

describe('differences', () => {
  it('are complete: applied to one side they make the other', () => {
    fc.assert(
      fc.property(objects, objects, (left, right) => {
        const [dev, staging] = modelsOf(toText(left), toText(right));
        const made = (pick: (subject: string) => string[]) =>
          [...dev.objects.keys()]
            .filter(subject => staging.objects.has(subject))
            .map(pick);
        const after = (subject: string) => staging.objects.get(subject)?.node;
        expect(
          made(subject =>
            leavesOf(applied(dev.objects.get(subject)?.node, after(subject))),
          ),
        ).toEqual(made(subject => leavesOf(flat(after(subject)))));
      }),
    );
  });

  it('all have a class and a reason', () => {
    fc.assert(
      fc.property(objects, objects, objects, (dev, staging, prod) => {
        const { differences, findings } = verify({
          intent: intentOf(),
          manifests: {
            dev: [{ name: 'dev', text: toText(dev) }],
            staging: [{ name: 'staging', text: toText(staging) }],
            prod: [{ name: 'prod', text: toText(prod) }],
          },
          now: NOW,
        });
        for (const { class: judged, rule, reason } of differences) {
          expect(['expected', 'lag', 'violation', 'unclassified']).toContain(
            judged,
          );
          expect(rule).toBeTruthy();
          expect(reason).toBeTruthy();
        }
        for (const violation of differences.filter(
          difference => difference.class === 'violation',
        )) {
          expect(
            findings.some(
              ({ rule, outcome }) =>
                rule === violation.rule && outcome === 'fail',
            ),
          ).toBe(true);
        }
      }),
    );
  });
});
