/** An expression of HCL. */
export type Expression =
  | { readonly kind: 'literal'; readonly value: unknown }
  | { readonly kind: 'template'; readonly parts: readonly TemplatePart[] }
  | { readonly kind: 'name'; readonly name: string }
  | {
      readonly kind: 'index';
      readonly of: Expression;
      readonly key: Expression;
    }
  | {
      readonly kind: 'splat';
      readonly of: Expression;
      readonly each: Expression;
    }
  | { readonly kind: 'each' }
  | {
      readonly kind: 'call';
      readonly name: string;
      readonly args: readonly Expression[];
      readonly spread: boolean;
    }
  | {
      readonly kind: 'unary';
      readonly operator: string;
      readonly of: Expression;
    }
  | {
      readonly kind: 'binary';
      readonly operator: string;
      readonly left: Expression;
      readonly right: Expression;
    }
  | {
      readonly kind: 'conditional';
      readonly condition: Expression;
      readonly then: Expression;
      readonly otherwise: Expression;
    }
  | { readonly kind: 'tuple'; readonly items: readonly Expression[] }
  | {
      readonly kind: 'object';
      readonly entries: readonly (readonly [Expression, Expression])[];
    }
  | {
      readonly kind: 'for';
      readonly names: readonly string[];
      readonly over: Expression;
      readonly key?: Expression;
      readonly value: Expression;
      readonly condition?: Expression;
      /** Values with the same key are gathered in a list. */
      readonly isGrouping: boolean;
    };

/** Text as it is, an expression whose value is put in, or a choice between two templates. */
export type TemplatePart =
  | string
  | Expression
  | { readonly kind: 'unread' }
  | {
      readonly kind: 'choice';
      readonly condition: Expression;
      readonly then: readonly TemplatePart[];
      readonly otherwise: readonly TemplatePart[];
    };

/** The operators between two sides; what binds tighter comes later. */
export const LEVELS = [
  ['||'],
  ['&&'],
  ['==', '!='],
  ['<', '>', '<=', '>='],
  ['+', '-'],
  ['*', '/', '%'],
];

/** Words that stand for a value. */
export const CONSTANTS: ReadonlyMap<string, unknown> = new Map<string, unknown>(
  [
    ['true', true],
    ['false', false],
    ['null', null],
  ],
);
