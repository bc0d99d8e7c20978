import { z } from 'zod';
import { environmentName } from './names';

export const allow = z
  .looseObject({
    rule: z.string().optional().describe('Rule whose finding is allowed.'),
    subject: z.string().optional().describe('`apps/Deployment checkout`.'),
    pointer: z
      .string()
      .optional()
      .describe(
        'JSON pointer in the subject; a prefix covers what is below it.',
      ),
    environments: z
      .array(environmentName)
      .optional()
      .describe('Only between these; all when absent.'),
    reason: z
      .string()
      .min(10, 'must say why, in at least 10 characters')
      .describe('Why it is meant.'),
    expires: z
      .string()
      .refine(
        value => !Number.isNaN(Date.parse(value)),
        "must be an ISO date such as '2027-01-31'",
      )
      .optional()
      .describe('ISO date; afterwards the finding counts again.'),
  })
  .refine(
    entry =>
      entry.rule !== undefined ||
      entry.subject !== undefined ||
      entry.pointer !== undefined,
    { message: 'must select what it allows: by rule, subject or pointer' },
  );
