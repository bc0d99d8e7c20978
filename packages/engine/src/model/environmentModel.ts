import { Intent, IntentEnvironment } from '../intent';
import { CanonicalNode } from './canonical';
import { canonicalise } from './canonicalise';
import { numberAt, objectAt, objectsAt, stringAt } from './json';
import { ManifestObject } from './parseManifests';
import { routeHostsOf } from './routeHosts';
import { shapeOfKind } from './shapes/kinds';
import { ShapeContext } from './shapes/shape';
import {
  EnvironmentTokens,
  NAMESPACE_PLACEHOLDER,
  PLACEHOLDER,
  tokensOf,
} from './tokens';
import { groupKind, isWorkload, podSpecOf, SCALED_OBJECT } from './workloads';

/** One object of an environment, as it is compared with the same object of another. */
export interface ModelObject {
  /** `apps/Deployment checkout`, the environment's tokens stripped from the name. */
  readonly subject: string;
  /** `apps/Deployment`; `Service` of the core group. */
  readonly kind: string;
  /** The name with the environment's tokens stripped. */
  readonly name: string;
  readonly source: ManifestObject;
  readonly node: CanonicalNode;
}

/** Everything that the manifests say of one environment. */
export interface EnvironmentModel {
  readonly environment: IntentEnvironment;
  readonly tokens: EnvironmentTokens;
  readonly objects: ReadonlyMap<string, ModelObject>;
  /** The same by `group/Kind`. */
  readonly byKind: ReadonlyMap<string, readonly ModelObject[]>;
  /** Objects that are given again, with another content. The one that was given first is in `objects`. */
  readonly conflicting: readonly ModelObject[];
}

/** What kustomize puts behind the names of generated ConfigMaps and Secrets: ten characters of its own alphabet. */
export const GENERATED_SUFFIX = /-[2456789bcdfghkmt]{10}$/;

/**
 * Models of all environments at once: whether a word in a name is the environment's or part of the name shows only beside
 * the others.
 */
export function buildModels(
  intent: Intent,
  manifests: ReadonlyMap<string, readonly ManifestObject[]>,
): Map<string, EnvironmentModel> {
  const given = intent.environments.flatMap(environment => {
    const objects = manifests.get(environment.name);
    return objects
      ? [
          {
            environment,
            objects,
            tokens: tokensOf(intent, environment, routeHostsOf(objects)),
          },
        ]
      : [];
  });
  const namesElsewhere = countNames(
    given.map(({ objects }) => objects.map(writtenKey)),
  );
  const sharedNames = countNames(
    given.map(({ objects, tokens }) =>
      objects.flatMap(object =>
        [
          tokens.stripName(baseName(object)),
          ...tokens.stripOnce(baseName(object)),
        ].map(name => `${kindOf(object)} ${name}`),
      ),
    ),
  );
  const generated = generatedNames(given);
  const ownNamespaces = new Set(
    given.flatMap(({ tokens }) => tokens.namespaces.map(tokens.stripName)),
  );
  const namespaceName =
    ownNamespaces.size === 1 ? [...ownNamespaces][0] : NAMESPACE_PLACEHOLDER;
  return new Map(
    given.map(({ environment, objects, tokens }) => [
      environment.name,
      buildModel({
        environment,
        objects,
        tokens,
        namesElsewhere,
        sharedNames,
        namespaceName,
        generated,
      }),
    ]),
  );
}

/** In how many environments a name is. */
function countNames(
  environments: readonly (readonly string[])[],
): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const names of environments) {
    for (const key of new Set(names)) {
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
  }
  return counts;
}

/** Canonical names of the ConfigMaps and Secrets whose names end in a hash, of all environments. */
function generatedNames(
  environments: readonly {
    objects: readonly ManifestObject[];
    tokens: EnvironmentTokens;
  }[],
): ReadonlySet<string> {
  return new Set(
    environments.flatMap(({ objects, tokens }) =>
      objects
        .filter(object => baseName(object) !== object.name)
        .map(object => tokens.stripName(baseName(object))),
    ),
  );
}

