import {
  JsonObject,
  isObject,
  objectAt,
  objectsAt,
  stringAt,
  valueAt,
} from '../model/json';
import { TerraformPlan } from './types';

/**
 * A plan cannot be read: what it is, and what to do.
 *
 * @public
 */
export class PlanError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'PlanError';
  }
}

/**
 * Reads what `terraform show -json` printed.
 *
 * @throws {@link PlanError} for anything else.
 */
export function readPlan(name: string, value: unknown): TerraformPlan {
  if (!isObject(value) || typeof value.format_version !== 'string') {
    throw new PlanError(
      `the plan of ${name} is not what 'terraform show -json' prints: it has no format_version`,
    );
  }
  if (!/^1\./.test(value.format_version)) {
    throw new PlanError(
      `the plan of ${name} has format ${value.format_version}; 1.x can be read`,
    );
  }
  // A plan of nothing at all leaves the list of changes out.
  if (
    !Array.isArray(value.resource_changes) &&
    !(
      isObject(value.planned_values) &&
      objectsIn(value.planned_values).length === 0
    )
  ) {
    throw new PlanError(
      `the plan of ${name} says nothing of resources; it may be a state, and a plan is needed`,
    );
  }
  return {
    terraformVersion: text(value.terraform_version),
    timestamp: text(value.timestamp),
    variables: Object.fromEntries(
      Object.entries(isObject(value.variables) ? value.variables : {}).map(
        ([key, entry]) => [key, isObject(entry) ? entry.value : undefined],
      ),
    ),
    resources: objectsAt(value, 'resource_changes')
      .filter(change => change.mode !== 'data')
      .map(change => {
        const inner = isObject(change.change) ? change.change : {};
        return {
          address: stringAt(change, 'address') ?? '',
          type: stringAt(change, 'type') ?? '',
          actions: (Array.isArray(inner.actions) ? inner.actions : []).map(
            String,
          ),
          after: isObject(inner.after) ? inner.after : {},
          unknown: isObject(inner.after_unknown) ? inner.after_unknown : {},
        };
      }),
    drifted: objectsAt(value, 'resource_drift')
      // What was only moved in the files is listed too, with nothing to do.
      .filter(
        change =>
          change.mode !== 'data' &&
          !['no-op', 'read'].includes(
            String(valueAt(change, 'change', 'actions', 0)),
          ),
      )
      .map(change => stringAt(change, 'address') ?? ''),
    checks: objectsAt(value, 'checks').map(check => ({
      address:
        stringAt(check, 'address', 'to_display') ??
        stringAt(check, 'address') ??
        '',
      status: stringAt(check, 'status') ?? 'unknown',
    })),
  };
}

/** Resources of a module and of those in it. */
function objectsIn(values: unknown): readonly JsonObject[] {
  const module = objectAt(values, 'root_module');
  return [
    ...objectsAt(module, 'resources'),
    ...objectsAt(module, 'child_modules'),
  ];
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** Address without the keys of `count` and `for_each`, so that one and three of a thing are the same thing. */
export function withoutKeys(address: string): string {
  return address.replace(/\[(?:\d+|"(?:[^"\\]|\\.)*")\]/g, '');
}

export type { JsonObject };
