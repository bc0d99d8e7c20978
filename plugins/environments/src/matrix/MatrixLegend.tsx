import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Glyph } from '../shared/Glyph';
import { hatchClass } from '../shared/tones';
import { environmentsTranslationRef } from '../translation';
import styles from './MatrixLegend.module.css';

/** What the signs in the cells stand for. */
export function MatrixLegend() {
  const { t } = useTranslationRef(environmentsTranslationRef);
  return (
    <ul className={styles.legend} aria-label={t('legend.label')}>
      <li>
        <Glyph tone="info" sign="≈" /> {t('legend.expected')}
      </li>
      <li>
        <Glyph tone="warn" sign="↑" /> {t('legend.lag')}
      </li>
      <li>
        <Glyph tone="bad" sign="!" strong /> {t('legend.violation')}
      </li>
      <li>
        <Glyph tone="odd" sign="?" /> {t('legend.unclassified')}
      </li>
      <li>
        <span aria-hidden className={`${styles.swatch} ${hatchClass}`} />{' '}
        {t('legend.unknown')}
      </li>
    </ul>
  );
}
