import { ReactNode } from 'react';
import styles from './Chip.module.css';
import { hatchClass, Tone, toneClass } from './tones';

/** A word with its glyph and its colour. */
export function Chip(props: {
  tone: Tone;
  glyph?: string;
  title?: string;
  children: ReactNode;
}) {
  const { tone, glyph, title, children } = props;
  return (
    <span
      className={[
        styles.chip,
        toneClass(tone),
        tone === 'unknown' ? hatchClass : '',
      ].join(' ')}
      title={title}
    >
      {glyph && (
        <span aria-hidden className={styles.glyph}>
          {glyph}
        </span>
      )}
      <span className={styles.text}>{children}</span>
    </span>
  );
}
