import { JsonObject, isObject } from '../../model/json';
import { readYaml } from '../../model/readYaml';
import { Applicability, RuleContext, Verdict, unknown } from '../rule';

/** A text of a repository, by its path. */
export interface RepositoryText {
  readonly name: string;
  readonly text: string;
}

/** Each file is read once, however many rules look at it. */
const read = new WeakMap<RepositoryText, readonly JsonObject[]>();

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
): { file: RepositoryText; value: JsonObject }[] {
  return (context.repository ?? [])
    .filter(({ name, text }) => pattern.test(name) && text.includes(word))
    .flatMap(file => mappingsOf(file).map(value => ({ file, value })));
}

function mappingsOf(file: RepositoryText): readonly JsonObject[] {
  const known = read.get(file);
  if (known) {
    return known;
  }
  let mappings: JsonObject[] = [];
  try {
    mappings = readYaml(file)
      .documents.map(({ value }) => value)
      .filter(isObject);
  } catch {
    // A file that is no YAML is for those to tell who render and apply it.
  }
  read.set(file, mappings);
  return mappings;
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
    environments?: readonly string[];
  } = {},
): Verdict {
  const environments =
    found.environments ?? context.intent.environments.map(({ name }) => name);
  const line =
    found.near === undefined
      ? 0
      : file.text
          .split('\n')
          .findIndex(text => text.includes(found.near ?? '')) + 1;
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
