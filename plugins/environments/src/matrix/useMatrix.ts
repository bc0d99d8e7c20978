import { useCallback, useEffect, useRef, useState } from 'react';
import { useApi } from '@backstage/frontend-plugin-api';
import { environmentsApiRef } from '../api';
import { useChangeSignal } from '../shared/useChangeSignal';
import { MatrixPoller, MatrixState } from './MatrixPoller';

/**
 * The matrix of an entity, kept up to date. `look` asks the backend at once.
 */
export function useMatrix(
  entityRef: string,
): MatrixState & { readonly look: () => void } {
  const api = useApi(environmentsApiRef);
  const [state, setState] = useState<MatrixState>({});
  const poller = useRef<MatrixPoller>();
  useChangeSignal(key => poller.current?.signal(key));

  useEffect(() => {
    const current = new MatrixPoller({ api, entityRef, onChange: setState });
    poller.current = current;
    setState({});
    current.start();
    const onVisible = () => {
      if (document.visibilityState === 'visible') {
        current.look();
      }
    };
    document.addEventListener('visibilitychange', onVisible);
    return () => {
      document.removeEventListener('visibilitychange', onVisible);
      current.stop();
    };
  }, [api, entityRef]);

  const look = useCallback(() => poller.current?.look(), []);
  return { ...state, look };
}
