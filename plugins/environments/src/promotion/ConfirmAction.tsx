import { useTranslationRef } from '@backstage/frontend-plugin-api';
import {
  Button,
  Dialog,
  DialogBody,
  DialogFooter,
  DialogHeader,
} from '@backstage/ui';
import { EnvironmentColumn, Promotion } from '@envmatrix/engine';
import { scopeClass } from '../shared/tones';
import { environmentsTranslationRef } from '../translation';

/** Says what an action changes before it does. */
export function ConfirmAction(props: {
  action: Promotion['actions'][number];
  promotion: Promotion;
  target: EnvironmentColumn;
  isRunning: boolean;
  onConfirm: () => void;
  onClose: () => void;
}) {
  const { action, target, isRunning, onConfirm, onClose } = props;
  const { t } = useTranslationRef(environmentsTranslationRef);
  const { title, text } = useTexts(props);
  return (
    <Dialog
      isOpen
      isDismissable={!isRunning}
      onOpenChange={isOpen => !isOpen && onClose()}
      width={460}
      className={scopeClass}
    >
      <DialogHeader>{title}</DialogHeader>
      <DialogBody>{text}</DialogBody>
      <DialogFooter>
        <Button variant="secondary" isDisabled={isRunning} onPress={onClose}>
          {t('promotion.keep')}
        </Button>
        <Button
          variant="primary"
          destructive={action === 'cancel'}
          isPending={isRunning}
          onPress={onConfirm}
        >
          {action === 'cancel'
            ? t('promotion.confirmCancelButton')
            : t(`promotion.${action}`, { to: target.title })}
        </Button>
      </DialogFooter>
    </Dialog>
  );
}

function useTexts(props: {
  action: Promotion['actions'][number];
  promotion: Promotion;
  target: EnvironmentColumn;
}): { title: string; text: string } {
  const { action, promotion, target } = props;
  const { t } = useTranslationRef(environmentsTranslationRef);
  const to = target.title;
  const version = promotion.plan.release.to;
  const before = target.summary.version;
  switch (action) {
    case 'merge':
      return {
        title: t('promotion.confirmMerge', {
          number: String(promotion.pullRequest?.number ?? ''),
        }),
        text: t(
          target.kind === 'production'
            ? 'promotion.confirmMergeText'
            : 'promotion.confirmMergeAutomatic',
          { version, to },
        ),
      };
    case 'sync':
      return {
        title: t('promotion.confirmSync', { to }),
        text:
          before === undefined || before === version
            ? t('promotion.confirmSyncFirst', { version, to })
            : t('promotion.confirmSyncText', { version, to, before }),
      };
    case 'cancel':
      return {
        title: t('promotion.confirmCancel', { to }),
        text: t(
          promotion.state === 'merged'
            ? 'promotion.confirmCancelMerged'
            : 'promotion.confirmCancelProposed',
        ),
      };
    case 'approve':
      return {
        title: t('promotion.confirmApprove', { version, to }),
        text: t('promotion.confirmApproveText', { version, to }),
      };
    default:
      throw new Error(`Unknown action ${action satisfies never}`);
  }
}
