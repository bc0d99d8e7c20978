import { JsonObject, isObject } from '../../model/json';
import { LineLookup, readYaml } from '../../model/readYaml';
import { Applicability, RuleContext, Verdict, unknown } from '../rule';

/** A text of a repository, by its path. */
export interface RepositoryText {
  readonly name: string;
  readonly text: string;
}

/** A document of a file, with the lines of what is in it. */
export interface RepositoryDocument {
  readonly file: RepositoryText;
  readonly value: JsonObject;
  readonly lineOf: LineLookup;
}

/** What a file holds, or why it cannot be read. */
interface Read {
  readonly mappings: readonly JsonObject[];
  readonly lineOf: LineLookup;
  readonly problem?: string;
}

/** Each file is read once, however many rules look at it. */
const read = new WeakMap<RepositoryText, Read>();

export function needsRepository(context: RuleContext): Applicability {
  return context.repository
    ? { applies: true }
    : unknown(
        'The files of the deploy-config repository were not given: pass --deploy-config DIR',
        'repository',
      );
}

/** Documents of files whose paths match, and in whose text a word stands; those that are no mapping are left out. */
export function yamlFiles(
  context: RuleContext,
  pattern: RegExp,
  word = '',
): RepositoryDocument[] {
  return (context.repository ?? [])
    .filter(({ name, text }) => pattern.test(name) && text.includes(word))
    .flatMap(file => {
      const { mappings, lineOf } = readFile(file);
      return mappings.map(value => ({ file, value, lineOf }));
    });
}

/** Files whose paths match, and that are no YAML; each with what is wrong with it. */
export function unreadFiles(
  context: RuleContext,
  pattern: RegExp,
): { file: RepositoryText; problem: string }[] {
  return (context.repository ?? [])
    .filter(({ name }) => pattern.test(name))
    .flatMap(file => {
      const { problem } = readFile(file);
      return problem === undefined ? [] : [{ file, problem }];
    });
}

function readFile(file: RepositoryText): Read {
  const known = read.get(file);
  if (known) {
    return known;
  }
  let found: Read;
  try {
    const { documents, lineOf } = readYaml(file);
    found = {
      mappings: documents.map(({ value }) => value).filter(isObject),
      lineOf,
    };
  } catch (error) {
    // A file that is no YAML is for those to tell who render and apply it, and for the rules that ask.
    found = {
      mappings: [],
      lineOf: () => undefined,
      problem: error instanceof Error ? error.message : String(error),
    };
  }
  read.set(file, found);
  return found;
}

/** A verdict on a file of the repository, which belongs to all environments. */
export function onFile(
  context: RuleContext,
  file: RepositoryText,
  found: {
    outcome?: Verdict['outcome'];
    reason?: string;
    remedy?: string;
    /** Text that the line is looked up by. */
    near?: string;
    /** Where it is known. */
    line?: number;
    environments?: readonly string[];
  } = {},
): Verdict {
  const environments =
    found.environments ?? context.intent.environments.map(({ name }) => name);
  const line =
    found.line ??
    (found.near === undefined
      ? 0
      : file.text
          .split('\n')
          .findIndex(text => text.includes(found.near ?? '')) + 1);
  return {
    outcome: found.outcome ?? (found.reason ? 'fail' : 'pass'),
    environments,
    subject: file.name,
    values: {},
    locations: Object.fromEntries(
      environments.map(name => [
        name,
        line > 0 ? `${file.name}:${line}` : file.name,
      ]),
    ),
    ...(found.reason === undefined ? {} : { reason: found.reason }),
    ...(found.remedy === undefined ? {} : { remedy: found.remedy }),
  };
}
