import { useId } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { makeFieldSchema } from '@backstage/plugin-scaffolder-react';
import { Chip } from '../shared/Chip';
import { scopeClass } from '../shared/tones';
import { environmentsTranslationRef } from '../translation';
import { answersOf } from './answers';
import fieldStyles from './Field.module.css';
import { environmentsOf, ISOLATION_MODELS, placesOf } from './isolation';
import styles from './IsolationField.module.css';
import { useDefault } from './useDefault';

export const isolationSchema = makeFieldSchema({
  output: z =>
    z.enum(ISOLATION_MODELS).describe('How environments are kept apart'),
});

/** How environments are kept apart: each model with its picture and with what follows from it. */
export function IsolationField(props: typeof isolationSchema.TProps) {
  const { formData, onChange, formContext } = props;
  const { t } = useTranslationRef(environmentsTranslationRef);
  const name = useId();
  const chosen = formData ?? 'shared-nonprod';
  useDefault(formData, onChange, 'shared-nonprod');
  const environments = environmentsOf(answersOf(formContext));
  return (
    <fieldset className={`${scopeClass} ${styles.models}`}>
      <legend>
        <h3 className={fieldStyles.title}>{t('isolation.title')}</h3>
      </legend>
      {ISOLATION_MODELS.map(model => {
        const places = model === 'custom' ? [] : placesOf(model, environments);
        const clusters = places.map(place => place.environments.join(', '));
        return (
          <label
            key={model}
            className={`${styles.card} ${
              model === chosen ? styles.chosen : ''
            }`}
          >
            <span className={styles.name}>
              <input
                type="radio"
                name={name}
                value={model}
                checked={model === chosen}
                onChange={() => onChange(model)}
              />
              {t(`isolation.${model}.name`)}
              {model === 'shared-nonprod' && (
                <Chip tone="info">{t('isolation.usual')}</Chip>
              )}
            </span>
            {clusters.length > 0 && (
              <span
                className={styles.picture}
                aria-label={t('isolation.picture')}
              >
                {clusters.map(inside => (
                  <span key={inside} className={styles.cluster}>
                    {inside}
                  </span>
                ))}
              </span>
            )}
            <span className={styles.text}>{t(`isolation.${model}.text`)}</span>
            <span className={styles.text}>{t(`isolation.${model}.cost`)}</span>
          </label>
        );
      })}
    </fieldset>
  );
}
