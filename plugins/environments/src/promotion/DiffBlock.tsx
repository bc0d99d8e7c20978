import { VisuallyHidden } from '@backstage/ui';
import styles from './DiffBlock.module.css';
import { DiffLine } from './fileDiff';

const MARKS: Readonly<Record<DiffLine['kind'], string>> = {
  same: ' ',
  removed: '-',
  added: '+',
  gap: ' ',
  path: ' ',
};

/** A change, line by line, under the name of what changes. */
export function DiffBlock(props: {
  title: string;
  note?: string;
  lines: readonly DiffLine[];
}) {
  const { title, note, lines } = props;
  return (
    <figure className={styles.block}>
      <figcaption className={styles.title}>
        {title}
        {note && <> · {note}</>}
      </figcaption>
      <div role="group" aria-label={title}>
        {lines.map((line, index) => (
          <div key={index} className={`${styles.line} ${styles[line.kind]}`}>
            <span aria-hidden className={styles.mark}>
              {MARKS[line.kind]}
            </span>
            {line.kind === 'removed' && <VisuallyHidden>- </VisuallyHidden>}
            {line.kind === 'added' && <VisuallyHidden>+ </VisuallyHidden>}
            <span className={styles.text}>{line.text}</span>
            {line.note && <span className={styles.note}>{line.note}</span>}
          </div>
        ))}
      </div>
    </figure>
  );
}
