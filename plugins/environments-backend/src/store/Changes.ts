import { FactKey } from '@envmatrix/backstage-plugin-environments-node';

export type Labels = Readonly<Record<string, string>>;

/** Facts whose value really changed, or that are gone. */
export interface Changes {
  readonly source: string;
  readonly facts: readonly (FactKey & { readonly labels?: Labels })[];
  /** Too many to name them: anything of the source may have changed. */
  readonly isAnything?: boolean;
}
