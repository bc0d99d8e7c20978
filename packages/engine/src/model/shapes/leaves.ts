import { canonicalJson, textOf } from '../canonical';
import { parseDuration } from '../duration';
import { formatImage, parseImage } from '../image';
import { parseQuantity } from '../quantity';
import { NAMESPACE_PLACEHOLDER, PLACEHOLDER } from '../tokens';
import { AnyShape, LeafShape } from './shape';

export const any: AnyShape = { type: 'any' };

/** A value that is compared as it is, whole. */
export const plain: LeafShape = {
  type: 'leaf',
  read: value => ({ text: canonicalJson(value), value }),
};

export const quantity: LeafShape = {
  type: 'leaf',
  read: value => {
    const billionths = parseQuantity(value);
    return {
      text: billionths === undefined ? canonicalJson(value) : `${billionths}n`,
      value,
    };
  },
};

export const duration: LeafShape = {
  type: 'leaf',
  read: value => {
    const milliseconds = parseDuration(value);
    return {
      text:
        milliseconds === undefined ? canonicalJson(value) : `${milliseconds}ms`,
      value,
    };
  },
};

export const image: LeafShape = {
  type: 'leaf',
  read: value => ({
    text:
      typeof value === 'string'
        ? formatImage(parseImage(value))
        : canonicalJson(value),
    value,
  }),
};

/** A port by number or name: the same where the names are, or the numbers behind them. */
export const port: LeafShape = {
  type: 'leaf',
  read: (value, { ports }) => {
    const number = typeof value === 'string' ? ports.get(value) : value;
    return {
      text: canonicalJson(value),
      value,
      ...(typeof number === 'number' ? { alias: `${number}` } : {}),
    };
  },
};

/** The name of another object. */
export const reference: LeafShape = {
  type: 'leaf',
  read: (value, { canonicalName }) =>
    typeof value === 'string'
      ? { text: canonicalName(value), alias: value, value }
      : { text: canonicalJson(value), value },
};

/** A namespace: the environment's own is the same everywhere. */
export const namespace: LeafShape = {
  type: 'leaf',
  read: (value, { tokens }) =>
    typeof value === 'string'
      ? {
          text: tokens.namespaces.includes(value)
            ? NAMESPACE_PLACEHOLDER
            : tokens.stripName(value),
          alias: value,
          value,
        }
      : { text: canonicalJson(value), value },
};

/** The value of a label or annotation: one that names its own environment or namespace is the same everywhere. */
export const label: LeafShape = {
  type: 'leaf',
  read: (value, { tokens, canonicalName }) => {
    if (typeof value !== 'string') {
      return {
        // A number or a boolean is the word that it is written as.
        text: canonicalJson(textOf(value)),
        value,
      };
    }
    if (value === tokens.environment) {
      return { text: PLACEHOLDER, alias: value, value };
    }
    if (tokens.namespaces.includes(value)) {
      return { text: NAMESPACE_PLACEHOLDER, alias: value, value };
    }
    return { text: canonicalName(value), alias: value, value };
  },
};

/** A list of scalars whose order means nothing. */
export const set: LeafShape = {
  type: 'leaf',
  read: value => {
    if (!Array.isArray(value)) {
      return { text: canonicalJson(value), value };
    }
    return value.length === 0
      ? undefined
      : {
          text: `[${[...new Set(value.map(canonicalJson))].sort().join()}]`,
          value,
        };
  },
};

/** A list of scalars whose order is its meaning, a command line for example. */
export const sequence: LeafShape = {
  type: 'leaf',
  read: value =>
    Array.isArray(value) && value.length === 0
      ? undefined
      : { text: canonicalJson(value), value },
};

/** A value that never leaves the engine; only whether two are the same is told. */
export const hidden: LeafShape = {
  type: 'leaf',
  read: value => ({ text: canonicalJson(value), value: '(not shown)' }),
};
