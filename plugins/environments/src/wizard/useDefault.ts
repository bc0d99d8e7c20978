import { useEffect } from 'react';

/**
 * Gives a field its value when it has none. Runs with every render: when two fields of a page do so at once, the form takes
 * one of them, and the other says it again.
 */
export function useDefault<T>(
  value: T | undefined,
  onChange: (value: T) => void,
  fallback: T | undefined,
): void {
  useEffect(() => {
    if (value === undefined && fallback !== undefined) {
      onChange(fallback);
    }
  });
}
