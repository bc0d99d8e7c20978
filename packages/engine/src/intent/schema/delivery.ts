import { z } from 'zod';
import { parseDuration } from '../../model/duration';
import { windowProblem } from '../../promotion/gates/timeWindow';
import { environmentName } from './names';

const window = z
  .looseObject({
    cron: z.string().describe('Cron expression of its beginning.'),
    duration: z.string().describe('How long it lasts: `64h`.'),
    timeZone: z.string().optional().describe('IANA name; UTC when absent.'),
    reason: z.string().optional().describe('What people are told.'),
  })
  .superRefine((value, context) => {
    const message = windowProblem(value);
    if (message) {
      context.addIssue({ code: 'custom', message });
    }
  });

export const gate = z.union(
  [
    z.object({
      health: z
        .literal(true)
        .describe('The release is healthy in the environment before.'),
    }),
    z.object({
      soak: z
        .string()
        .refine(
          value => parseDuration(value),
          "must be a duration such as '1h' or '24h'",
        )
        .describe(
          'How long the release has been healthy, without a break, in the environment before: `1h`, `24h`.',
        ),
    }),
    z.object({
      approval: z
        .looseObject({
          by: z
            .array(z.string())
            .min(1)
            .describe(
              'Entity references of the groups or users that may approve.',
            ),
        })
        .describe('Somebody agrees.'),
    }),
    z.object({
      freeze: z
        .looseObject({
          deny: z
            .array(window)
            .optional()
            .describe('When no promotion may begin.'),
          allow: z
            .array(window)
            .optional()
            .describe('When promotions may begin, and at no other time.'),
        })
        .describe('Times in which nothing moves.'),
    }),
    z.object({
      parity: z.unknown().describe('No violation in the environment before.'),
    }),
    z.object({
      syncWindow: z.unknown().describe("Argo CD's own sync windows."),
    }),
  ],
  'must be one of health, soak, approval, freeze, parity and syncWindow',
);

export const delivery = z.looseObject({
  sync: z
    .enum(['automatic', 'manual'])
    .describe('Whether Argo CD syncs by itself.'),
  from: environmentName
    .optional()
    .describe('The environment that this one is promoted from.'),
  way: z
    .enum(['commit', 'pull-request', 'workflow'])
    .optional()
    .describe('How a promotion changes git.'),
  trigger: z
    .enum(['manual', 'automatic'])
    .optional()
    .describe(
      'Who starts a promotion: a person, or the release becoming healthy before.',
    ),
  gates: z
    .array(gate)
    .optional()
    .describe('What must hold before a promotion into this environment.'),
});
