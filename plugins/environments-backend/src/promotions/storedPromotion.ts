import { ConflictError } from '@backstage/errors';
import {
  ApplicationFact,
  Gate,
  inputsOf,
  Promotion,
  PromotionState,
} from '@envmatrix/engine';
import { Assembled } from '../matrix/assembleInput';
import { StoredPromotion } from '../store/PromotionStore';
import { actionsOf, DeliveryMode, waitsForPin } from './promotionState';

export function environmentIn(input: Assembled | undefined, name: string) {
  return input?.environments.find(({ definition }) => definition.name === name);
}

/** The applications that deploy an environment: one, or one for each of its targets. */
export function applicationsIn(
  input: Assembled,
  name: string,
): readonly ApplicationFact[] {
  const environment = environmentIn(input, name);
  return environment
    ? inputsOf(environment).flatMap(
        ({ application }) => application?.value ?? [],
      )
    : [];
}

export function modeOf(
  input: Assembled | undefined,
  { plan }: { plan: { to: string } },
): DeliveryMode {
  return environmentIn(input, plan.to)?.definition.delivery.sync ?? 'manual';
}

/** Where a change in git leads: to a sync that comes by itself, or that somebody starts. */
export function stateInGit(mode: DeliveryMode): PromotionState {
  return mode === 'automatic' ? 'syncing' : 'merged';
}

export function approversOf(
  input: Assembled,
  environment: string,
): readonly string[] {
  const { gates = [] } =
    environmentIn(input, environment)?.definition.delivery ?? {};
  return gates.flatMap(gate => ('approval' in gate ? gate.approval.by : []));
}

export function moved(
  promotion: StoredPromotion,
  state: PromotionState,
  what: string,
  by: string,
  link?: string,
): StoredPromotion {
  const step = { at: new Date().toISOString(), what, by };
  return {
    ...promotion,
    state,
    steps: [...promotion.steps, { ...step, ...(link ? { link } : {}) }],
  };
}

export function presented(
  promotion: StoredPromotion,
  input: Assembled | undefined,
): Promotion {
  const {
    entityRef: _entityRef,
    mergedSha: _mergedSha,
    landed: _landed,
    declaredBefore: _declaredBefore,
    operationBefore: _operationBefore,
    takenUp: _takenUp,
    ...rest
  } = promotion;
  const mode = modeOf(input, promotion);
  return {
    ...rest,
    ...(waitsForPin(promotion, mode)
      ? { waitsFor: pinSentence(promotion) }
      : {}),
    actions: actionsOf(promotion, mode),
  };
}

/** Why a sync would not bring yet what was shown. */
export function pinSentence({ plan }: Pick<Promotion, 'plan'>): string {
  return `Argo CD has not read yet that ${
    plan.to
  } is pinned to ${plan.revision.slice(
    0,
    7,
  )}; it looks at argocd/ every few minutes, or at once where the git host tells it of pushes`;
}

export function refuseIf(gate: Gate | undefined): void {
  if (gate) {
    throw new ConflictError(
      `${gate.title}: ${gate.reason}${
        gate.opensAt ? `; it opens ${gate.opensAt}` : ''
      }`,
    );
  }
}

export function underWay(environment: string): ConflictError {
  return new ConflictError(
    `Another promotion to ${environment} is under way; finish or cancel it first`,
  );
}
