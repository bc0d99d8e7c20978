/** The answer that somebody wants to put right, on the way from one page to another. */
let wanted: string | undefined;

/** Says which answer the next page is opened for. */
export function wantField(answer: string | undefined): void {
  wanted = answer;
}

/** The element on a page that asks for the wanted answer; asked for once. */
export function takeWantedField(page: HTMLElement): HTMLElement | undefined {
  const found = wanted
    ? page.querySelector<HTMLElement>(`[data-answer="${CSS.escape(wanted)}"]`)
    : null;
  if (found) {
    wanted = undefined;
  }
  return found ?? undefined;
}

/** The answer that a field of the intent comes from. */
export function answerOf(field: string): string {
  const [first, second] = field.split('.');
  switch (first) {
    case 'metadata':
      return second === 'name' ? 'service' : second;
    case 'service':
      return second;
    case 'secretStore':
      return 'secrets';
    case 'scm':
      return second === 'github' ? 'github' : 'repos';
    case 'repositories':
      return 'repos';
    case 'vpcCidr':
      return 'clusters';
    case 'parity':
      return 'parityAllow';
    default:
      return first;
  }
}
