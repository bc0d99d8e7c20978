import { ArgoCdAnswerError } from './errors';

type Body = AsyncIterable<Uint8Array> | null;

/** The whole text of an answer. One that goes on beyond `maxBytes` is given up before it fills the memory. */
export async function readText(
  body: Body,
  options: { maxBytes: number; onChunk?: () => void },
): Promise<string> {
  let text = '';
  for await (const chunk of readChunks(body, options)) {
    text += chunk;
  }
  return text;
}

/** An answer piece by piece. One that goes on beyond `maxBytes` is given up. */
export async function* readChunks(
  body: Body,
  options: { maxBytes: number; onChunk?: () => void },
): AsyncGenerator<string> {
  const { maxBytes, onChunk } = options;
  const decoder = new TextDecoder();
  let bytes = 0;
  for await (const chunk of body ?? []) {
    onChunk?.();
    bytes += chunk.byteLength;
    if (bytes > maxBytes) {
      throw new ArgoCdAnswerError(
        `the answer is larger than ${Math.round(maxBytes / 1024 / 1024)} MiB`,
      );
    }
    yield decoder.decode(chunk, { stream: true });
  }
}

/** The lines of an answer as they come. What is left of a line that was cut off is not a line. */
export async function* readLines(
  body: Body,
  options: { maxLine: number },
): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  // What has arrived of a line is looked at once, however long it becomes.
  let begun: string[] = [];
  let length = 0;
  for await (const chunk of body ?? []) {
    const [next, ...others] = decoder
      .decode(chunk, { stream: true })
      .split('\n');
    begun.push(next);
    length += next.length;
    if (length > options.maxLine) {
      throw new ArgoCdAnswerError('a line of the stream does not end');
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
