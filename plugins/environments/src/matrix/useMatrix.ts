import { useCallback, useEffect, useRef, useState } from 'react';
import { useApi } from '@backstage/frontend-plugin-api';
import { useSignal } from '@backstage/plugin-signals-react';
import { environmentsApiRef } from '../api';
import { MatrixPoller, MatrixState } from './MatrixPoller';

/** The channel on which the backend announces that a matrix changed. */
const SIGNAL_CHANNEL = 'environments';

/**
 * The matrix of an entity, kept up to date. `look` asks the backend at once.
 */
export function useMatrix(
  entityRef: string,
): MatrixState & { readonly look: () => void } {
  const api = useApi(environmentsApiRef);
  const [state, setState] = useState<MatrixState>({});
  const poller = useRef<MatrixPoller>();
  const { lastSignal } = useSignal<{ key: string }>(SIGNAL_CHANNEL);

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

  useEffect(() => {
    if (lastSignal) {
      poller.current?.signal(lastSignal.key);
    }
  }, [lastSignal]);

  const look = useCallback(() => poller.current?.look(), []);
  return { ...state, look };
}
