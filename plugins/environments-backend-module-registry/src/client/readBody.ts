import { ImageUnreadableError } from './errors';

/** The bytes of an answer. One that goes on beyond `maxBytes` is given up before it fills the memory. */
export async function readBody(
  body: AsyncIterable<Uint8Array> | null,
  options: { maxBytes: number; onChunk: () => void },
): Promise<Buffer> {
  const { maxBytes, onChunk } = options;
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body ?? []) {
    onChunk();
    bytes += chunk.byteLength;
    if (bytes > maxBytes) {
      throw new ImageUnreadableError(
        `the answer is larger than ${maxBytes / 1024 / 1024} MiB`,
      );
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
