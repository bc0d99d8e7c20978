/** What says where a secret is, by its scheme. */
const SCHEME =
  /^(arn:|https?:\/\/(?!.*:.*@)|projects\/[\w-]+\/secrets\/|vault:|op:\/\/|ssm:|sm:\/\/|(gs|s3):\/\/|data\.[a-z_]+\.)/;

/** One segment of a path in a store: words in lower case, and numbers of few digits. */
const SEGMENT = /^[a-z]{1,20}\d{0,4}([._-]([a-z]{1,20}\d{0,4}|v?\d{1,4}))*$/;

/** Whether a text has the scheme of an address. */
export function hasScheme(text: string): boolean {
  return SCHEME.test(text);
}

/**
 * Whether a text is a path in a store, such as `/checkout/prod/database`: words in several segments, and nothing that looks
 * made by chance.
 */
export function isStorePath(text: string): boolean {
  const segments = text.replace(/^\//, '').split('/');
  return (
    segments.length > 1 &&
    segments.every(segment => SEGMENT.test(segment) && !isRandom(segment))
  );
}

/** Letters that nobody can say: a long word without vowels, or with hardly any. */
function isRandom(segment: string): boolean {
  return segment.split(/[._-]/).some(word => {
    const letters = word.replace(/\d/g, '');
    const vowels = letters.replace(/[^aeiouy]/g, '').length;
    return letters.length >= 8 && vowels / letters.length < 0.2;
  });
}
