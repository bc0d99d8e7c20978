/** `*` stands for any text, as in the globs of a project. */
export function matchesGlob(pattern: string, value: string): boolean {
  const expression = pattern
    .split('*')
    .map(part => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
    .join('.*');
  return new RegExp(`^${expression}$`).test(value);
}
