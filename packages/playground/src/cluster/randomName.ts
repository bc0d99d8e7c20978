import { createHash, randomInt } from 'crypto';
import { canonicalJson } from './values';

/** Letters and digits that make no words and look like no other. */
const ALPHABET = 'bcdfghjklmnpqrstvwxz2456789';

/** The five characters at the end of a pod's name. */
export function randomSuffix(): string {
  return Array.from(
    { length: 5 },
    () => ALPHABET[randomInt(ALPHABET.length)],
  ).join('');
}

/** A `pod-template-hash`: the same for the same content. */
export function contentHash(content: unknown): string {
  const number = createHash('sha256')
    .update(canonicalJson(content))
    .digest()
    .readUInt32BE(0);
  return [...String(number)]
    .map(digit => ALPHABET[digit.charCodeAt(0) % ALPHABET.length])
    .join('');
}
