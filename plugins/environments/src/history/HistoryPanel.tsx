import { useId } from 'react';
import Drawer from '@material-ui/core/Drawer';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { ButtonIcon } from '@backstage/ui';
import { Matrix } from '@envmatrix/engine';
import { RiCloseLine } from '@remixicon/react';
import { Segments } from '../shared/Segments';
import { scopeClass } from '../shared/tones';
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
    <Drawer
      anchor="right"
      open={open !== undefined}
      onClose={onClose}
      BackdropProps={{ invisible: true }}
      PaperProps={{
        className: `${scopeClass} ${styles.paper}`,
        role: 'dialog',
        'aria-modal': true,
        'aria-labelledby': title,
      }}
    >
      <div className={styles.body}>
        <div className={styles.top}>
          <h2 id={title} className={styles.title}>
            {t('history.title', { entity: name })}
          </h2>
          <ButtonIcon
            aria-label={t('panel.close')}
            size="small"
            variant="tertiary"
            icon={<RiCloseLine />}
            onPress={onClose}
          />
        </div>
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
        {open !== undefined && (
          <HistoryList
            entityRef={entityRef}
            name={name}
            matrix={matrix}
            environment={environment}
          />
        )}
      </div>
    </Drawer>
  );
}
