import { CanonicalLeaf } from '../canonical';
import { JsonObject } from '../json';
import { EnvironmentTokens } from '../tokens';

/**
 * How a part of an object is read into canonical form.
 */
export type Shape = LeafShape | MapShape | ListShape | AnyShape;

/** Nothing is known: maps and lists by what they look like. */
export interface AnyShape {
  readonly type: 'any';
}

/** One value, whatever it is made of. */
export interface LeafShape {
  readonly type: 'leaf';
  /** Undefined is the same as absent. */
  readonly read: (
    value: unknown,
    context: ShapeContext,
  ) => Pick<CanonicalLeaf, 'text' | 'alias' | 'value'> | undefined;
}

export interface MapShape {
  readonly type: 'map';
  readonly fields: Readonly<Record<string, Shape>>;
  /** Of the fields that are not listed. */
  readonly rest: Shape;
  /** Fields that are the same as something else in other words are put into those words first. */
  readonly prepare?: (value: JsonObject) => JsonObject;
  /** What the API server fills in. */
  readonly defaults?: (value: JsonObject, context: ShapeContext) => JsonObject;
  /** Where the other side has no such map, its entries are judged one by one. */
  readonly split?: boolean;
  /** `{}` says something else than nothing at all. */
  readonly keepEmpty?: boolean;
}

export interface ListShape {
  readonly type: 'list';
  readonly item: Shape;
  readonly key: ListKey;
  readonly ordered?: boolean;
  /** Fields that tell the items apart where their order means nothing, and their place names them nevertheless. */
  readonly identity?: readonly string[];
}

/**
 * What tells the items of a list apart: a key, their content (or that of one field) where they have none, or their place
 * where the order is the meaning.
 */
export type ListKey =
  | ((item: JsonObject, context: ShapeContext) => string | undefined)
  | { readonly contentOf: string }
  | 'content'
  | 'index';

/** What reading an object needs to know of its environment. */
export interface ShapeContext {
  readonly tokens: EnvironmentTokens;
  /** The canonical form of the name of an object. */
  readonly canonicalName: (name: string) => string;
  /** The same for a word that may be no name: only what an object of the environment is called changes. */
  readonly nameOfObject: (word: string) => string;
  /** Numbers of named container ports. */
  readonly ports: ReadonlyMap<string, number>;
  /** `group/Kind` and name of the object. */
  readonly subjectKind: string;
  readonly name: string;
  /** Workloads, as `group/Kind name`, whose replicas an autoscaler sets. */
  readonly autoscaled: ReadonlySet<string>;
}
