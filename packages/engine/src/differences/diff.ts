import { Intent } from '../intent';
import { buildContext, pairOf } from '../rules/buildContext';
import { RULES } from '../rules/registry';
import { evaluate, failuresOf } from '../rules/verify';
import { classifyPair, toDifference } from './classify';
import { Difference } from './types';

/**
 * Everything in which two environments differ, whether they are neighbours or not.
 *
 * @throws {@link ManifestError} for manifests that cannot be read; RangeError for an environment that the intent does not
 * declare, or whose manifests were not given.
 * @public
 */
export function diff(options: {
  intent: Intent;
  manifests: Readonly<
    Record<string, readonly { readonly name: string; readonly text: string }[]>
  >;
  from: string;
  to: string;
  now: string;
}): Difference[] {
  const context = buildContext(options);
  const [from, to] = [options.from, options.to].map(name => {
    const index = context.environments.findIndex(entry => entry.name === name);
    if (index < 0) {
      const declared = options.intent.environments.some(
        entry => entry.name === name,
      );
      throw new RangeError(
        declared
          ? `There are no manifests of ${name}`
          : `'${name}' is not an environment of ${context.service}`,
      );
    }
    return index;
  });
  // Judged in promotion order, as it is the later environment that may have more.
  const pair = pairOf(
    context.environments[Math.min(from, to)],
    context.environments[Math.max(from, to)],
  );
  const differences = classifyPair(
    { ...context, pairs: [pair] },
    pair,
    failuresOf(evaluate(context, RULES)),
  ).map(toDifference);
  return from <= to
    ? differences
    : differences.map(difference => ({
        ...difference,
        from: difference.to,
        to: difference.from,
        before: difference.after,
        after: difference.before,
      }));
}
