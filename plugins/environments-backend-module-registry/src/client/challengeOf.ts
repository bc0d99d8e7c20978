/** How a registry wants to be told who asks. */
export type Challenge =
  | { readonly scheme: 'basic' }
  | {
      readonly scheme: 'bearer';
      /** Where tokens are made. */
      readonly realm: string;
      readonly service?: string;
    };

/** Reads `WWW-Authenticate`; a token is wanted before a password, which then goes to fewer places. */
export function challengeOf(header: string | null): Challenge | undefined {
  const bearer = /(?:^|,)\s*bearer\s+(.*)$/i.exec(header ?? '');
  if (bearer) {
    const realm = parameter(bearer[1], 'realm');
    const service = parameter(bearer[1], 'service');
    return realm === undefined
      ? undefined
      : {
          scheme: 'bearer',
          realm,
          ...(service === undefined ? {} : { service }),
        };
  }
  return /(?:^|,)\s*basic(\s|,|$)/i.test(header ?? '')
    ? { scheme: 'basic' }
    : undefined;
}

function parameter(text: string, name: string): string | undefined {
  const match = new RegExp(
    `(?:^|,)\\s*${name}\\s*=\\s*(?:"([^"]*)"|([^\\s,]+))`,
    'i',
  ).exec(text);
  return match ? match[1] ?? match[2] : undefined;
}
