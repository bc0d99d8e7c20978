import { notUnderstood } from './answers';

/** An object in etcd is at most 1.5 MB; a line that grows beyond this is no event. */
const MAX_LINE = 16 * 1024 * 1024;

/**
 * The lines of a body, as they arrive; `onBytes` is called with every part of them. A last line that was cut off is left out: what it
 * would have said comes again with a watch that resumes.
 */
export async function* linesOf(
  body: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  onBytes: () => void = () => {},
): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  // What has arrived of a line is looked at once, however long it becomes.
  let begun: string[] = [];
  let length = 0;
  for await (const chunk of body) {
    onBytes();
    const [next, ...others] = decoder
      .decode(chunk, { stream: true })
      .split('\n');
    begun.push(next);
    length += next.length;
    if (length > MAX_LINE) {
      throw notUnderstood('A line of the watch does not end');
    }
    const last = others.pop();
    if (last !== undefined) {
      const lines = [begun.join(''), ...others];
      begun = [last];
      length = last.length;
      yield* lines.filter(line => line.trim() !== '');
    }
  }
}
