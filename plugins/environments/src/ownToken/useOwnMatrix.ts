import { useCallback, useEffect, useRef, useState } from 'react';
import { useApiHolder } from '@backstage/core-plugin-api';
import { useApi } from '@backstage/frontend-plugin-api';
import { Matrix } from '@envmatrix/engine';
import { environmentsApiRef } from '../api';
import { ClusterTokens } from './ClusterTokens';
import { NO_OWN_CLUSTERS, OwnMatrixReader, OwnState } from './OwnMatrixReader';

/** What the person's own tokens add to the matrix that everybody sees, and how to get more of it. */
export interface OwnMatrix extends OwnState {
  /** Reads a cluster as the person who clicks, with a sign-in where that is needed. */
  readonly read: (cluster: string) => void;
  /** Looks again at once. */
  readonly lookAgain: () => void;
}

/** The clusters of a matrix that are read with the token of the person who looks, and what these show. */
export function useOwnMatrix(
  entityRef: string,
  stored: Matrix | undefined,
): OwnMatrix {
  const api = useApi(environmentsApiRef);
  const apis = useApiHolder();
  const [state, setState] = useState<OwnState>(NO_OWN_CLUSTERS);
  const reader = useRef<OwnMatrixReader>();

  useEffect(() => {
    const current = new OwnMatrixReader({
      api,
      entityRef,
      tokens: new ClusterTokens(apis),
      onChange: setState,
    });
    reader.current = current;
    setState(NO_OWN_CLUSTERS);
    const onVisible = () =>
      current.setVisible(document.visibilityState === 'visible');
    onVisible();
    document.addEventListener('visibilitychange', onVisible);
    return () => {
      document.removeEventListener('visibilitychange', onVisible);
      current.stop();
    };
  }, [api, apis, entityRef]);

  useEffect(
    () => reader.current?.update(stored),
    [api, apis, entityRef, stored],
  );

  const read = useCallback(
    (cluster: string) => reader.current?.read(cluster),
    [],
  );
  const lookAgain = useCallback(() => reader.current?.look(), []);
  return { ...state, read, lookAgain };
}
