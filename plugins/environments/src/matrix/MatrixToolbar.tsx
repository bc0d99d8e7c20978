import { useEffect, useRef } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { environmentsTranslationRef } from '../translation';
import styles from './MatrixToolbar.module.css';
import { ParityChip } from './ParityChip';
import { MatrixStatus } from './MatrixStatus';
import { MatrixState } from './MatrixPoller';
import { RowFilter } from './visibleGroups';

/** Which rows to show, and how fresh what is shown is. */
export function MatrixToolbar(props: {
  filter: RowFilter;
  onFilter: (filter: RowFilter) => void;
  search: string;
  onSearch: (search: string) => void;
  differing: number;
  state: MatrixState;
}) {
  const { filter, onFilter, search, onSearch, differing, state } = props;
  const { t } = useTranslationRef(environmentsTranslationRef);
  return (
    <div className={styles.bar}>
      <div
        className={styles.segments}
        role="radiogroup"
        aria-label={t('matrix.filter')}
      >
        {(['all', 'differing'] as const).map(value => (
          <label
            key={value}
            className={`${styles.segment} ${
              filter === value ? styles.chosen : ''
            }`}
          >
            <input
              type="radio"
              name="environments-rows"
              className={styles.radio}
              checked={filter === value}
              onChange={() => onFilter(value)}
            />
            {value === 'all'
              ? t('matrix.everything')
              : `${t('matrix.differing')} · ${differing}`}
          </label>
        ))}
      </div>
      <Search value={search} onChange={onSearch} />
      {state.matrix && <ParityChip score={state.matrix.score} />}
      <div className={styles.grow} />
      <MatrixStatus state={state} />
    </div>
  );
}

/** The rows' search; `/` goes there, Escape clears it. */
function Search(props: { value: string; onChange: (value: string) => void }) {
  const { value, onChange } = props;
  const { t } = useTranslationRef(environmentsTranslationRef);
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.key === '/' && !isTyping(event.target)) {
        event.preventDefault();
        input.current?.focus();
      }
    };
    document.addEventListener('keydown', onKeyDown);
    return () => document.removeEventListener('keydown', onKeyDown);
  }, []);
  return (
    <div className={styles.search}>
      <input
        ref={input}
        type="search"
        value={value}
        aria-label={t('matrix.search')}
        placeholder={t('matrix.searchPlaceholder')}
        className={styles.input}
        onChange={event => onChange(event.target.value)}
        onKeyDown={event => {
          if (event.key === 'Escape') {
            onChange('');
          }
        }}
      />
      <kbd aria-hidden className={styles.key}>
        /
      </kbd>
    </div>
  );
}

/** Where a slash is a slash. */
function isTyping(target: EventTarget | null): boolean {
  if (target instanceof HTMLInputElement) {
    return !['radio', 'checkbox', 'button'].includes(target.type);
  }
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable ||
      ['TEXTAREA', 'SELECT'].includes(target.tagName))
  );
}
