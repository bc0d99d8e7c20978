import { parse } from 'yaml';
import { JsonObject, isObject } from '../../model/json';
import { Applicability, RuleContext, Verdict, unknown } from '../rule';

/** A text of a repository, by its path. */
export interface RepositoryText {
  readonly name: string;
  readonly text: string;
}

/** Bounds what a document may expand to through aliases. */
const MAX_ALIAS_COUNT = 100;

export function needsRepository(context: RuleContext): Applicability {
  return context.repository
    ? { applies: true }
    : unknown(
        'The files of the deploy-config repository were not given: pass --deploy-config DIR',
        'repository',
      );
}

/** Files whose paths match, as YAML; those that are no mapping are left out. */
export function yamlFiles(
  context: RuleContext,
  pattern: RegExp,
): { file: RepositoryText; value: JsonObject }[] {
  return (context.repository ?? [])
    .filter(({ name }) => pattern.test(name))
    .flatMap(file => {
      let value: unknown;
      try {
        value = parse(file.text, { maxAliasCount: MAX_ALIAS_COUNT });
      } catch {
        return [];
      }
      return isObject(value) ? [{ file, value }] : [];
    });
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
