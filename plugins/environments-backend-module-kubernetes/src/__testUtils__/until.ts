/** Resolves when a condition holds; says which one when it does not in time. */
export async function until(
  condition: () => boolean,
  withinMs = 60_000,
): Promise<void> {
  const deadline = Date.now() + withinMs;
  while (!condition()) {
    if (Date.now() > deadline) {
      throw new Error(`Still not so after ${withinMs} ms: ${condition}`);
    }
    await new Promise(resolve => {
      setTimeout(resolve, 5);
    });
  }
}
