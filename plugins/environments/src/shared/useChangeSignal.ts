import { useEffect, useRef } from 'react';
import { useApiHolder } from '@backstage/core-plugin-api';
import { signalApiRef } from '@backstage/plugin-signals-react';

/** The channel on which the backend announces that a matrix changed. */
const SIGNAL_CHANNEL = 'environments';

/**
 * Calls back for every announced change, with the key of the matrix that changed. `useSignal` keeps the last message only: of several within one render,
 * as when a cluster comes back, all but one would be lost.
 */
export function useChangeSignal(onChange: (key: string) => void): void {
  const signals = useApiHolder().get(signalApiRef);
  const latest = useRef(onChange);
  useEffect(() => {
    latest.current = onChange;
  });
  useEffect(() => {
    const subscriber = signals?.subscribe<{ key: string }>(
      SIGNAL_CHANNEL,
      ({ key }) => latest.current(key),
    );
    return () => subscriber?.unsubscribe();
  }, [signals]);
}
