import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { makeFieldSchema } from '@backstage/plugin-scaffolder-react';
import { Chip } from '../shared/Chip';
import { scopeClass } from '../shared/tones';
import { environmentsTranslationRef } from '../translation';
import fieldStyles from './Field.module.css';
import styles from './IsolationField.module.css';
import { useDefault } from './useDefault';

export const isolationSchema = makeFieldSchema({
  output: z =>
    z.enum(['shared-nonprod']).describe('How environments are kept apart'),
});

/** How environments are kept apart, with what follows from it. */
export function IsolationField(props: typeof isolationSchema.TProps) {
  const { formData, onChange } = props;
  const { t } = useTranslationRef(environmentsTranslationRef);
  useDefault(formData, onChange, 'shared-nonprod');
  return (
    <section className={scopeClass}>
      <h3 className={fieldStyles.title}>{t('isolation.title')}</h3>
      <div className={styles.card}>
        <div className={styles.name}>
          {t('isolation.sharedNonprod')}{' '}
          <Chip tone="info">{t('isolation.usual')}</Chip>
        </div>
        <svg
          width="200"
          height="34"
          role="img"
          aria-label={t('isolation.picture')}
          className={styles.picture}
        >
          <g fontSize="11" fill="currentColor">
            <rect x="1" y="4" width="112" height="26" rx="5" />
            <text x="12" y="21">
              dev
            </text>
            <text x="58" y="21">
              staging
            </text>
            <rect x="126" y="4" width="60" height="26" rx="5" />
            <text x="144" y="21">
              prod
            </text>
          </g>
        </svg>
        <p>{t('isolation.sharedNonprodText')}</p>
        <p>{t('isolation.sharedNonprodCost')}</p>
      </div>
    </section>
  );
}
