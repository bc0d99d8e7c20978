import { useEffect, useState } from 'react';

/** From when on a person should be told that it takes long. */
const SLOW_MS = 4_000;

/** Whether what is shown has been waiting for long. */
export function useIsSlow(): boolean {
  const [isSlow, setSlow] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setSlow(true), SLOW_MS);
    return () => clearTimeout(timer);
  }, []);
  return isSlow;
}
