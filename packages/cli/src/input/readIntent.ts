import path from 'path';
import { Intent, parseIntent } from '@envmatrix/engine';
import { InputProblem } from '../InputProblem';
import { readText } from './readText';

/** Reads the intent: the file that was named, else the one at the root of the deploy-config repository. */
export async function readIntent(options: {
  intent?: string;
  deployConfig?: string;
}): Promise<{ intent: Intent; text: string }> {
  const file =
    options.intent ??
    (options.deployConfig &&
      path.join(options.deployConfig, 'environments.yaml'));
  if (file === undefined) {
    throw new InputProblem("required option '--intent <file>' not specified");
  }
  const text = await readText(file);
  const result = parseIntent(text);
  if (result.ok) {
    return { intent: result.intent, text };
  }
  const [{ field, line, message }, ...more] = result.problems;
  throw new InputProblem(
    [
      `${file}${line === undefined ? '' : `:${line}`}:`,
      field,
      message,
      more.length > 0 ? `(and ${more.length} more)` : '',
    ]
      .filter(Boolean)
      .join(' '),
  );
}