export function kindOf(object: ManifestObject): string {
  return groupKind(object.apiVersion, object.kind);
}

function baseName(object: ManifestObject): string {
  return object.group === '' &&
    (object.kind === 'ConfigMap' || object.kind === 'Secret')
    ? object.name.replace(GENERATED_SUFFIX, '')
    : object.name;
}

function writtenKey(object: ManifestObject): string {
  return `${kindOf(object)} ${baseName(object)}`;
}

function buildModel(options: {
  environment: IntentEnvironment;
  objects: readonly ManifestObject[];
  tokens: EnvironmentTokens;
  namesElsewhere: ReadonlyMap<string, number>;
  sharedNames: ReadonlyMap<string, number>;
  namespaceName: string;
  generated: ReadonlySet<string>;
}): EnvironmentModel {
  const { environment, objects, tokens } = options;
  const names = canonicalNames(options);
  const renamed = new Map<string, string>();
  objects.forEach((object, index) => {
    if (!renamed.has(object.name)) {
      renamed.set(object.name, names[index]);
    }
  });
  const present = new Set(renamed.values());
  const canonicalName = (name: string) => {
    const known = renamed.get(name);
    if (known !== undefined) {
      return known;
    }
    // What other environments have and this one lacks is missing once, not once more in each reference to it.
    const base = tokens.stripName(name.replace(GENERATED_SUFFIX, ''));
    return options.generated.has(base) && !present.has(base)
      ? base
      : tokens.stripName(name);
  };
  const autoscaled = autoscaledWorkloads(objects);
  const allPorts = unambiguous(objects.map(portsOf));
  const model = new Map<string, ModelObject>();
  const conflicting: ModelObject[] = [];
  objects.forEach((object, index) => {
    const kind = kindOf(object);
    const context: ShapeContext = {
      tokens,
      canonicalName,
      nameOfObject: word => renamed.get(word) ?? word,
      ports: isWorkload(kind) ? portsOf(object) : allPorts,
      subjectKind: kind,
      name: object.name,
      autoscaled,
    };
    const node = canonicalise({
      value: object.value,
      shape: shapeOfKind(kind),
      context,
      locate: object.locate,
      location: object.location,
    });
    if (!node) {
      return;
    }
    const name = names[index];
    const own =
      object.namespace === undefined ||
      tokens.namespaces.length === 0 ||
      tokens.namespaces.includes(object.namespace);
    // The same name in a namespace of somebody else is another object.
    const plainSubject = `${kind} ${name}`;
    const other = model.get(plainSubject);
    const subject =
      other && !own && other.source.namespace !== object.namespace
        ? `${plainSubject} (${tokens.stripName(`${object.namespace}`)})`
        : plainSubject;
    const entry = { subject, kind, name, source: object, node };
    const known = model.get(subject);
    if (!known) {
      model.set(subject, entry);
    } else if (!sameContent(known.node, node)) {
      conflicting.push(entry);
    }
  });
  const byKind = new Map<string, ModelObject[]>();
  for (const entry of model.values()) {
    const sameKind = byKind.get(entry.kind);
    if (sameKind) {
      sameKind.push(entry);
    } else {
      byKind.set(entry.kind, [entry]);
    }
  }
  return { environment, tokens, objects: model, byKind, conflicting };
}

