import { JsonObject } from '../model/json';
import {
  bounded,
  evaluate,
  isKnown,
  Scope,
  UNKNOWN,
  valueOfExpression,
} from './expression/evaluate';
import { Meter } from './expression/meter';
import { constant, ofType } from './expression/typeConstraint';
import type { Expression } from './expression/parse';
import {
  pathInside,
  relativePath,
  WrittenBlock,
  writtenBlocks,
} from './configuration';
import { Reading, targetOf } from './modules';
import {
  TerraformBlock,
  TerraformFile,
  TerraformSetting,
  UnreadModule,
} from './types';

/** Locals that name locals are followed this far. */
const MAX_CHAIN = 100;

/** What a module says, with the values that its variables have. */
export interface ReadModule {
  readonly settings: ReadonlyMap<string, TerraformSetting>;
  readonly blocks: readonly TerraformBlock[];
  readonly unmade: readonly TerraformBlock[];
  readonly unread: readonly UnreadModule[];
  readonly evaluate: (written: unknown) => unknown;
  readonly decide: (expression: Expression) => unknown;
}

/** Blocks by type; the same files are asked for by many roots. */
const written = new WeakMap<
  readonly TerraformFile[],
  Map<string, WrittenBlock[]>
>();

function blocksOf(
  files: readonly TerraformFile[],
  type: string,
): readonly WrittenBlock[] {
  const known = written.get(files) ?? new Map<string, WrittenBlock[]>();
  written.set(files, known);
  const found = known.get(type) ?? writtenBlocks(files, type);
  known.set(type, found);
  return found;
}

/**
 * Reads a root, or a module that it uses.
 *
 * @param options.filesIn - the configuration of another folder of the repository.
 */
