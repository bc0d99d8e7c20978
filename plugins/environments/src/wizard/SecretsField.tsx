import { useState } from 'react';
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
import { useDefault } from './useDefault';

export const secretsSchema = makeFieldSchema({
  output: z =>
    z
      .object({
        keys: z.array(z.string()),
        address: z.string().optional(),
        kvMount: z.string().optional(),
      })
      .describe('Names of the secrets that the service reads, and the store'),
});

const KEY = /^[A-Za-z_][A-Za-z0-9_]*$/;

const MOUNT = /^[A-Za-z0-9]([A-Za-z0-9._/-]*[A-Za-z0-9])?$/;

const ADDRESS = /^https?:\/\/\S+$/;

/** `/data` is a part of the API, not of the mount. */
function isMount(mount: string): boolean {
  return MOUNT.test(mount) && !/(^|\/)(meta)?data(\/|$)/.test(mount);
}

/** The secrets that the service reads, by the names of their environment variables; their values are never asked for. */
export function SecretsField(props: typeof secretsSchema.TProps) {
  const { formData, onChange, rawErrors, formContext } = props;
  const { t } = useTranslationRef(environmentsTranslationRef);
  const keys = formData?.keys ?? [];
  const address = formData?.address ?? '';
  const kvMount = formData?.kvMount ?? '';
  const hasDatabase = answersOf(formContext).database === 'postgres';
  // What is being typed ends in a separator now and then.
  const [text, setText] = useState(keys.join(', '));
  const set = (change: {
    keys?: string[];
    address?: string;
    kvMount?: string;
  }) => {
    const next = { keys, address, kvMount, ...change };
    onChange(
      next.keys.length === 0 && next.address === '' && next.kvMount === ''
        ? undefined
        : {
            keys: next.keys,
            ...(next.address === '' ? {} : { address: next.address }),
            ...(next.kvMount === '' ? {} : { kvMount: next.kvMount }),
          },
    );
  };
  // The form asks only of fields with a value whether they are right.
  useDefault(hasDatabase ? formData : { keys }, onChange, { keys });
  const wrong = keys.find(key => !KEY.test(key));
  return (
    <section className={scopeClass}>
      <h3 className={fieldStyles.question}>{t('secrets.title')}</h3>
      <div className={fieldStyles.columns}>
        <Field
          label={t('secrets.keys')}
          value={text}
          placeholder={
            hasDatabase ? 'DATABASE_URL' : 'PAYMENT_KEY, SESSION_SECRET'
          }
          hint={t('secrets.keysHint')}
          problem={
            wrong === undefined ? undefined : t('secrets.wrong', { wrong })
          }
          onChange={value => {
            setText(value);
            set({ keys: value.split(/[\s,]+/).filter(Boolean) });
          }}
        />
        {(keys.length > 0 || hasDatabase) && (
          <>
            <Field
              label={t('secrets.address')}
              value={address}
              placeholder="https://vault.example.com"
              isRequired
              hint={t('secrets.addressHint')}
              problem={
                (address === '' && !rawErrors?.length) || ADDRESS.test(address)
                  ? undefined
                  : t('secrets.addressWrong')
              }
              onChange={value => set({ address: value.trim() })}
            />
            <Field
              label={t('secrets.kvMount')}
              value={kvMount}
              placeholder="secret"
              hint={t('secrets.kvMountHint')}
              problem={
                kvMount === '' || isMount(kvMount)
                  ? undefined
                  : t('secrets.kvMountWrong')
              }
              onChange={value => set({ kvMount: value.trim() })}
            />
          </>
        )}
      </div>
    </section>
  );
}

export const validateSecrets: CustomFieldValidator<
  typeof secretsSchema.TOutput
> = (value, field, { formData }) => {
  const answers: unknown = formData;
  const hasDatabase = isRecord(answers) && answers.database === 'postgres';
  const wrong = value?.keys?.find(key => !KEY.test(key));
  if (wrong !== undefined) {
    field.addError(`'${wrong}' is not the name of an environment variable`);
  }
  const isRead = Boolean(value?.keys?.length) || hasDatabase;
  if (isRead && !ADDRESS.test(value?.address ?? '')) {
    field.addError('The address of Vault is needed: https://vault.example.com');
  }
  if (value?.kvMount && !isMount(value.kvMount)) {
    field.addError('The mount of Vault is given alone, without /data');
  }
};