function canonicalNames(options: {
  objects: readonly ManifestObject[];
  tokens: EnvironmentTokens;
  namesElsewhere: ReadonlyMap<string, number>;
  sharedNames: ReadonlyMap<string, number>;
  namespaceName: string;
}): string[] {
  const { objects, tokens, namesElsewhere, sharedNames, namespaceName } =
    options;
  // Where the word stands twice, one of them may be part of the name: what another environment has tells, of the same kind
  // or of another that is called the same here.
  const sharedName = (kind: string, base: string) =>
    [tokens.stripName(base), ...tokens.stripOnce(base)].find(
      candidate => (sharedNames.get(`${kind} ${candidate}`) ?? 0) > 1,
    );
  const byBase = new Map<string, string>();
  for (const object of objects) {
    const base = baseName(object);
    const name = sharedName(kindOf(object), base);
    if (name !== undefined && !byBase.has(base)) {
      byBase.set(base, name);
    }
  }
  const strip = (kind: string, base: string) =>
    sharedName(kind, base) ?? byBase.get(base) ?? tokens.stripName(base);
  const taken = new Map<string, Set<string>>();
  const names = objects.map(object => {
    const base = baseName(object);
    const isOwnNamespace =
      kindOf(object) === 'Namespace' && tokens.namespaces.includes(base);
    let name: string;
    if (isOwnNamespace) {
      name = namespaceName;
    } else if ((namesElsewhere.get(writtenKey(object)) ?? 0) > 1) {
      // Where another environment has the very same name, the word in it is not this environment's.
      name = base;
    } else {
      name = strip(kindOf(object), base);
    }
    const key = `${kindOf(object)} ${name}`;
    taken.set(key, (taken.get(key) ?? new Set()).add(base));
    return name;
  });
  // `checkout` and `checkout-dev` side by side are two objects: the second keeps the place of the word.
  return names.map((name, index) => {
    const object = objects[index];
    const base = baseName(object);
    const others = taken.get(`${kindOf(object)} ${name}`);
    return others && others.size > 1 && base !== name
      ? base.split(tokens.environment).join(PLACEHOLDER)
      : name;
  });
}

function autoscaledWorkloads(
  objects: readonly ManifestObject[],
): ReadonlySet<string> {
  return new Set(
    objects
      .filter(
        object =>
          object.kind === 'HorizontalPodAutoscaler' ||
          kindOf(object) === SCALED_OBJECT,
      )
      .map(object => {
        const target = objectAt(object.value, 'spec', 'scaleTargetRef');
        const kind = groupKind(
          stringAt(target, 'apiVersion') ?? 'apps/v1',
          // KEDA means a Deployment where nothing else is said.
          stringAt(target, 'kind') ?? 'Deployment',
        );
        return `${kind} ${stringAt(target, 'name')}`;
      }),
  );
}

function portsOf(object: ManifestObject): ReadonlyMap<string, number> {
  const ports = new Map<string, number>();
  const spec = podSpecOf(kindOf(object), object.value);
  for (const list of ['containers', 'initContainers']) {
    for (const container of objectsAt(spec, list)) {
      for (const port of objectsAt(container, 'ports')) {
        const name = stringAt(port, 'name');
        const number = numberAt(port, 'containerPort');
        if (name !== undefined && number !== undefined) {
          ports.set(name, number);
        }
      }
    }
  }
  return ports;
}

/** Names that mean one number wherever they stand. */
function unambiguous(
  maps: readonly ReadonlyMap<string, number>[],
): ReadonlyMap<string, number> {
  const all = new Map<string, number>();
  const ambiguous = new Set<string>();
  for (const ports of maps) {
    for (const [name, number] of ports) {
      if ((all.get(name) ?? number) !== number) {
        ambiguous.add(name);
      }
      all.set(name, number);
    }
  }
  ambiguous.forEach(name => all.delete(name));
  return all;
}

function sameContent(a: CanonicalNode, b: CanonicalNode): boolean {
  if (a.type === 'leaf' || b.type === 'leaf') {
    return a.type === 'leaf' && b.type === 'leaf' && a.text === b.text;
  }
  return (
    a.entries.size === b.entries.size &&
    [...a.entries].every(([key, entry]) => {
      const other = b.entries.get(key);
      return other !== undefined && sameContent(entry, other);
    })
  );
}
