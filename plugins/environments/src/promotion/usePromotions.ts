import { useCallback, useEffect, useState } from 'react';
import { useApi } from '@backstage/frontend-plugin-api';
import { Matrix, Promotion } from '@envmatrix/engine';
import { environmentsApiRef } from '../api';
import { isWorthShowing } from './promotionView';

/**
 * The promotions of an entity that a person should see, followed as the matrix says that they move.
 */
export function usePromotions(options: {
  entityRef: string;
  matrix: Matrix;
  /** A promotion was created or moved on from here. */
  onActed: () => void;
}): {
  /** The promotion into an environment that is under way, has failed, or has just arrived. */
  readonly current: (environment: string) => Promotion | undefined;
  readonly update: (promotion: Promotion) => void;
  readonly dismiss: (id: string) => void;
} {
  const { entityRef, matrix, onActed } = options;
  const api = useApi(environmentsApiRef);
  const [promotions, setPromotions] = useState<readonly Promotion[]>([]);
  const [dismissed, setDismissed] = useState<ReadonlySet<string>>(new Set());
  const active = matrix.environments
    .flatMap(({ promotion }) =>
      promotion?.active ? [Object.values(promotion.active).join(' ')] : [],
    )
    .join();

  useEffect(() => {
    const controller = new AbortController();
    api.listPromotions({ entityRef, signal: controller.signal }).then(
      ({ items }) => {
        if (!controller.signal.aborted) {
          setPromotions(items);
        }
      },
      () => {
        // The matrix says that the backend does not answer; what was known of promotions stays.
      },
    );
    return () => controller.abort();
  }, [api, entityRef, active]);

  const update = useCallback(
    (promotion: Promotion) => {
      setPromotions(before => [
        promotion,
        ...before.filter(({ id }) => id !== promotion.id),
      ]);
      onActed();
    },
    [onActed],
  );

  const dismiss = useCallback(
    (id: string) => setDismissed(before => new Set([...before, id])),
    [],
  );

  return {
    current: environment => {
      const newest = promotions
        .filter(({ plan }) => plan.to === environment)
        .reduce<Promotion | undefined>(
          (left, right) =>
            left && left.createdAt >= right.createdAt ? left : right,
          undefined,
        );
      return newest &&
        !dismissed.has(newest.id) &&
        isWorthShowing(newest, Date.now())
        ? newest
        : undefined;
    },
    update,
    dismiss,
  };
}
