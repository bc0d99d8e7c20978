/** An object in etcd is at most 1.5 MB; a line that grows beyond this is no event. */
const MAX_LINE = 16 * 1024 * 1024;

/**
 * The lines of a body, as they arrive. A last line that was cut off is left out: what it would have said comes again with a watch that resumes.
 */
export async function* linesOf(
  body: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of body) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > MAX_LINE) {
      throw new Error('A line of the answer does not end');
    }
    for (const line of lines) {
      if (line.trim() !== '') {
        yield line;
      }
    }
  }
}
