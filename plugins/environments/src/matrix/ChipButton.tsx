import { ReactNode } from 'react';
import { Button, DialogTrigger, Popover } from '@backstage/ui';
import { Tone, scopeClass, toneClass } from '../shared/tones';
import styles from './ChipButton.module.css';

/** A chip that opens its details. */
export function ChipButton(props: {
  tone: Tone;
  label: string;
  title: string;
  children: ReactNode;
}) {
  const { tone, label, title, children } = props;
  return (
    <DialogTrigger>
      <Button
        size="small"
        variant="tertiary"
        className={`${styles.chip} ${toneClass(tone)}`}
      >
        {label}
      </Button>
      <Popover placement="bottom end" className={scopeClass} aria-label={title}>
        <div className={styles.details}>
          <h3 className={styles.title}>{title}</h3>
          {children}
        </div>
      </Popover>
    </DialogTrigger>
  );
}
