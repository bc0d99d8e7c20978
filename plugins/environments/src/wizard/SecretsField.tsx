import { useState } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import {
  CustomFieldValidator,
  makeFieldSchema,
} from '@backstage/plugin-scaffolder-react';
import { scopeClass } from '../shared/tones';
import { environmentsTranslationRef } from '../translation';
import { Field } from './Field';
import fieldStyles from './Field.module.css';

export const secretsSchema = makeFieldSchema({
  output: z =>
    z
      .object({ keys: z.array(z.string()), address: z.string().optional() })
      .describe('Names of the secrets that the service reads, and the store'),
});

const KEY = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** The secrets that the service reads, by the names of their environment variables; their values are never asked for. */
export function SecretsField(props: typeof secretsSchema.TProps) {
  const { formData, onChange } = props;
  const { t } = useTranslationRef(environmentsTranslationRef);
  const keys = formData?.keys ?? [];
  const address = formData?.address ?? '';
  // What is being typed ends in a separator now and then.
  const [text, setText] = useState(keys.join(', '));
  const set = (change: { keys?: string[]; address?: string }) => {
    const next = { keys, address, ...change };
    onChange(
      next.keys.length === 0 && next.address === ''
        ? undefined
        : {
            keys: next.keys,
            ...(next.address === '' ? {} : { address: next.address }),
          },
    );
  };
  const wrong = keys.find(key => !KEY.test(key));
  return (
    <section className={scopeClass}>
      <h3 className={fieldStyles.title}>{t('secrets.title')}</h3>
      <Field
        label={t('secrets.keys')}
        value={text}
        placeholder="DATABASE_URL, PAYMENT_KEY"
        hint={t('secrets.keysHint')}
        problem={
          wrong === undefined ? undefined : t('secrets.wrong', { wrong })
        }
        onChange={value => {
          setText(value);
          set({ keys: value.split(/[\s,]+/).filter(Boolean) });
        }}
      />
      {keys.length > 0 && (
        <Field
          label={t('secrets.address')}
          value={address}
          placeholder="https://vault.example.com"
          isRequired
          hint={t('secrets.addressHint')}
          onChange={value => set({ address: value.trim() })}
        />
      )}
    </section>
  );
}

export const validateSecrets: CustomFieldValidator<
  typeof secretsSchema.TOutput
> = (value, field) => {
  const wrong = value?.keys?.find(key => !KEY.test(key));
  if (wrong !== undefined) {
    field.addError(`'${wrong}' is not the name of an environment variable`);
  }
  if (value?.keys?.length && !/^https?:\/\/\S+$/.test(value.address ?? '')) {
    field.addError('The address of Vault is needed: https://vault.example.com');
  }
};
