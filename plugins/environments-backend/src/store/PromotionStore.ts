import { Promotion, PromotionPlan } from '@envmatrix/engine';
import { Knex } from 'knex';
import { isActive } from '../promotions/promotionState';

interface PromotionRow {
  id: string;
  entity_ref: string;
  environment: string;
  state: string;
  active: boolean;
  created_at: string;
  promotion: string;
}

interface PlanRow {
  id: string;
  entity_ref: string;
  plan: string;
  expires_at: string;
}

/** A promotion as it is kept: what a person may do next follows from its state. */
export type StoredPromotion = Omit<Promotion, 'actions'> & {
  readonly entityRef: string;
  /** Commit of the deploy-config repository that holds the change, once it is on the default branch. */
  readonly mergedSha?: string;
  /** When the sync was started that has to bring the release. */
  readonly syncedAt?: string;
};

/**
 * Promotion plans and promotions.
 */
export class PromotionStore {
  readonly #knex: Knex;

  constructor(knex: Knex) {
    this.#knex = knex;
  }

  async savePlan(entityRef: string, plan: PromotionPlan): Promise<void> {
    await this.#knex<PlanRow>('plans')
      .where('expires_at', '<', plan.createdAt)
      .delete();
    await this.#knex<PlanRow>('plans').insert({
      id: plan.id,
      entity_ref: entityRef,
      plan: JSON.stringify(plan),
      expires_at: plan.expiresAt,
    });
  }

  async plan(
    entityRef: string,
    id: string,
  ): Promise<PromotionPlan | undefined> {
    const row = await this.#knex<PlanRow>('plans')
      .where({ id, entity_ref: entityRef })
      .first();
    return row && JSON.parse(row.plan);
  }

  /** Refuses a second active promotion into the same environment, also when both are asked for at the same moment. */
  async insert(promotion: StoredPromotion): Promise<boolean> {
    return await this.#knex.transaction(async transaction => {
      const row = rowOf(promotion);
      await transaction<PromotionRow>('promotions').insert(row);
      const active = await transaction<PromotionRow>('promotions')
        .where({
          entity_ref: row.entity_ref,
          environment: row.environment,
          active: true,
        })
        .orderBy('created_at')
        .select('id');
      if (active.length > 1) {
        await transaction<PromotionRow>('promotions')
          .where({ id: row.id })
          .delete();
        return false;
      }
      return true;
    });
  }

  async update(promotion: StoredPromotion): Promise<void> {
    const { state, active, promotion: text } = rowOf(promotion);
    await this.#knex<PromotionRow>('promotions')
      .where({ id: promotion.id })
      .update({ state, active, promotion: text });
  }

  async get(
    entityRef: string,
    id: string,
  ): Promise<StoredPromotion | undefined> {
    const row = await this.#knex<PromotionRow>('promotions')
      .where({ id, entity_ref: entityRef })
      .first();
    return row && JSON.parse(row.promotion);
  }

  /** Newest first. */
  async list(entityRef: string, limit = 50): Promise<StoredPromotion[]> {
    const rows = await this.#knex<PromotionRow>('promotions')
      .where({ entity_ref: entityRef })
      .orderBy('created_at', 'desc')
      .limit(limit)
      .select();
    return rows.map(row => JSON.parse(row.promotion));
  }

  /** The ones that an observation may move on: active, or failed last in their environment. */
  async open(entityRef: string): Promise<StoredPromotion[]> {
    const recent = await this.list(entityRef, 20);
    return recent.filter(
      (promotion, index) =>
        isActive(promotion.state) ||
        (promotion.state === 'failed' &&
          !recent
            .slice(0, index)
            .some(newer => newer.plan.to === promotion.plan.to)),
    );
  }
}

function rowOf(promotion: StoredPromotion): PromotionRow {
  return {
    id: promotion.id,
    entity_ref: promotion.entityRef,
    environment: promotion.plan.to,
    state: promotion.state,
    active: isActive(promotion.state),
    created_at: promotion.createdAt,
    promotion: JSON.stringify(promotion),
  };
}
