import { KeyboardEvent, useRef, useEffect } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Cell } from '@envmatrix/engine';
import { VisuallyHidden } from '@backstage/ui';
import { Ago } from '../shared/Age';
import { Glyph } from '../shared/Glyph';
import { hatchClass } from '../shared/tones';
import { environmentsTranslationRef } from '../translation';
import { CellAppearance, cellAppearance } from './cellAppearance';
import styles from './MatrixCell.module.css';

/** Values that are read character by character. */
const CODE = /^(sha256:|[0-9a-f]{7}$|\/|GET |TCP )/;

/** One value in one environment: quiet when it is the same, with a sign and a reason when it is not, hatched when nobody knows. */
export function MatrixCell(props: {
  cell: Cell;
  isActive: boolean;
  shouldFocus: boolean;
  onOpen: () => void;
  onFocus: () => void;
  onKeyDown: (event: KeyboardEvent) => void;
}) {
  const { cell, isActive, shouldFocus, onOpen, onFocus, onKeyDown } = props;
  const { t } = useTranslationRef(environmentsTranslationRef);
  const element = useRef<HTMLTableCellElement>(null);
  const appearance = cellAppearance(cell);
  const { meaning, sign, tone, strong, isUnknown } = appearance;
  useEffect(() => {
    if (shouldFocus) {
      element.current?.focus();
    }
  }, [shouldFocus]);
  const isQuiet = sign === '' || isUnknown;
  return (
    <td
      ref={element}
      role="gridcell"
      tabIndex={isActive ? 0 : -1}
      className={[
        styles.cell,
        isQuiet ? styles.quiet : '',
        isUnknown ? hatchClass : '',
      ].join(' ')}
      onClick={onOpen}
      onFocus={onFocus}
      onKeyDown={event => {
        if (event.key === 'Enter' || event.key === ' ') {
          event.preventDefault();
          onOpen();
        } else {
          onKeyDown(event);
        }
      }}
    >
      <div className={styles.line}>
        {sign === '' ? (
          <span className={styles.space} />
        ) : (
          <Glyph tone={tone} sign={sign} strong={strong} />
        )}
        <div className={styles.text}>
          <span
            className={[
              styles.value,
              CODE.test(cell.display) ? styles.code : '',
            ].join(' ')}
            title={cell.display}
          >
            {cell.display}
          </span>
          {sign !== '' && (
            <VisuallyHidden>, {t(`cell.${meaning}`)}</VisuallyHidden>
          )}
          <Note cell={cell} appearance={appearance} />
        </div>
      </div>
    </td>
  );
}

/** The one line below the value: what is wrong, or why it differs, or how old it is and why. */
function Note(props: { cell: Cell; appearance: CellAppearance }) {
  const { cell, appearance } = props;
  const { t } = useTranslationRef(environmentsTranslationRef);
  const { observation } = cell;
  const parts = [];
  if (appearance.isUnknown && cell.value !== undefined) {
    parts.push(<LastKnown cell={cell} />);
  }
  if (cell.state && saysMore(cell, appearance)) {
    parts.push(t(`cell.${cell.state}`));
  }
  if (cell.detail) {
    parts.push(cell.detail);
  } else if (
    cell.reason &&
    appearance.meaning === cell.comparison &&
    appearance.sign !== ''
  ) {
    parts.push(cell.reason);
  } else if (appearance.isUnknown) {
    parts.push(observation.reason ?? t(`observation.${observation.status}`));
  }
  if (parts.length === 0) {
    return null;
  }
  return (
    <small
      className={styles.note}
      title={[cell.detail, cell.reason, observation.reason]
        .filter(Boolean)
        .join(' · ')}
    >
      {parts.map((part, index) => (
        <span key={index}>
          {index > 0 && ' · '}
          {part}
        </span>
      ))}
    </small>
  );
}

/** The word of a state, unless the value or the detail says it already. */
function saysMore(cell: Cell, { meaning }: CellAppearance): boolean {
  const letters = (text: string) => text.toLowerCase().replace(/[^a-z]/g, '');
  return (
    letters(cell.display) !== letters(cell.state ?? '') &&
    (meaning !== cell.state || !cell.detail)
  );
}

function LastKnown(props: { cell: Cell }) {
  const { t } = useTranslationRef(environmentsTranslationRef);
  const { observation, provenance } = props.cell;
  const at = provenance?.observedAt ?? observation.since;
  return at ? (
    <>{t('cell.lastKnown', { age: <Ago since={at} /> })}</>
  ) : (
    <>{t('observation.stale')}</>
  );
}
