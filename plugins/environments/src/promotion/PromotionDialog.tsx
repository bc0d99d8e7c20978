import { useEffect, useRef, useState } from 'react';
import { useApi, useTranslationRef } from '@backstage/frontend-plugin-api';
import {
  Button,
  Dialog,
  DialogBody,
  DialogFooter,
  DialogHeader,
  TextAreaField,
} from '@backstage/ui';
import {
  EnvironmentColumn,
  Matrix,
  Promotion,
  PromotionPlan,
} from '@envmatrix/engine';
import { environmentsApiRef } from '../api';
import { scopeClass } from '../shared/tones';
import { useNow } from '../shared/useNow';
import { environmentsTranslationRef } from '../translation';
import { PlanChange, PlanCommits } from './PlanChange';
import { PlanGates } from './PlanGates';
import { PlanImpact } from './PlanImpact';
import { PlanNotice } from './PlanNotice';
import { PlanSkeleton } from './PlanSkeleton';
import { mayBegin, waitsForApproval } from './promotionView';
import styles from './PromotionDialog.module.css';
import { usePromotionPlan } from './usePromotionPlan';

/** One decision on one screen: the exact change, the gates, what it touches, and the button that does it. */
export function PromotionDialog(props: {
  entityRef: string;
  service: string;
  from: EnvironmentColumn;
  to: EnvironmentColumn;
  /** A newer one means that a gate may have opened. */
  matrix: Matrix;
  onClose: () => void;
  onCreated: (promotion: Promotion) => void;
}) {
  const { entityRef, service, from, to, matrix, onClose, onCreated } = props;
  const { t } = useTranslationRef(environmentsTranslationRef);
  const api = useApi(environmentsApiRef);
  const { plan, before, error, isLoading, lookAgain } = usePromotionPlan({
    entityRef,
    from: from.name,
    to: to.name,
  });
  const [reason, setReason] = useState('');
  const [refusal, setRefusal] = useState<unknown>();
  const [isSending, setSending] = useState(false);
  const isSent = useRef(false);
  const now = useNow();
  const isExpired = now >= Date.parse(plan?.expiresAt ?? '9999-01-01');
  const areGatesOpen = plan && mayBegin(plan.gates);
  const opensNow = plan?.gates.some(
    ({ opensAt }) => opensAt !== undefined && Date.parse(opensAt) <= now,
  );

  useEffect(() => {
    if (opensNow) {
      lookAgain();
    }
  }, [opensNow, lookAgain]);

  const planned = useRef(matrix);
  useEffect(() => {
    if (matrix !== planned.current) {
      planned.current = matrix;
      if (areGatesOpen === false) {
        lookAgain();
      }
    }
  }, [matrix, areGatesOpen, lookAgain]);

  const send = async (planId: string) => {
    // The button is disabled with the next render; a second click may come before it.
    if (isSent.current) {
      return;
    }
    isSent.current = true;
    setSending(true);
    setRefusal(undefined);
    try {
      const promotion = await api.createPromotion({
        entityRef,
        planId,
        ...(reason.trim() === '' ? {} : { reason: reason.trim() }),
      });
      onCreated(promotion);
    } catch (failure) {
      setRefusal(failure);
    } finally {
      isSent.current = false;
      setSending(false);
    }
  };

  const again = () => {
    setRefusal(undefined);
    lookAgain();
  };
  const isBlocked =
    isLoading ||
    isSending ||
    isExpired ||
    !areGatesOpen ||
    refusal !== undefined ||
    error !== undefined;

  return (
    <Dialog
      isOpen
      isDismissable={!isSending}
      onOpenChange={isOpen => !isOpen && onClose()}
      width={1040}
      className={`${scopeClass} ${styles.dialog}`}
    >
      <DialogHeader>
        {plan
          ? t(plan.way === 'sync' ? 'promote.titleSync' : 'promote.title', {
              version: plan.release.to,
              from: from.title,
              to: to.title,
            })
          : t('promote.titleLoading', { from: from.title, to: to.title })}
      </DialogHeader>
      <DialogBody className={styles.body}>
        <div className={styles.service}>{service}</div>
        {plan && <Lead plan={plan} toTitle={to.title} />}
        <PlanNotice
          toTitle={to.title}
          planError={error}
          refusal={refusal}
          isExpired={isExpired}
          moved={before && plan && { before, after: plan }}
          isLoading={isLoading}
          onLookAgain={again}
        />
        {!plan && isLoading && <PlanSkeleton />}
        {plan && (
          <div className={styles.columns} aria-busy={isLoading}>
            <div className={styles.main}>
              <PlanChange plan={plan} />
              <PlanCommits release={plan.release} />
              <PlanImpact plan={plan} toTitle={to.title} />
            </div>
            <div className={styles.side}>
              <PlanGates gates={plan.gates} toTitle={to.title} />
              {!areGatesOpen && (
                <p className={styles.muted}>{t('promote.closedGates')}</p>
              )}
              <TextAreaField
                label={t('promote.reason')}
                placeholder={t(`promote.reasonHint.${plan.way}`)}
                value={reason}
                onChange={setReason}
                maxLength={2000}
                rows={3}
              />
            </div>
          </div>
        )}
      </DialogBody>
      <DialogFooter>
        <Button variant="secondary" onPress={onClose} isDisabled={isSending}>
          {t('promote.cancel')}
        </Button>
        <Button
          variant="primary"
          isDisabled={isBlocked || !plan}
          isPending={isSending}
          onPress={() => plan && send(plan.id)}
        >
          {plan && waitsForApproval(plan)
            ? t('promote.ask')
            : t(`promote.way.${plan?.way ?? from.promotion?.way ?? 'commit'}`, {
                to: to.title,
              })}
        </Button>
      </DialogFooter>
    </Dialog>
  );
}

function Lead(props: { plan: PromotionPlan; toTitle: string }) {
  const { plan, toTitle } = props;
  const { t } = useTranslationRef(environmentsTranslationRef);
  return (
    <p className={styles.lead}>
      {plan.release.from === undefined
        ? t('promote.first', { to: toTitle })
        : t('promote.replaces', { version: plan.release.from })}{' '}
      {t(plan.way === 'sync' ? 'promote.wholeSync' : 'promote.whole', {
        to: toTitle,
        revision: <code key="revision">{plan.revision.slice(0, 7)}</code>,
      })}
    </p>
  );
}
