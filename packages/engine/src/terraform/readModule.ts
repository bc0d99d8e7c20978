import { JsonObject, isObject } from '../model/json';
import {
  evaluate,
  isKnown,
  Scope,
  UNKNOWN,
  valueOfExpression,
} from './expression/evaluate';
import type { Expression } from './expression/parse';
import { resolvedPath, WrittenBlock, writtenBlocks } from './configuration';
import { TerraformBlock, TerraformFile, TerraformSetting } from './types';

/** Modules inside of modules are looked into this far. */
const MAX_DEPTH = 5;
/** Locals that name locals are followed this far. */
const MAX_CHAIN = 100;

/** What a module says, with the values that its variables have. */
export interface ReadModule {
  readonly settings: ReadonlyMap<string, TerraformSetting>;
  readonly blocks: readonly TerraformBlock[];
  readonly unmade: readonly TerraformBlock[];
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
  depth?: number;
}): ReadModule {
  const {
    folder,
    files,
    variables,
    given,
    workspace = UNKNOWN,
    filesIn,
    prefix = '',
    depth = 0,
  } = options;
  const defaults = new Map(
    blocksOf(files, 'variable').map(block => [block.labels[0], block]),
  );
  const locals = new Map(
    blocksOf(files, 'locals').flatMap(({ body, file, index }) =>
      Object.entries(body).map(([name, value]) => [
        name,
        { value, file, index },
      ]),
    ),
  );
  const known = new Map<string, unknown>();
  let chain = 0;
  const scope: Scope = {
    lookUp(namespace, name) {
      switch (namespace) {
        case 'var':
          if (Object.hasOwn(variables, name)) {
            return variables[name];
          }
          return defaults.get(name)?.body.default === undefined
            ? UNKNOWN
            : defaults.get(name)?.body.default;
        case 'local':
          return localOf(name);
        case 'terraform':
          return name === 'workspace' ? workspace : UNKNOWN;
        case 'path':
          return `/${folder}`;
        default:
          return UNKNOWN;
      }
    },
  };
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
    settings.set(name, { name, value: variables[name], file });
  }

  const every = ['provider', 'resource', 'data', 'module'].flatMap(type =>
    blocksOf(files, type).map((block): TerraformBlock => {
      const values = evaluate(block.body, scope);
      return {
        ...block,
        type,
        address: `${prefix}${
          type === 'module' || type === 'data' ? `${type}.` : ''
        }${block.labels.join('.')}`,
        values: isObject(values) ? values : {},
      };
    }),
  );
  const own = every.filter(({ values }) => isMade(values));
  const inner = own
    .filter(({ type }) => type === 'module')
    .map(({ address, values }) => {
      const { source } = values;
      if (
        typeof source !== 'string' ||
        !/^\.\.?\//.test(source) ||
        depth >= MAX_DEPTH
      ) {
        return undefined;
      }
      const target = resolvedPath(folder, source);
      return readModule({
        folder: target,
        files: filesIn(target),
        variables: values,
        given: new Map(),
        ...(typeof workspace === 'string' ? { workspace } : {}),
        filesIn,
        prefix: `${address}.`,
        depth: depth + 1,
      });
    })
    .filter(found => found !== undefined);
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
    evaluate: value => evaluate(value, scope),
    decide: expression => valueOfExpression(expression, scope),
  };
}

/** Whether a block is there at all: not where it is repeated no times. */
function isMade(values: JsonObject): boolean {
  const each = values.for_each;
  return !(
    values.count === 0 ||
    (each !== undefined &&
      each !== UNKNOWN &&
      isKnown(each) &&
      typeof each === 'object' &&
      each !== null &&
      Object.keys(each).length === 0)
  );
}
