import { parse } from '@cdktf/hcl2json';
import { z } from 'zod';

const texts = z
  .union([z.string(), z.array(z.string())])
  .transform(one => [...(typeof one === 'string' ? [one] : one)]);

const statement = z.looseObject({
  effect: z.string().optional(),
  actions: texts.optional(),
  condition: z
    .array(
      z.looseObject({ test: z.string(), variable: z.string(), values: texts }),
    )
    .default([]),
});

const bootstrap = z.looseObject({
  data: z.looseObject({
    aws_iam_policy_document: z.record(
      z.string(),
      z.array(z.looseObject({ statement: z.array(statement) })),
    ),
  }),
  resource: z
    .looseObject({
      aws_iam_role_policy_attachment: z
        .record(z.string(), z.array(z.looseObject({ policy_arn: z.string() })))
        .default({}),
    })
    .optional(),
});

/** What holds data of the account, rather than what the account consists of. */
const DATA =
  /^(\*|s3:|ssm:|secretsmanager:(?!Describe)|dynamodb:|sqs:|kinesis:|logs:(Get|Filter|Start|\*)|kms:(Decrypt|\*)|[a-z0-9-]+:\*)/;

/** Rights with which a role could be given any right. */
const GIVES_RIGHTS =
  /^iam:(CreateRole|AttachRolePolicy|PutRolePolicy|PutRolePermissionsBoundary|Create\*|Put\*|Attach\*|\*)$/;

/** What is wrong with the roles that a pipeline takes, and with who may take them. */
export async function identityProblems(
  files: ReadonlyMap<string, string>,
): Promise<string[]> {
  const problems: string[] = [];
  const read = async (file: string) =>
    bootstrap.parse(await parse(file, files.get(file) ?? ''));
  const roles = await read('bootstrap/roles.tf');
  const trust = await read('bootstrap/trust.tf');
  const statementsOf = (
    { data }: z.infer<typeof bootstrap>,
    document: string,
  ) =>
    (data.aws_iam_policy_document[document] ?? []).flatMap(
      entry => entry.statement,
    );

  for (const { actions = [] } of statementsOf(roles, 'read')) {
    problems.push(
      ...actions
        .filter(action => DATA.test(action))
        .map(action => `a plan may ${action}`),
    );
  }
  const attachments = roles.resource?.aws_iam_role_policy_attachment ?? {};
  problems.push(
    ...(attachments.plan ?? []).map(
      ({ policy_arn }) => `a plan has ${policy_arn}`,
    ),
  );
  for (const { effect, actions = [], condition } of statementsOf(
    roles,
    'change',
  )) {
    const isBound = condition.some(
      ({ test, variable }) =>
        test === 'StringEquals' && variable === 'iam:PermissionsBoundary',
    );
    problems.push(
      ...actions
        .filter(action => effect !== 'Deny' && GIVES_RIGHTS.test(action))
        .filter(() => !isBound)
        .map(action => `an apply may ${action} without a boundary`),
    );
  }
  for (const purpose of ['plan', 'apply']) {
    for (const { actions = [], condition } of statementsOf(trust, purpose)) {
      const isFederated = actions.includes('sts:AssumeRoleWithWebIdentity');
      for (const claim of isFederated ? ['aud', 'sub'] : []) {
        const demanded = condition.find(({ variable }) =>
          variable.endsWith(`:${claim}`),
        );
        if (!demanded) {
          problems.push(`${purpose} takes tokens of any ${claim}`);
        } else if (
          purpose === 'apply' &&
          (demanded.test !== 'StringEquals' ||
            demanded.values.some(value => value.includes('*')))
        ) {
          problems.push(`apply takes tokens of ${demanded.values.join(', ')}`);
        } else if (
          claim === 'sub' &&
          purpose === 'apply' &&
          !demanded.values.every(value =>
            /(:environment:\$\{each\.key\}|:ref_type:branch:ref:main)$/.test(
              value,
            ),
          )
        ) {
          problems.push(`apply takes tokens of ${demanded.values.join(', ')}`);
        }
      }
    }
  }
  return problems;
}
