import { useTranslationRef } from '@backstage/frontend-plugin-api';
import {
  CustomFieldValidator,
  makeFieldSchema,
} from '@backstage/plugin-scaffolder-react';
import { scopeClass } from '../shared/tones';
import { environmentsTranslationRef } from '../translation';
import { answersOf, isRecord } from './answers';
import { Field } from './Field';
import fieldStyles from './Field.module.css';
import {
  clustersOf,
  describedClusters,
  environmentsOf,
  isolationOf,
} from './isolation';

export const accountsSchema = makeFieldSchema({
  output: z =>
    z
      .object({
        region: z.string(),
        accounts: z.record(z.string(), z.string()),
      })
      .describe('Region, and the account of each cluster'),
});

const DEFAULT_REGION = 'eu-central-1';
const ACCOUNT = /^[0-9]{12}$/;

/** The AWS account of each cluster. Not asked for in the flavour without a cloud. */
export function AccountsField(props: typeof accountsSchema.TProps) {
  const { formData, onChange, formContext, rawErrors } = props;
  const { t } = useTranslationRef(environmentsTranslationRef);
  const answers = answersOf(formContext);
  if (answers.cloud !== 'aws') {
    return null;
  }
  const region = formData?.region ?? DEFAULT_REGION;
  const accounts = isRecord(formData?.accounts) ? formData.accounts : {};
  const clusters = clustersOf(
    isolationOf(answers),
    environmentsOf(answers),
    describedClusters(answers.clusters),
  );
  return (
    <section className={scopeClass}>
      <h3 className={fieldStyles.title}>{t('accounts.title')}</h3>
      <Field
        label={t('accounts.region')}
        value={region}
        onChange={value => onChange({ region: value.trim(), accounts })}
      />
      {clusters.map(({ name, environments }) => {
        const account = accounts[name] ?? '';
        const isWrong = account !== '' && !ACCOUNT.test(account);
        return (
          <Field
            key={name}
            label={t('accounts.of', { cluster: name })}
            value={account}
            placeholder="123456789012"
            isRequired
            hint={t('accounts.hint', { environments: environments.join(', ') })}
            problem={
              isWrong || (rawErrors?.length && account === '')
                ? t('accounts.wrong')
                : undefined
            }
            onChange={value =>
              onChange({
                region,
                accounts: { ...accounts, [name]: value.trim() },
              })
            }
          />
        );
      })}
    </section>
  );
}

export const validateAccounts: CustomFieldValidator<
  typeof accountsSchema.TOutput
> = (value, field) => {
  const wrong = Object.entries(value?.accounts ?? {}).find(
    ([, account]) => !ACCOUNT.test(account),
  );
  if (wrong) {
    field.addError(`The account of ${wrong[0]} must have 12 digits`);
  }
};
