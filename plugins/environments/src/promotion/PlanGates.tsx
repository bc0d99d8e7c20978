import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Gate } from '@envmatrix/engine';
import { DateTime } from 'luxon';
import { VisuallyHidden } from '@backstage/ui';
import { Glyph } from '../shared/Glyph';
import { Tone } from '../shared/tones';
import { environmentsTranslationRef } from '../translation';
import styles from './PromotionDialog.module.css';

const LOOKS: Readonly<
  Record<Gate['state'], { tone: Tone; sign: string; strong?: true }>
> = {
  open: { tone: 'ok', sign: '✓', strong: true },
  waiting: { tone: 'warn', sign: '…' },
  closed: { tone: 'bad', sign: '✕', strong: true },
  unknown: { tone: 'neutral', sign: '?' },
};

/** What must hold before the release may go on, whether it does, and when it will. */
export function PlanGates(props: { gates: readonly Gate[]; toTitle: string }) {
  const { gates, toTitle } = props;
  const { t } = useTranslationRef(environmentsTranslationRef);
  return (
    <section>
      <h3 className={styles.heading}>{t('promote.gates')}</h3>
      {gates.length === 0 && (
        <p className={styles.muted}>{t('promote.noGates', { to: toTitle })}</p>
      )}
      <ul className={styles.gates}>
        {gates.map(({ id, title, state, reason, opensAt }) => (
          <li key={id} className={styles.gate}>
            <Glyph {...LOOKS[state]} round />
            <div>
              <strong>{title}</strong>
              <VisuallyHidden>, {t(`promote.gate.${state}`)}</VisuallyHidden>
              <div className={styles.small}>
                {state === 'open' ? '' : `${t(`promote.gate.${state}`)} · `}
                {reason}
                {opensAt &&
                  `; ${t('promote.opens', {
                    at: DateTime.fromISO(opensAt).toLocaleString(
                      DateTime.DATETIME_MED,
                    ),
                  })}`}
              </div>
            </div>
          </li>
        ))}
      </ul>
    </section>
  );
}
