import { useEffect, useReducer, useRef } from 'react';

/** Two fields of a page that settle at once need two rounds; more are for pages with many of them. */
const MOST_ROUNDS = 10;

/**
 * Lets a field give itself the value that it has to have. When several fields of a page do so at once, the form takes one of
 * them, and does not render those that it did not take: so each looks again whether it was.
 */
export function useSettled(isSettled: boolean, settle: () => void): void {
  const [, lookAgain] = useReducer((round: number) => round + 1, 0);
  const rounds = useRef(0);
  useEffect(() => {
    if (isSettled) {
      rounds.current = 0;
    } else if (rounds.current < MOST_ROUNDS) {
      rounds.current += 1;
      settle();
      lookAgain();
    }
  });
}

/** Gives a field its value when it has none. */
export function useDefault<T>(
  value: T | undefined,
  onChange: (value: T) => void,
  fallback: T | undefined,
): void {
  useSettled(
    value !== undefined || fallback === undefined,
    () => fallback !== undefined && onChange(fallback),
  );
}
