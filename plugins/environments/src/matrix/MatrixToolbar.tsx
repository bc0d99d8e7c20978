import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Button } from '@backstage/ui';
import { environmentsTranslationRef } from '../translation';
import { SearchInput } from '../shared/SearchInput';
import { Segments } from '../shared/Segments';
import styles from '../shared/Toolbar.module.css';
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
  onHistory: () => void;
}) {
  const { filter, onFilter, search, onSearch, differing, state } = props;
  const { onHistory } = props;
  const { t } = useTranslationRef(environmentsTranslationRef);
  return (
    <div className={styles.bar}>
      <Segments
        label={t('matrix.filter')}
        name="environments-rows"
        value={filter}
        choices={[
          { value: 'all', label: t('matrix.everything') },
          {
            value: 'differing',
            label: `${t('matrix.differing')} · ${differing}`,
          },
        ]}
        onChange={onFilter}
      />
      <SearchInput
        label={t('matrix.search')}
        placeholder={t('matrix.searchPlaceholder')}
        value={search}
        onChange={onSearch}
      />
      {state.matrix && <ParityChip score={state.matrix.score} />}
      <div className={styles.grow} />
      <MatrixStatus state={state} />
      <Button size="small" variant="secondary" onPress={onHistory}>
        {t('history.open')}
      </Button>
    </div>
  );
}
