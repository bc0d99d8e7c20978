import { useEffect, useState } from 'react';
import { identityApiRef, useApiHolder } from '@backstage/frontend-plugin-api';

const NOBODY: readonly string[] = [];

/** Entity references of what the person who is signed in is or belongs to; undefined until that is known. */
export function useOwnership(): readonly string[] | undefined {
  const identityApi = useApiHolder().get(identityApiRef);
  const [refs, setRefs] = useState<readonly string[]>();
  useEffect(() => {
    let isGone = false;
    const settle = (settled: readonly string[]) => {
      if (!isGone) {
        setRefs(settled);
      }
    };
    if (identityApi) {
      identityApi.getBackstageIdentity().then(
        ({ ownershipEntityRefs }) => settle(ownershipEntityRefs),
        // Nobody is signed in: nothing is theirs.
        () => settle(NOBODY),
      );
    } else {
      settle(NOBODY);
    }
    return () => {
      isGone = true;
    };
  }, [identityApi]);
  return refs;
}
