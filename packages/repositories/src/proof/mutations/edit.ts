/** A change of one text of a file; fails where the text is not there, so that no mutation becomes a change of nothing. */
export interface Edit {
  readonly file: string;
  readonly from: string | RegExp;
  readonly to: string;
}

export function edited(text: string, { file, from, to }: Edit): string {
  const changed = text.replace(from, to);
  if (changed === text) {
    throw new Error(`${file} has no ${from}`);
  }
  return changed;
}
