import { useRef, useState } from 'react';
import { useApi, useTranslationRef } from '@backstage/frontend-plugin-api';
import { Button, ButtonIcon } from '@backstage/ui';
import { RiCloseLine } from '@remixicon/react';
import { EnvironmentColumn, Promotion } from '@envmatrix/engine';
import { environmentsApiRef } from '../api';
import { Ago } from '../shared/Age';
import { Chip } from '../shared/Chip';
import { failureOf } from '../shared/errors';
import { environmentsTranslationRef } from '../translation';
import { ConfirmAction } from './ConfirmAction';
import styles from './PromotionProgress.module.css';
import { isOver, promotionLook } from './promotionView';

/** Steps that are shown; the last one matters most. */
const LAST_STEPS = 3;

type Action = Promotion['actions'][number];

/** A promotion in the head of the environment that it goes to: how far it is, and what a person does next. */
export function PromotionProgress(props: {
  entityRef: string;
  promotion: Promotion;
  target: EnvironmentColumn;
  onActed: (promotion: Promotion) => void;
  onDismiss: () => void;
}) {
  const { entityRef, promotion, target, onActed, onDismiss } = props;
  const { plan, state, steps, problem, remedy } = promotion;
  const { t } = useTranslationRef(environmentsTranslationRef);
  const api = useApi(environmentsApiRef);
  const [asked, setAsked] = useState<Action>();
  const [running, setRunning] = useState<Action>();
  const [error, setError] = useState<unknown>();
  const isRunning = useRef(false);
  const look = promotionLook(state);
  const to = target.title;

  const act = async (action: Action) => {
    if (isRunning.current) {
      return;
    }
    isRunning.current = true;
    setRunning(action);
    setError(undefined);
    try {
      onActed(
        await api.actOnPromotion({ entityRef, id: promotion.id, action }),
      );
    } catch (failure) {
      setError(failure);
    } finally {
      isRunning.current = false;
      setRunning(undefined);
      setAsked(undefined);
    }
  };
  const press = (action: Action) =>
    action === 'cancel' || action === 'approve' || target.kind === 'production'
      ? setAsked(action)
      : act(action);

  return (
    <section
      className={styles.progress}
      aria-label={t('promotion.label', { version: plan.release.to, to })}
    >
      <div className={styles.top}>
        <strong>{plan.release.to}</strong>
        <span aria-live="polite">
          <Chip tone={look.tone} glyph={look.glyph}>
            {t(`promotion.state.${state}`)}
          </Chip>
        </span>
        {isOver(state) && (
          <ButtonIcon
            aria-label={t('promotion.dismiss')}
            size="small"
            variant="tertiary"
            className={styles.dismiss}
            icon={<RiCloseLine />}
            onPress={onDismiss}
          />
        )}
      </div>
      <ol className={styles.steps}>
        {steps.slice(-LAST_STEPS).map(step => (
          <li key={`${step.at}${step.what}`} title={step.what}>
            {step.link ? (
              <a href={step.link} target="_blank" rel="noreferrer">
                {step.what}
              </a>
            ) : (
              step.what
            )}{' '}
            · <Ago since={step.at} />
          </li>
        ))}
      </ol>
      {problem && <p className={styles.problem}>{problem}</p>}
      {remedy && <p className={styles.remedy}>{remedy}</p>}
      {promotion.waitsFor && (
        <p className={styles.remedy}>{promotion.waitsFor}</p>
      )}
      {error !== undefined && (
        <p role="alert" className={styles.problem}>
          {t('promotion.actionError')}: {failureOf(error).message}
        </p>
      )}
      {promotion.actions.length > 0 && (
        <div className={styles.actions}>
          {promotion.actions.map(action => (
            <Button
              key={action}
              size="small"
              variant={action === 'cancel' ? 'tertiary' : 'primary'}
              isDisabled={running !== undefined}
              isPending={running === action}
              onPress={() => press(action)}
            >
              {t(`promotion.${action}`, { to })}
            </Button>
          ))}
        </div>
      )}
      {asked && (
        <ConfirmAction
          action={asked}
          promotion={promotion}
          target={target}
          isRunning={running !== undefined}
          onConfirm={() => act(asked)}
          onClose={() => setAsked(undefined)}
        />
      )}
    </section>
  );
}
