/**
 * The trailers of a commit message, as git reads them: the lines `Name: value` of its last paragraph, which is not its first. Names are in
 * lower case, as git does not tell them apart either; of several values of one name the last counts.
 */
export function trailersOf(message: string): Record<string, string> {
  const paragraphs = message
    .replace(/\r\n?/g, '\n')
    .trim()
    .split(/\n[ \t]*(?:\n[ \t]*)+/);
  const last = paragraphs.length > 1 ? paragraphs[paragraphs.length - 1] : '';
  return Object.fromEntries(
    last.split('\n').flatMap(line => {
      const trailer = /^([A-Za-z0-9][A-Za-z0-9-]*)\s*:\s*(\S.*)$/.exec(line);
      return trailer
        ? [[trailer[1].toLowerCase(), trailer[2].trim()] as const]
        : [];
    }),
  );
}
