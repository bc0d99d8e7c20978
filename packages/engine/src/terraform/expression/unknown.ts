import { isObject } from '../../model/json';

/** Stands for what only Terraform will know, or what is not looked at. */
export const UNKNOWN: unique symbol = Symbol('unknown');

/** Whether something, or anything in it, is not known. */
export function isKnown(value: unknown): boolean {
  if (Array.isArray(value)) {
    return value.every(isKnown);
  }
  return isObject(value)
    ? Object.values(value).every(isKnown)
    : value !== UNKNOWN;
}
