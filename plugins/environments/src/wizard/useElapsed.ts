import { useEffect, useState } from 'react';

/** Whether so many milliseconds have gone by since a time (ISO 8601); false without one. */
export function useElapsed(since: string | undefined, ms: number): boolean {
  const [elapsed, setElapsed] = useState<string>();
  useEffect(() => {
    if (since === undefined) {
      return undefined;
    }
    const left = Math.max(0, Date.parse(since) + ms - Date.now());
    const timer = setTimeout(() => setElapsed(since), left);
    return () => clearTimeout(timer);
  }, [since, ms]);
  return since !== undefined && elapsed === since;
}
