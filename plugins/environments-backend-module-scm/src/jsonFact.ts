import { Fact } from '@envmatrix/backstage-plugin-environments-node';
import { JsonValue } from '@backstage/types';

/** A fact that was seen now; what is undefined in its value is left out. */
export function jsonFact(
  kind: string,
  scope: string,
  name: string,
  value: unknown,
): Fact {
  const json: JsonValue = JSON.parse(JSON.stringify(value));
  return {
    kind,
    scope,
    name,
    value: json,
    observedAt: new Date().toISOString(),
  };
}
