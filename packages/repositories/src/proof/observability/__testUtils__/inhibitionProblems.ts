import { parse } from 'yaml';
import { z } from 'zod';

const schema = z.looseObject({
  inhibit_rules: z
    .array(
      z.looseObject({
        source_matchers: z.array(z.string()),
        target_matchers: z.array(z.string()),
        equal: z.array(z.string()).default([]),
      }),
    )
    .default([]),
});

/**
 * Rules of Alertmanager that silence more than they mean to. Labels that are missing on both sides count as equal, so that a critical alert
 * of something else silences every warning that bears none of them either.
 */
export function inhibitionProblems(configuration: string): string[] {
  return schema
    .parse(parse(configuration))
    .inhibit_rules.flatMap(({ source_matchers, target_matchers, equal }) =>
      [source_matchers, target_matchers].every(matchers =>
        equal.some(label => matchers.some(one => isDemanded(one, label))),
      )
        ? []
        : [
            `${source_matchers.join()} of no ${equal[0]} silences ${
              target_matchers[0]
            }`,
          ],
    );
}

function isDemanded(matcher: string, label: string): boolean {
  return (
    matcher === `${label}!=""` ||
    new RegExp(`^${label}=(~"\\.\\+"|"[^"]+")$`).test(matcher)
  );
}
