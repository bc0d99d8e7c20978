import { ReactNode } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Alert, Button } from '@backstage/ui';
import { PromotionPlan } from '@envmatrix/engine';
import { failureOf } from '../shared/errors';
import { environmentsTranslationRef } from '../translation';
import styles from './PromotionDialog.module.css';
import { PlanMove, planMoves } from './usePromotionPlan';

/** Why the promotion cannot go on as it is shown, and what moved since a person looked. */
export function PlanNotice(props: {
  toTitle: string;
  planError: unknown;
  refusal: unknown;
  isExpired: boolean;
  moved: { before: PromotionPlan; after: PromotionPlan } | undefined;
  isLoading: boolean;
  onLookAgain: () => void;
}) {
  const { toTitle, planError, refusal, isExpired, moved } = props;
  const { t } = useTranslationRef(environmentsTranslationRef);
  const again = (
    <Button
      size="small"
      variant="secondary"
      onPress={props.onLookAgain}
      isPending={props.isLoading}
    >
      {t('promote.lookAgain')}
    </Button>
  );
  if (planError !== undefined) {
    return (
      <Notice
        status="danger"
        title={t('promote.planError')}
        text={textOf(planError, t('promote.forbidden', { to: toTitle }))}
        action={again}
      />
    );
  }
  if (refusal !== undefined) {
    return (
      <Notice
        status="danger"
        title={
          failureOf(refusal).kind === 'conflict'
            ? t('promote.moved')
            : t('promote.createError')
        }
        text={textOf(refusal, t('promote.forbidden', { to: toTitle }))}
        action={again}
      />
    );
  }
  if (isExpired) {
    return (
      <Notice status="warning" title={t('promote.expired')} action={again} />
    );
  }
  return moved ? <Moved {...moved} /> : null;
}

function Moved(props: { before: PromotionPlan; after: PromotionPlan }) {
  const { t } = useTranslationRef(environmentsTranslationRef);
  const text = (move: PlanMove) => {
    switch (move.what) {
      case 'version':
        return t('promote.movedVersion', {
          before: move.before,
          after: move.after,
        });
      case 'revision':
        return t('promote.movedRevision', {
          before: move.before,
          after: move.after,
        });
      case 'files':
        return t('promote.movedFiles');
      default:
        throw new Error(`Unknown move ${move satisfies never}`);
    }
  };
  const moves = planMoves(props.before, props.after);
  if (moves.length === 0) {
    return null;
  }
  return (
    <Notice
      status="info"
      title={t('promote.movedDiff')}
      text={[
        ...moves.map(text),
        ...(moves.some(({ what }) => what !== 'revision')
          ? []
          : [t('promote.movedNothing')]),
      ].join('; ')}
    />
  );
}

function Notice(props: {
  status: 'danger' | 'warning' | 'info';
  title: string;
  text?: string;
  action?: ReactNode;
}) {
  return (
    <Alert
      role={props.status === 'info' ? 'status' : 'alert'}
      className={styles.notice}
      status={props.status}
      icon
      title={props.title}
      description={props.text}
      customActions={props.action}
    />
  );
}

function textOf(error: unknown, forbidden: string): string {
  const { kind, message } = failureOf(error);
  return kind === 'forbidden' ? `${forbidden} ${message}` : message;
}