export function readModule(options: {
  folder: string;
  files: readonly TerraformFile[];
  variables: JsonObject;
  /** Where variables were given, by their names. */
  given: ReadonlyMap<string, TerraformFile>;
  workspace?: string;
  filesIn: (folder: string) => readonly TerraformFile[];
  prefix?: string;
  /** What a module is read with that is not a root. */
  within?: {
    readonly reading: Reading;
    readonly meter: Meter;
    /** Whether the module is called at all is not known. */
    readonly isOpen: boolean;
  };
}): ReadModule {
  const {
    folder,
    files,
    variables,
    given,
    workspace = UNKNOWN,
    prefix = '',
    within = {
      reading: {
        root: folder,
        path: [folder],
        counter: { reads: 0 },
        filesIn: options.filesIn,
      },
      meter: new Meter(),
      isOpen: false,
    },
  } = options;
  const { reading, meter, isOpen } = within;
  const defaults = new Map(
    blocksOf(files, 'variable').map(block => [block.labels[0], block]),
  );
  const locals = new Map(
    blocksOf(files, 'locals').flatMap(block =>
      Object.entries(block.body).map(([name, value]) => {
        const { file, index } =
          block.overrides.findLast(({ body }) => Object.hasOwn(body, name)) ??
          block;
        return [name, { value, file, index }];
      }),
    ),
  );
  const known = new Map<string, unknown>();
  let chain = 0;
  const variableValues = new Map<string, unknown>();
  const scope: Scope = {
    meter,
    absolute: path => absolutePath(pathInside(reading.root, path)),
    lookUp(namespace, name) {
      switch (namespace) {
        case 'var':
          return variableOf(name);
        case 'local':
          return localOf(name);
        case 'terraform':
          return name === 'workspace' ? workspace : UNKNOWN;
        case 'path':
          return pathOf(name);
        default:
          return UNKNOWN;
      }
    },
  };
  function pathOf(name: string): unknown {
    switch (name) {
      case 'module':
        return relativePath(reading.root, folder);
      case 'root':
        return '.';
      case 'cwd':
        return absolutePath(reading.root);
      default:
        return UNKNOWN;
    }
  }
  function variableOf(name: string): unknown {
    if (!variableValues.has(name)) {
      variableValues.set(name, givenTo(name));
    }
    return variableValues.get(name);
  }
  function givenTo(name: string): unknown {
    const { type, nullable, ...body } = defaults.get(name)?.body ?? {};
    const value = Object.hasOwn(variables, name)
      ? bounded(variables[name])
      : undefined;
    // Without a value, and with none where none is allowed, the default counts.
    if (value === undefined || (value === null && nullable === false)) {
      return body.default === undefined
        ? UNKNOWN
        : ofType(constant(body.default), type);
    }
    // What a call gives has its value by now.
    return ofType(given.has(name) ? constant(value) : value, type);
  }
  function localOf(name: string): unknown {
    if (!known.has(name)) {
      // What names itself has no value.
      known.set(name, UNKNOWN);
      chain += 1;
      const local = locals.get(name);
      known.set(
        name,
        local && chain < MAX_CHAIN ? evaluate(local.value, scope) : UNKNOWN,
      );
      chain -= 1;
    }
    return known.get(name);
  }

  const settings = new Map<string, TerraformSetting>();
  for (const [name, { file, index }] of locals) {
    settings.set(name, {
      name,
      value: localOf(name),
      file,
      block: { type: 'locals', index },
    });
  }
  for (const [name, { file, index }] of defaults) {
    settings.set(name, {
      name,
      value: scope.lookUp('var', name),
      file,
      block: { type: 'variable', index },
    });
  }
  for (const [name, file] of given) {
    settings.set(name, { name, value: variableOf(name), file });
  }

  const every = ['provider', 'resource', 'data', 'module'].flatMap(type =>
    blocksOf(files, type).map((block): TerraformBlock => {
      const values = Object.fromEntries(
        Object.entries(block.body).map(([name, value]) => [
          name,
          evaluate(value, scope),
        ]),
      );
      return {
        ...block,
        type,
        address: `${prefix}${
          type === 'module' || type === 'data' ? `${type}.` : ''
        }${block.labels.join('.')}`,
        values:
          isOpen || values.for_each === UNKNOWN
            ? { ...values, count: UNKNOWN }
            : values,
      };
    }),
  );
  const own = every.filter(({ values }) => isMade(values));
  const inner: ReadModule[] = [];
  const unread: UnreadModule[] = [];
  for (const block of own.filter(({ type }) => type === 'module')) {
    const target = targetOf(block, reading);
    if (target && 'reason' in target) {
      unread.push(target);
    } else if (target) {
      inner.push(
        readModule({
          ...target,
          variables: block.values,
          given: new Map(),
          ...(typeof workspace === 'string' ? { workspace } : {}),
          filesIn: reading.filesIn,
          prefix: `${block.address}.`,
          within: {
            reading: { ...reading, path: [...reading.path, target.folder] },
            meter,
            isOpen: block.values.count === UNKNOWN,
          },
        }),
      );
    }
  }
  return {
    settings,
    blocks: [
      ...own,
      ...inner
        .flatMap(({ blocks }) => blocks)
        .filter(({ type }) => type !== 'provider'),
    ],
    unmade: [
      ...every.filter(block => !own.includes(block)),
      ...inner.flatMap(({ unmade }) => unmade),
    ],
    unread: [...unread, ...inner.flatMap(module => module.unread)],
    evaluate: value => evaluate(value, scope),
    decide: expression => valueOfExpression(expression, scope),
  };
}

/** A folder as if the repository were at the top; its own name there is not known. */
function absolutePath(folder: string | undefined): unknown {
  return folder === undefined || folder === '' ? UNKNOWN : `/${folder}`;
}

/** Whether a block is there at all: not where it is repeated no times. */
function isMade(values: JsonObject): boolean {
  const each = values.for_each;
  return !(
    values.count === 0 ||
    values.count === '0' ||
    (each !== undefined &&
      each !== UNKNOWN &&
      isKnown(each) &&
      typeof each === 'object' &&
      each !== null &&
      Object.keys(each).length === 0)
  );
}
