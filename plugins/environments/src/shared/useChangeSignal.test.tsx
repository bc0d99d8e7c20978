import { PropsWithChildren } from 'react';
import { TestApiProvider } from '@backstage/test-utils';
import { SignalApi, signalApiRef } from '@backstage/plugin-signals-react';
import { act, renderHook } from '@testing-library/react';
import { useChangeSignal } from './useChangeSignal';

type Listener = (text: string) => void;

describe('useChangeSignal', () => {
  const listeners = new Map<string, Set<Listener>>();
  const signals: SignalApi = {
    subscribe(channel, onMessage) {
      const ofChannel = listeners.get(channel) ?? new Set();
      const listener: Listener = text => onMessage(JSON.parse(text));
      listeners.set(channel, ofChannel.add(listener));
      return { unsubscribe: () => ofChannel.delete(listener) };
    },
  };
  const send = (key: string) =>
    listeners
      .get('environments')
      ?.forEach(listener => listener(JSON.stringify({ key })));

  function WithSignals({ children }: PropsWithChildren<{}>) {
    return (
      <TestApiProvider apis={[[signalApiRef, signals]]}>
        {children}
      </TestApiProvider>
    );
  }

  it('tells each of several changes within one render, and none after the end', () => {
    const seen: string[] = [];
    const { unmount } = renderHook(
      () => useChangeSignal(key => seen.push(key)),
      { wrapper: WithSignals },
    );

    act(() => {
      send('checkout');
      send('cart');
      send('catalogue');
    });
    unmount();
    send('later');

    expect(seen).toEqual(['checkout', 'cart', 'catalogue']);
  });

  it('is quiet in an app without signals', () => {
    const onChange = jest.fn();
    renderHook(() => useChangeSignal(onChange), {
      wrapper: ({ children }: PropsWithChildren<{}>) => (
        <TestApiProvider apis={[]}>{children}</TestApiProvider>
      ),
    });
    expect(onChange).not.toHaveBeenCalled();
  });
});
