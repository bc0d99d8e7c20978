import {
  EnvironmentsApi,
  FleetAnswer,
  FleetApi,
  Preview,
} from '@envmatrix/backstage-plugin-environments-common';
import { Matrix, Promotion, PromotionPlan } from '@envmatrix/engine';
import { fleetFixture } from '../src/__fixtures__/fleet';
import { quietMatrix, richMatrix } from '../src/__fixtures__/matrix';
import {
  ownMatrix,
  refusedMatrix,
  storedMatrix,
} from '../src/__fixtures__/ownToken';
import { previewFixture } from '../src/__fixtures__/preview';
import { planFixture, promotionFixture } from '../src/__fixtures__/promotion';

type Scenario =
  | 'rich'
  | 'quiet'
  | 'slow'
  | 'error'
  | 'down'
  | 'waiting'
  /** A cluster for people alone: read after a click, and one that refuses the token. */
  | 'own'
  | 'refused';

/** Chosen with `?scenario=` when the page is opened. */
const SCENARIO = (new URLSearchParams(window.location.search).get('scenario') ??
  'rich') as Scenario;

/** Answers from the fixtures, with promotions that move on when one presses their buttons. */
export class DevEnvironmentsApi implements EnvironmentsApi, FleetApi {
  #promotions: Promotion[] = [];
  #looks = 0;
  readonly #opened = new Date().toISOString();

  async getFleet(): Promise<FleetAnswer> {
    return fleetFixture(this.#opened);
  }

  async getMatrix(): Promise<{ matrix: Matrix; etag?: string }> {
    this.#looks += 1;
    if (SCENARIO === 'slow') {
      await new Promise(() => {});
    }
    if (SCENARIO === 'error' || (SCENARIO === 'down' && this.#looks > 1)) {
      throw new TypeError('Failed to fetch');
    }
    const matrix =
      SCENARIO === 'quiet'
        ? quietMatrix(this.#opened)
        : richMatrix(this.#opened);
    if (SCENARIO === 'waiting') {
      return {
        matrix: {
          ...matrix,
          environments: [],
          groups: [],
          problem: 'The intent of this entity is being read',
        },
      };
    }
    return SCENARIO === 'own' || SCENARIO === 'refused'
      ? { matrix: storedMatrix(this.#opened) }
      : { matrix: this.#withPromotions(matrix) };
  }

  async getLiveMatrix(): Promise<Matrix> {
    await new Promise(resolve => setTimeout(resolve, 1_500));
    const now = new Date().toISOString();
    return SCENARIO === 'refused'
      ? refusedMatrix(
          {
            status: 'forbidden',
            reason:
              'Cluster prod does not accept your token, which may have expired: sign in again, and read it anew (Unauthorized)',
            isRefused: true,
          },
          now,
        )
      : ownMatrix('1.4.2', now);
  }

  async planPromotion(options: {
    from: string;
    to: string;
  }): Promise<PromotionPlan> {
    await new Promise(resolve => setTimeout(resolve, 600));
    return planFixture(
      {
        id: String(Date.now()),
        from: options.from,
        to: options.to,
        way: options.to === 'prod' ? 'pull-request' : 'commit',
      },
      new Date().toISOString(),
    );
  }

  async createPromotion(options: { planId: string }): Promise<Promotion> {
    const promotion = promotionFixture(
      { id: options.planId },
      new Date().toISOString(),
    );
    this.#promotions = [promotion, ...this.#promotions];
    return promotion;
  }

  async listPromotions() {
    return { items: this.#promotions };
  }

  async getPromotion(options: { id: string }): Promise<Promotion> {
    const found = this.#promotions.find(({ id }) => id === options.id);
    if (!found) {
      throw new Error('There is no such promotion');
    }
    return found;
  }

  async actOnPromotion(options: {
    id: string;
    action: 'approve' | 'merge' | 'sync' | 'cancel';
  }): Promise<Promotion> {
    const before = await this.getPromotion(options);
    const next = {
      approve: before,
      merge: { state: 'merged', actions: ['sync', 'cancel'] },
      sync: { state: 'rolling-out', actions: [] },
      cancel: { state: 'cancelled', actions: [] },
    } as const;
    const promotion: Promotion = {
      ...before,
      ...next[options.action],
      steps: [
        ...before.steps,
        {
          at: new Date().toISOString(),
          what: `Did ${options.action}`,
          by: 'user:default/ada',
        },
      ],
    };
    this.#promotions = this.#promotions.map(candidate =>
      candidate.id === promotion.id ? promotion : candidate,
    );
    return promotion;
  }

  async preview(options: { answers?: unknown }): Promise<Preview> {
    await new Promise(resolve => setTimeout(resolve, 800));
    return previewFixture(options.answers);
  }

  async getDifferences() {
    return { differences: [] };
  }

  async getFindings() {
    return { findings: [] };
  }

  async getHistory() {
    return { items: [] };
  }

  async refresh() {}

  async getEnvironments() {
    return { sources: [] };
  }

  #withPromotions(matrix: Matrix): Matrix {
    return {
      ...matrix,
      environments: matrix.environments.map(environment => {
        const active = this.#promotions.find(
          ({ plan }) => plan.to === environment.promotion?.to,
        );
        return environment.name === 'staging' && environment.promotion
          ? {
              ...environment,
              promotion: {
                ...environment.promotion,
                possible: !active,
                blockedBy: active
                  ? [`A promotion to prod is under way (${active.state})`]
                  : [],
                ...(active
                  ? { active: { id: active.id, state: active.state } }
                  : {}),
              },
            }
          : environment;
      }),
    };
  }
}
