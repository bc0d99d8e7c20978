import { useSyncExternalStore } from 'react';

const TICK_MS = 1000;
const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(() => {
    for (const notify of listeners) {
      notify();
    }
  }, TICK_MS);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) {
      clearInterval(timer);
      timer = undefined;
    }
  };
}

function wholeSeconds(): number {
  return Math.floor(Date.now() / TICK_MS) * TICK_MS;
}

/** Milliseconds since the epoch, in whole seconds; one timer ticks for every age on the page. */
export function useNow(): number {
  return useSyncExternalStore(subscribe, wholeSeconds, wholeSeconds);
}
