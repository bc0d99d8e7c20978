import { recording } from '../recordings';
import type { Stream, WatchEvent } from '../request';
import type { ConformanceTarget } from './ConformanceTarget';
import type { ConformanceRow } from './ConformanceRow';
import {
  differencesOf,
  inShape,
  outside,
  wordForWord,
  type Heard,
} from './comparison';

const PODS = '/api/v1/pods';

/** Streams: what they send, and who ends them. */
export const WATCHES: readonly ConformanceRow[] = [
  watch('watch/410-too-old, word for word', async (target, open) => {
    const stream = await open('watch/410-too-old');
    await target.until(() => stream.ended === 'server');
    return wordForWord(recorded('watch/410-too-old'), received(stream));
  }),
  watch('watch/410-after-restart, word for word', async (target, open) => {
    await target.restart();
    const stream = await open('watch/410-after-restart');
    await target.until(() => stream.ended === 'server');
    return wordForWord(recorded('watch/410-after-restart'), received(stream));
  }),
  watch(
    'watch/resume-after-restart, word for word: even the version of the last list is too old',
    async (target, open) => {
      const version = await target.version(PODS);
      await target.restart();
      const stream = await open('watch/resume-after-restart', version);
      await target.until(() => stream.ended === 'server');
      return wordForWord(
        recorded('watch/resume-after-restart'),
        received(stream),
      );
    },
  ),
  watch(
    'watch/initial-events: each object, in shape, and then a bookmark, word for word',
    async (target, open) => {
      const stream = await open('watch/initial-events');
      await target.until(() => stream.events.at(-1)?.type === 'BOOKMARK');
      const { body, ...head } = recorded('watch/initial-events');
      const types = stream.events.map(({ type }) => type);
      return [
        ...differencesOf(
          [...types.slice(1).map(() => 'ADDED'), 'BOOKMARK'],
          types,
          '/types',
        ),
        ...inShape(
          { ...head, body: body[0] },
          { ...received(stream), body: stream.events[0] },
        ),
        ...wordForWord(
          { ...head, body: body.at(-1) },
          { ...received(stream), body: stream.events.at(-1) },
        ),
      ];
    },
  ),
  watch(
    'watch/server-timeout: the server ends it in good order when its time is over, and not before',
    async (target, open) => {
      const version = await target.version('/api/v1/namespaces');
      const stream = await open('watch/server-timeout', version);
      // A busy machine hears of the beginning late.
      await target.pass(3_000);
      const early = differencesOf(undefined, stream.ended, '/ended');
      await target.until(() => stream.ended !== undefined, 1_100);
      return [
        ...early,
        ...differencesOf('server', stream.ended, '/ended'),
        ...differencesOf(
          outside(recorded('watch/server-timeout')),
          outside(stream),
        ),
        ...differencesOf([], stream.events, '/events'),
      ];
    },
  ),
  watch(
    'watch/server-shutdown, for its bookmark, word for word: a watch that hears nothing of its kind has one each minute while the cluster moves on',
    async (target, open) => {
      const version = await target.version(PODS);
      const stream = await open('watch/server-shutdown', version);
      await target.changeElsewhere();
      await target.until(() => stream.events.length > 0, 60_000);
      return wordForWord(recorded('watch/server-shutdown'), received(stream));
    },
  ),
];

function watch(
  name: string,
  differences: (
    target: ConformanceTarget,
    open: (recording: string, version?: string) => Promise<Stream>,
  ) => Promise<readonly string[]>,
): ConformanceRow {
  return {
    name,
    differences: async target => {
      const opened: Stream[] = [];
      try {
        return await differences(target, async (of, version) => {
          const { path } = recording(of).request;
          const stream = await target.watch(
            version === undefined
              ? path
              : path.replace(
                  /resourceVersion=\d+/,
                  `resourceVersion=${version}`,
                ),
          );
          opened.push(stream);
          return stream;
        });
      } finally {
        opened.forEach(stream => stream.close());
      }
    },
  };
}

function recorded(name: string): Heard & { body: WatchEvent[] } {
  const { status, headers, stream = [] } = recording(name).response;
  return { status, headers, body: stream.map(({ line }) => JSON.parse(line)) };
}

function received({ status, headers, events }: Stream): Heard {
  return { status, headers, body: events };
}
