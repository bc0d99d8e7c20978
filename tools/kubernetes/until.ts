/** Resolves with what a condition gives once that is something; says which condition does not come true. */
export async function until<T>(
  what: string,
  condition: () => Promise<T | false | undefined> | T | false | undefined,
  withinMs: number = 240_000,
): Promise<T> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    const value = await condition();
    if (value !== false && value !== undefined) {
      return value;
    }
    if (Date.now() > deadline) {
      throw new Error(`Not so after ${withinMs / 1000} s: ${what}`);
    }
    await new Promise(resolve => {
      setTimeout(resolve, 50);
    });
  }
}
