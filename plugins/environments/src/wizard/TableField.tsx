import { useTranslationRef } from '@backstage/frontend-plugin-api';
import {
  CustomFieldValidator,
  makeFieldSchema,
} from '@backstage/plugin-scaffolder-react';
import { Button } from '@backstage/ui';
import { Chip } from '../shared/Chip';
import { scopeClass } from '../shared/tones';
import { environmentsTranslationRef } from '../translation';
import { answersOf, EnvironmentAnswer, textAnswer } from './answers';
import { completeEnvironments, withEnvironment } from './environmentDefaults';
import fieldStyles from './Field.module.css';
import { TableInput } from './TableInput';
import styles from './TableField.module.css';
import { Setting, TableProblem, tableProblems } from './tableProblems';
import { useDefault } from './useDefault';

/** More than that is a fleet, and wants a page of its own. */
const MOST_ENVIRONMENTS = 6;
const FEWEST_ENVIRONMENTS = 2;

const LOG_LEVELS = ['debug', 'info', 'warn', 'error'];

export const tableSchema = makeFieldSchema({
  output: z => {
    const resources = z.object({ cpu: z.string(), memory: z.string() });
    return z
      .array(
        z.object({
          name: z.string(),
          kind: z.enum(['production', 'non-production']),
          replicas: z.number().int().optional(),
          requests: resources,
          limits: resources,
          logLevel: z.string(),
          host: z.string().optional(),
        }),
      )
      .describe('The environments in promotion order, with their sizes');
  },
});

/** The environments side by side: columns in promotion order, rows of what differs, errors in the cell that they are about. */
export function TableField(props: typeof tableSchema.TProps) {
  const { formData, onChange, formContext } = props;
  const { t } = useTranslationRef(environmentsTranslationRef);
  const exposure = textAnswer(answersOf(formContext), 'exposure') ?? 'none';
  const { environments, isGiven } = completeEnvironments(formData);
  useDefault(isGiven ? formData : undefined, onChange, environments);
  const problems = tableProblems(environments);
  const set = (index: number, change: Partial<EnvironmentAnswer>) =>
    onChange(
      environments.map((environment, at) =>
        at === index ? { ...environment, ...change } : environment,
      ),
    );
  const canRemove = (environment: EnvironmentAnswer) =>
    environment.kind !== 'production' &&
    environments.length > FEWEST_ENVIRONMENTS;

  return (
    <section className={scopeClass}>
      <div className={styles.top}>
        <h3 className={fieldStyles.title}>{t('table.title')}</h3>
        <Button
          size="small"
          variant="secondary"
          isDisabled={environments.length >= MOST_ENVIRONMENTS}
          onPress={() => onChange(withEnvironment(environments))}
        >
          + {t('table.add')}
        </Button>
        <span className={styles.hint}>{t('table.hint')}</span>
      </div>
      <div className={styles.frame}>
        <table className={styles.table}>
          <thead>
            <tr>
              <td className={styles.corner} />
              {environments.map((environment, index) => (
                <th key={index} scope="col">
                  <div className={styles.head}>
                    <Cell
                      environment={environment}
                      index={index}
                      setting="name"
                      label={t('table.name')}
                      problems={problems}
                      value={environment.name}
                      onChange={name => set(index, { name: name.trim() })}
                    />
                    {environment.kind === 'production' && (
                      <Chip tone="info">{t('head.production')}</Chip>
                    )}
                    {canRemove(environment) && (
                      <button
                        type="button"
                        className={styles.remove}
                        aria-label={t('table.remove', {
                          name: environment.name,
                        })}
                        onClick={() =>
                          onChange(environments.filter((_, at) => at !== index))
                        }
                      >
                        ×
                      </button>
                    )}
                  </div>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            <tr>
              <th scope="row">{t('table.replicas')}</th>
              {environments.map((environment, index) => (
                <td key={index}>
                  <Cell
                    environment={environment}
                    index={index}
                    setting="replicas"
                    label={t('table.replicas')}
                    problems={problems}
                    type="number"
                    value={String(environment.replicas ?? '')}
                    onChange={text =>
                      set(index, {
                        replicas: text === '' ? undefined : Number(text),
                      })
                    }
                  />
                </td>
              ))}
            </tr>
            {(['cpu', 'memory'] as const).map(resource => (
              <tr key={resource}>
                <th scope="row">{t(`table.${resource}`)}</th>
                {environments.map((environment, index) => (
                  <td key={index}>
                    <div className={styles.pair}>
                      {(['requests', 'limits'] as const).map(bound => (
                        <Cell
                          key={bound}
                          environment={environment}
                          index={index}
                          setting={`${bound}.${resource}`}
                          label={t(`table.${bound}.${resource}`)}
                          problems={problems}
                          value={environment[bound][resource]}
                          onChange={text =>
                            set(index, {
                              [bound]: {
                                ...environment[bound],
                                [resource]: text.trim(),
                              },
                            })
                          }
                        />
                      ))}
                    </div>
                  </td>
                ))}
              </tr>
            ))}
            <tr>
              <th scope="row">{t('table.logLevel')}</th>
              {environments.map((environment, index) => (
                <td key={index}>
                  <select
                    className={styles.select}
                    aria-label={t('table.field', {
                      setting: t('table.logLevel'),
                      environment: environment.name,
                    })}
                    value={environment.logLevel}
                    onChange={event =>
                      set(index, { logLevel: event.target.value })
                    }
                  >
                    {LOG_LEVELS.map(level => (
                      <option key={level}>{level}</option>
                    ))}
                  </select>
                </td>
              ))}
            </tr>
            {exposure !== 'none' && (
              <tr>
                <th scope="row">{t('table.host')}</th>
                {environments.map((environment, index) => (
                  <td key={index}>
                    <Cell
                      environment={environment}
                      index={index}
                      setting="host"
                      label={t('table.host')}
                      problems={problems}
                      value={environment.host ?? ''}
                      onChange={host =>
                        set(index, { host: host.trim() || undefined })
                      }
                    />
                  </td>
                ))}
              </tr>
            )}
          </tbody>
        </table>
      </div>
      <p role="status" className={styles.status}>
        {problems.length === 0
          ? t('table.right')
          : t('table.wrong', { count: problems.length })}
      </p>
    </section>
  );
}

function Cell(props: {
  environment: EnvironmentAnswer;
  index: number;
  setting: Setting;
  label: string;
  problems: readonly TableProblem[];
  type?: 'number';
  value: string;
  onChange: (value: string) => void;
}) {
  const { environment, index, setting, label, problems, ...input } = props;
  const { t } = useTranslationRef(environmentsTranslationRef);
  return (
    <TableInput
      {...input}
      label={t('table.field', {
        setting: label,
        environment: environment.name,
      })}
      problem={
        problems.find(
          problem =>
            problem.environment === index && problem.setting === setting,
        )?.message
      }
    />
  );
}

export const validateTable: CustomFieldValidator<typeof tableSchema.TOutput> = (
  value,
  field,
) => {
  const { environments } = completeEnvironments(value);
  const problems = tableProblems(environments);
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
