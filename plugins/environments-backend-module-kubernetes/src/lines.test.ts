import { linesOf } from './lines';

async function read(parts: readonly (string | Uint8Array)[]) {
  const lines: string[] = [];
  for await (const line of linesOf(
    parts.map(part =>
      typeof part === 'string' ? new TextEncoder().encode(part) : part,
    ),
  )) {
    lines.push(line);
  }
  return lines;
}

describe('linesOf', () => {
  it.each<[string, string[], string[]]>([
    ['come in one part', ['a\nb\n'], ['a', 'b']],
    [
      'are cut in any place',
      ['a', 'b', 'c\nd', '\n', 'e\n'],
      ['abc', 'd', 'e'],
    ],
    ['are empty', ['\n\n', 'a\n \n'], ['a']],
    ['do not end', ['a\nb'], ['a']],
  ])('reads lines that %s', async (_, parts, lines) => {
    expect(await read(parts)).toEqual(lines);
  });

  it('reads letters that are cut in two', async () => {
    const bytes = new TextEncoder().encode('"ü"\n');
    expect(await read([bytes.slice(0, 2), bytes.slice(2)])).toEqual(['"ü"']);
  });

  it('gives up a line that does not end', async () => {
    const part = new Uint8Array(1024 * 1024).fill(32);
    await expect(read(Array(17).fill(part))).rejects.toThrow(
      'A line of the watch does not end',
    );
  });
});
