/** A kind within its group, without what is usual. */
export interface KindDefinition {
  readonly kind: string;
  readonly plural: string;
  readonly shortNames?: readonly string[];
  readonly categories?: readonly string[];
  /** Of the whole cluster, and of no namespace. */
  readonly cluster?: boolean;
  readonly subresources?: readonly string[];
  readonly hasGeneration?: boolean;
  readonly empty?: Readonly<Record<string, unknown>>;
}
