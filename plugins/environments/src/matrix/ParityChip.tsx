import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Matrix, ScorePart } from '@envmatrix/engine';
import { Glyph } from '../shared/Glyph';
import { Tone } from '../shared/tones';
import { environmentsTranslationRef } from '../translation';
import { ChipButton } from './ChipButton';
import styles from './DetailList.module.css';

const OUTCOMES: Readonly<
  Record<ScorePart['outcome'], { tone: Tone; sign: string }>
> = {
  fail: { tone: 'bad', sign: '!' },
  unknown: { tone: 'neutral', sign: '?' },
  pass: { tone: 'ok', sign: '✓' },
};

const ORDER: readonly ScorePart['outcome'][] = ['fail', 'unknown', 'pass'];

/** Parity as a number, and its arithmetic. */
export function ParityChip(props: { score: Matrix['score'] }) {
  const { value, parts } = props.score;
  const { t } = useTranslationRef(environmentsTranslationRef);
  return (
    <ChipButton
      tone="neutral"
      label={
        value === undefined
          ? t('status.parityUnknown')
          : t('status.parity', { value: String(value) })
      }
      title={t('status.parityTitle')}
    >
      <p className={styles.text}>{t('status.parityText')}</p>
      <ul className={styles.list}>
        {ORDER.flatMap(outcome =>
          parts.filter(part => part.outcome === outcome),
        ).map(part => (
          <li key={part.rule} className={styles.item}>
            <Glyph {...OUTCOMES[part.outcome]} />
            <div className={styles.body}>
              <div className={styles.name}>{part.title}</div>
              <div className={styles.note}>
                {part.rule} · {t(`status.outcome.${part.outcome}`)}
              </div>
            </div>
          </li>
        ))}
      </ul>
    </ChipButton>
  );
}
