import { useCallback, useEffect, useRef, useState } from 'react';
import { useApi } from '@backstage/frontend-plugin-api';
import { PromotionPlan } from '@envmatrix/engine';
import { environmentsApiRef } from '../api';

/** A plan on its way: worked out, or not; and what the last one was, to say what moved since. */
export interface PlanState {
  readonly plan?: PromotionPlan;
  readonly before?: PromotionPlan;
  readonly error?: unknown;
  readonly isLoading: boolean;
}

/** The plan of a promotion. `lookAgain` works it out anew, keeping the old one on screen meanwhile. */
export function usePromotionPlan(options: {
  entityRef: string;
  from: string;
  to: string;
}): PlanState & { readonly lookAgain: () => void } {
  const { entityRef, from, to } = options;
  const api = useApi(environmentsApiRef);
  const [state, setState] = useState<PlanState>({ isLoading: true });
  const running = useRef<AbortController>();

  const lookAgain = useCallback(() => {
    running.current?.abort();
    const controller = new AbortController();
    running.current = controller;
    setState(({ plan, before }) => ({ plan, before, isLoading: true }));
    api.planPromotion({ entityRef, from, to, signal: controller.signal }).then(
      plan => {
        if (!controller.signal.aborted) {
          setState(({ plan: before }) => ({ plan, before, isLoading: false }));
        }
      },
      error => {
        if (!controller.signal.aborted) {
          setState(({ plan, before }) => ({
            plan,
            before,
            error,
            isLoading: false,
          }));
        }
      },
    );
  }, [api, entityRef, from, to]);

  useEffect(() => {
    lookAgain();
    return () => running.current?.abort();
  }, [lookAgain]);

  return { ...state, lookAgain };
}

/** What a person has to know of two plans of the same promotion. */
export type PlanMove =
  | {
      readonly what: 'version';
      readonly before: string;
      readonly after: string;
    }
  | {
      readonly what: 'revision';
      readonly before: string;
      readonly after: string;
    }
  | { readonly what: 'files' };

export function planMoves(
  before: PromotionPlan,
  after: PromotionPlan,
): PlanMove[] {
  return [
    ...(before.release.to === after.release.to
      ? []
      : [
          {
            what: 'version',
            before: before.release.to,
            after: after.release.to,
          } as const,
        ]),
    ...(before.revision === after.revision
      ? []
      : [
          {
            what: 'revision',
            before: before.revision.slice(0, 7),
            after: after.revision.slice(0, 7),
          } as const,
        ]),
    ...(JSON.stringify(before.files) === JSON.stringify(after.files)
      ? []
      : [{ what: 'files' } as const]),
  ];
}
