import { useTranslationRef } from '@backstage/frontend-plugin-api';
import {
  CustomFieldValidator,
  makeFieldSchema,
} from '@backstage/plugin-scaffolder-react';
import { Button } from '@backstage/ui';
import { scopeClass } from '../shared/tones';
import { environmentsTranslationRef } from '../translation';
import {
  answersOf,
  CERTIFICATES,
  EnvironmentAnswer,
  isExposed,
  isRecord,
  SECRET_SOURCES,
} from './answers';
import {
  completeEnvironments,
  moveEnvironment,
  withEnvironment,
} from './environmentDefaults';
import { EnvironmentHead } from './EnvironmentHead';
import { environmentRows } from './environmentRows';
import fieldStyles from './Field.module.css';
import { SettingsTable } from './SettingsTable';
import styles from './TableField.module.css';
import { tableProblems } from './tableProblems';
import { useDefault } from './useDefault';

/** More than that is a fleet, and wants a page of its own. */
const MOST_ENVIRONMENTS = 6;
const FEWEST_ENVIRONMENTS = 2;

export const tableSchema = makeFieldSchema({
  output: z => {
    const resources = z.object({ cpu: z.string(), memory: z.string() });
    return z
      .array(
        z.object({
          name: z.string(),
          kind: z.enum(['production', 'non-production']),
          replicas: z
            .union([
              z.number().int(),
              z.object({ min: z.number().int(), max: z.number().int() }),
            ])
            .optional(),
          requests: resources,
          limits: resources,
          logLevel: z.string(),
          host: z.string().optional(),
          certificate: z.enum(CERTIFICATES).optional(),
          quota: z.record(z.string()).optional(),
          database: z
            .object({
              class: z.string(),
              multiAz: z.boolean(),
              storage: z.number().int(),
              backupDays: z.number().int(),
            })
            .partial()
            .optional(),
          waf: z.boolean().optional(),
          secrets: z.enum(SECRET_SOURCES).optional(),
          retentionDays: z.number().int().optional(),
          paging: z.boolean().optional(),
          slack: z.string().optional(),
          title: z.string().optional(),
          purpose: z.string().optional(),
          dataClass: z.string().optional(),
        }),
      )
      .describe('The environments in promotion order, with their sizes');
  },
});

/** The environments side by side: columns in promotion order, rows of what differs, errors in the cell that they are about. */
export function TableField(props: typeof tableSchema.TProps) {
  const { formData, onChange, formContext, rawErrors } = props;
  const { t } = useTranslationRef(environmentsTranslationRef);
  const answers = answersOf(formContext);
  const { environments, isGiven } = completeEnvironments(formData);
  const give = (next: readonly EnvironmentAnswer[]) =>
    onChange(next.map(entry => ({ ...entry })));
  // A host that was said before the service became an inner one would stand in the way, unseen.
  const isStray = !isExposed(answers) && environments.some(({ host }) => host);
  useDefault<readonly EnvironmentAnswer[]>(
    isGiven && !isStray ? environments : undefined,
    give,
    isStray ? environments.map(withoutHost) : environments,
  );
  // Nobody is blamed for what is still to be filled in.
  const problems = tableProblems(environments, {
    isExposed: isExposed(answers),
  }).filter(({ isMissing }) => !isMissing || Boolean(rawErrors?.length));
  const set = (index: number, change: Partial<EnvironmentAnswer>) =>
    give(
      environments.map((environment, at) =>
        at === index ? { ...environment, ...change } : environment,
      ),
    );
  const problemOf = (setting: string, index: number) =>
    problems.find(
      problem => problem.environment === index && problem.setting === setting,
    )?.message;
  return (
    <section className={scopeClass}>
      <div className={styles.top}>
        <h3 className={fieldStyles.title}>{t('table.title')}</h3>
        <Button
          size="small"
          variant="secondary"
          isDisabled={environments.length >= MOST_ENVIRONMENTS}
          onPress={() => give(withEnvironment(environments))}
        >
          + {t('table.add')}
        </Button>
        <span className={styles.hint}>{t('table.hint')}</span>
      </div>
      <SettingsTable
        label={t('table.title')}
        columns={environments}
        heads={environments.map((environment, index) => (
          <EnvironmentHead
            environments={environments}
            index={index}
            problem={problemOf('name', index)}
            canRemove={
              environment.kind !== 'production' &&
              environments.length > FEWEST_ENVIRONMENTS
            }
            onRename={name => set(index, { name })}
            onMove={by => give(moveEnvironment(environments, index, by))}
            onRemove={() => give(environments.filter((_, at) => at !== index))}
          />
        ))}
        groups={environmentRows(t, answers, set)}
        labelOf={({ label }, { name }) =>
          t('table.field', { setting: label, environment: name })
        }
        problemOf={problemOf}
      />
      <p role="status" className={styles.status}>
        {problems.length === 0
          ? t('table.right')
          : t('table.wrong', { count: problems.length })}
      </p>
    </section>
  );
}

function withoutHost({ host: _host, ...others }: EnvironmentAnswer) {
  return others;
}

export const validateTable: CustomFieldValidator<typeof tableSchema.TOutput> = (
  value,
  field,
  { formData },
) => {
  const answers: unknown = formData;
  const { environments } = completeEnvironments(value);
  const problems = tableProblems(environments, {
    isExposed: isRecord(answers) && isExposed(answers),
  });
  if (problems.length > 0) {
    const [{ environment, message }] = problems;
    const more = problems.length - 1;
    field.addError(
      `${environments[environment].name}: ${message}${
        more > 0 ? `, and ${more} more to put right` : ''
      }`,
    );
  }
};
