import { useId } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Matrix } from '@envmatrix/engine';
import { Segments } from '../shared/Segments';
import { SidePanel } from '../shared/SidePanel';
import { environmentsTranslationRef } from '../translation';
import { HistoryList } from './HistoryList';
import styles from './HistoryPanel.module.css';

/** Every environment. */
export const ALL = 'all';

/** What changed in the environments of an entity: when, by whom, and how it came there. */
export function HistoryPanel(props: {
  entityRef: string;
  name: string;
  matrix: Matrix;
  /** Name of an environment, or `all`; closed without. */
  open: string | undefined;
  onOpen: (environment: string) => void;
  onClose: () => void;
}) {
  const { entityRef, name, matrix, open, onOpen, onClose } = props;
  const { t } = useTranslationRef(environmentsTranslationRef);
  const title = useId();
  const environment = matrix.environments.find(
    candidate => candidate.name === open,
  );
  return (
    <SidePanel
      isOpen={open !== undefined}
      isWide
      titleId={title}
      top={
        <h2 id={title} className={styles.title}>
          {t('history.title', { entity: name })}
        </h2>
      }
      onClose={onClose}
    >
      <div className={styles.filter}>
        <Segments
          label={t('history.environment')}
          name="environments-history"
          value={environment?.name ?? ALL}
          choices={[
            { value: ALL, label: t('history.all') },
            ...matrix.environments.map(column => ({
              value: column.name,
              label: column.title,
            })),
          ]}
          onChange={onOpen}
        />
      </div>
      {open !== undefined && (
        <HistoryList
          entityRef={entityRef}
          name={name}
          matrix={matrix}
          environment={environment}
        />
      )}
    </SidePanel>
  );
}
