import { EnvironmentState } from '../environmentState';
import { Known } from '../known';
import { Cell, GroupId } from '../types';

/** One value of a row, before it is compared. */
export interface Reading {
  readonly known: Known<unknown>;
  readonly display?: string;
  readonly detail?: string;
  readonly state?: Cell['state'];
  /** What is to be said of the value, beside how it compares. */
  readonly note?: string;
  /** What is wrong with the value by itself, whatever the other environments have. */
  readonly fault?: Required<Pick<Cell, 'rule' | 'reason' | 'remedy'>>;
}

/**
 * One row of the matrix: what it reads of an environment, and how values of two environments are compared.
 */
export interface RowDefinition {
  readonly id: string;
  readonly group: GroupId;
  readonly title: string;
  readonly read: (state: EnvironmentState) => Reading;
  readonly comparison: RowComparison;
}

export type RowComparison =
  /** Moves with a promotion: different is behind, or ahead. */
  | {
      readonly kind: 'release';
      /** The same release has to have the very same value. */
      readonly isExact?: boolean;
    }
  /** Declared in git: judged as the differences below these pointers are. */
  | {
      readonly kind: 'declared';
      /** `apps/Deployment checkout`, or the kind alone where there is one object of it. */
      readonly subject: string;
      readonly pointers: readonly string[];
      /** Of a value that is partly measured, the part that is declared. */
      readonly declaredPart?: (value: unknown) => unknown;
    }
  /** Measured: may differ, and this is why. */
  | { readonly kind: 'measured'; readonly reason: string };
