import { Promotion, PromotionPlan } from '@envmatrix/engine';
import { Knex } from 'knex';
import { isActive, PromotionProgress } from '../promotions/promotionState';

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
export type StoredPromotion = Omit<Promotion, 'actions'> &
  PromotionProgress & { readonly entityRef: string };

/** A failed promotion that is not among the last so many is history. */
const RECENT = 20;

/** An expired plan is kept a while, so that it can be said that it has expired. */
const KEEP_PLAN_MS = 24 * 60 * 60_000;

/**
 * Promotion plans and promotions.
 */
export class PromotionStore {
  readonly #knex: Knex;

  constructor(knex: Knex) {
    this.#knex = knex;
  }

  async savePlan(entityRef: string, plan: PromotionPlan): Promise<void> {
    const old = new Date(Date.parse(plan.createdAt) - KEEP_PLAN_MS);
    await this.#knex<PlanRow>('plans')
      .where('expires_at', '<', old.toISOString())
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

  /** Once it is a promotion, a plan is none any more. */
  async deletePlan(id: string): Promise<void> {
    await this.#knex('plans').where({ id }).delete();
  }

  /** Returns whether it was stored: while another promotion into the same environment is active, it is not. */
  async insert(promotion: StoredPromotion): Promise<boolean> {
    return await this.#unlessTaken(promotion, async () => {
      await this.#knex<PromotionRow>('promotions').insert(rowOf(promotion));
    });
  }

  /** Returns whether it was stored, as {@link PromotionStore.insert} does. */
  async update(promotion: StoredPromotion): Promise<boolean> {
    return await this.#unlessTaken(promotion, async () => {
      const { state, active, promotion: text } = rowOf(promotion);
      await this.#knex<PromotionRow>('promotions')
        .where({ id: promotion.id })
        .update({ state, active, promotion: text });
    });
  }

  /** The database holds to one active promotion per environment; what else it refuses is an error. */
  async #unlessTaken(
    promotion: StoredPromotion,
    write: () => Promise<void>,
  ): Promise<boolean> {
    try {
      await write();
      return true;
    } catch (error) {
      const { entity_ref, environment, active } = rowOf(promotion);
      const other =
        active &&
        (await this.#knex<PromotionRow>('promotions')
          .where({ entity_ref, environment, active: true })
          .whereNot({ id: promotion.id })
          .first());
      if (other) {
        return false;
      }
      throw error;
    }
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

  /** The ones that are under way. */
  async active(entityRef: string): Promise<StoredPromotion[]> {
    return await this.#find({ entity_ref: entityRef, active: true });
  }

  /** The ones that an observation may move on: active, or failed last in their environment. */
  async open(entityRef: string): Promise<StoredPromotion[]> {
    const [active, recent] = await Promise.all([
      this.active(entityRef),
      this.list(entityRef, RECENT),
    ]);
    const failed = recent.filter(
      ({ state, plan }, index) =>
        state === 'failed' &&
        !recent.slice(0, index).some(newer => newer.plan.to === plan.to),
    );
    return [...active, ...failed];
  }

  /** The ones whose pull request waits, of every entity. */
  async proposed(): Promise<StoredPromotion[]> {
    return await this.#find({ state: 'proposed', active: true });
  }

  async #find(where: Partial<PromotionRow>): Promise<StoredPromotion[]> {
    const rows = await this.#knex<PromotionRow>('promotions')
      .where(where)
      .select();
    return rows.map(row => JSON.parse(row.promotion));
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
