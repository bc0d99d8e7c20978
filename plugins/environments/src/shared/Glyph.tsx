import styles from './Glyph.module.css';
import { Tone, toneClass } from './tones';

/** The sign of a class of difference, or of a state; its word is beside it, for the eye or for the screen reader. */
export function Glyph(props: {
  tone: Tone;
  sign: string;
  strong?: boolean;
  round?: boolean;
}) {
  const { tone, sign, strong, round } = props;
  return (
    <b
      aria-hidden
      className={[
        styles.glyph,
        toneClass(tone),
        strong ? styles.strong : '',
        round ? styles.round : '',
      ].join(' ')}
    >
      {sign}
    </b>
  );
}
