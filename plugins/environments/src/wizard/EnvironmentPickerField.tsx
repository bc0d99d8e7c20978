import { useCallback, useEffect, useId, useState } from 'react';
import { Button } from '@backstage/ui';
import { stringifyEntityRef, parseEntityRef } from '@backstage/catalog-model';
import { useApi, useTranslationRef } from '@backstage/frontend-plugin-api';
import {
  CustomFieldValidator,
  makeFieldSchema,
} from '@backstage/plugin-scaffolder-react';
import type { EnvironmentColumn } from '@envmatrix/engine';
import { environmentsApiRef } from '../api';
import { Chip } from '../shared/Chip';
import { failureOf } from '../shared/errors';
import { scopeClass } from '../shared/tones';
import { environmentsTranslationRef } from '../translation';
import { answersOf, textAnswer } from './answers';
import styles from './ChoiceField.module.css';
import fieldStyles from './Field.module.css';

export const environmentPickerSchema = makeFieldSchema({
  output: z => z.string().describe('Name of an environment of a service'),
  uiOptions: z =>
    z.object({
      entityField: z
        .string()
        .describe('The field of the form that names the service'),
    }),
});

type Environments =
  | { readonly status: 'loading' }
  | { readonly status: 'failed'; readonly reason: string }
  | {
      readonly status: 'known';
      readonly environments: readonly EnvironmentColumn[];
    };

/** One of the environments that a service has, production apart, with what runs in each. */
export function EnvironmentPickerField(
  props: typeof environmentPickerSchema.TProps,
) {
  const { formData, onChange, schema, uiSchema, formContext } = props;
  const { t } = useTranslationRef(environmentsTranslationRef);
  const id = useId();
  const service = textAnswer(
    answersOf(formContext),
    uiSchema['ui:options']?.entityField ?? 'entity',
  );
  const { found, again } = useEnvironments(service);
  const isKnown =
    found?.status === 'known' &&
    found.environments.some(({ name }) => name === formData);
  useEffect(() => {
    // Another service has other environments.
    if (found?.status === 'known' && formData !== undefined && !isKnown) {
      onChange(undefined);
    }
  }, [found, formData, isKnown, onChange]);
  return (
    <fieldset className={`${scopeClass} ${styles.choice}`}>
      <legend className={fieldStyles.question}>{schema.title}</legend>
      {schema.description && (
        <p className={styles.hint}>{schema.description}</p>
      )}
      {!found && <p className={styles.hint}>{t('environmentPicker.first')}</p>}
      {found?.status === 'loading' && (
        <p className={styles.hint} role="status">
          {t('environmentPicker.loading')}
        </p>
      )}
      {found?.status === 'failed' && (
        <div role="alert">
          <p className={styles.hint}>
            {t('environmentPicker.failed', { reason: found.reason })}
          </p>
          <Button variant="secondary" size="small" onPress={again}>
            {t('environmentPicker.again')}
          </Button>
        </div>
      )}
      {found?.status === 'known' && found.environments.length === 0 && (
        <p className={styles.hint}>{t('environmentPicker.none')}</p>
      )}
      {found?.status === 'known' && (
        <div className={styles.cards}>
          {found.environments
            .filter(({ kind }) => kind !== 'production')
            .map(({ name, title, summary }) => (
              <label
                key={name}
                className={`${styles.card} ${
                  name === formData ? styles.chosen : ''
                }`}
              >
                <input
                  type="radio"
                  name={id}
                  value={name}
                  checked={name === formData}
                  aria-label={name}
                  aria-describedby={`${id}-${name}`}
                  onChange={() => onChange(name)}
                />
                <span>
                  <span className={styles.name}>
                    {title ?? name}
                    {summary.version && (
                      <Chip tone="info">{summary.version}</Chip>
                    )}
                  </span>
                  <span className={styles.text} id={`${id}-${name}`}>
                    {summary.health
                      ? t('environmentPicker.health', {
                          health: summary.health,
                        })
                      : t('environmentPicker.unknown')}
                  </span>
                </span>
              </label>
            ))}
        </div>
      )}
    </fieldset>
  );
}

/** The environments of a service; undefined while none is named. */
function useEnvironments(service: string | undefined): {
  found: Environments | undefined;
  again: () => void;
} {
  const api = useApi(environmentsApiRef);
  const [attempt, setAttempt] = useState(0);
  const [found, setFound] = useState<Environments>();
  useEffect(() => {
    const entityRef = service && entityRefOf(service);
    if (!entityRef) {
      setFound(undefined);
      return undefined;
    }
    const abort = new AbortController();
    setFound({ status: 'loading' });
    api
      .getMatrix({ entityRef, signal: abort.signal })
      .then(answer => {
        if (!abort.signal.aborted && answer !== 'unchanged') {
          const { environments } = answer.matrix;
          setFound({ status: 'known', environments });
        }
      })
      .catch(error => {
        if (!abort.signal.aborted) {
          setFound({ status: 'failed', reason: failureOf(error).message });
        }
      });
    return () => abort.abort();
  }, [api, service, attempt]);
  const again = useCallback(() => setAttempt(count => count + 1), []);
  return { found, again };
}

/** Undefined while somebody still types. */
function entityRefOf(text: string): string | undefined {
  try {
    return stringifyEntityRef(
      parseEntityRef(text, {
        defaultKind: 'component',
        defaultNamespace: 'default',
      }),
    );
  } catch {
    return undefined;
  }
}

export const validateEnvironmentPicker: CustomFieldValidator<string> = (
  value,
  field,
) => {
  if (!value) {
    field.addError('Choose one of the environments of the service');
  }
};
