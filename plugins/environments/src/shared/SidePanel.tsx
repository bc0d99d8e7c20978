import { ReactNode } from 'react';
import Drawer from '@material-ui/core/Drawer';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { ButtonIcon } from '@backstage/ui';
import { RiCloseLine } from '@remixicon/react';
import { environmentsTranslationRef } from '../translation';
import styles from './SidePanel.module.css';
import { scopeClass } from './tones';

/** A dialog at the side of the page, with what it is about at its top and a way to close it. */
export function SidePanel(props: {
  isOpen: boolean;
  /** Id of the element that names it. */
  titleId: string;
  top: ReactNode;
  isWide?: boolean;
  onClose: () => void;
  children: ReactNode;
}) {
  const { isOpen, titleId, top, isWide = false, onClose, children } = props;
  const { t } = useTranslationRef(environmentsTranslationRef);
  return (
    <Drawer
      anchor="right"
      open={isOpen}
      onClose={onClose}
      BackdropProps={{ invisible: true }}
      PaperProps={{
        className: [scopeClass, styles.paper, isWide ? styles.wide : ''].join(
          ' ',
        ),
        role: 'dialog',
        'aria-modal': true,
        'aria-labelledby': titleId,
      }}
    >
      <div className={styles.body}>
        <div className={styles.top}>
          {top}
          <ButtonIcon
            aria-label={t('panel.close')}
            size="small"
            variant="tertiary"
            icon={<RiCloseLine />}
            onPress={onClose}
          />
        </div>
        {children}
      </div>
    </Drawer>
  );
}
