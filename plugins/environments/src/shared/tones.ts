import styles from './tones.module.css';

/** How something is meant; always shown together with a glyph or a word. */
export type Tone =
  | 'ok'
  | 'warn'
  | 'bad'
  | 'info'
  | 'odd'
  | 'neutral'
  | 'unknown';

export function toneClass(tone: Tone): string {
  return styles[tone];
}

/** Declares the colours that the tones and the matrix are made of; on the root of everything that leaves the page's own tree too. */
export const scopeClass: string = styles.scope;

/** The hatching of what is not known. */
export const hatchClass: string = styles.hatch;
