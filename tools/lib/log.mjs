const colour = process.stdout.isTTY && !process.env.NO_COLOR;

const paint = code => text => colour ? `\u001b[${code}m${text}\u001b[0m` : text;

export const bold = paint(1);
export const dim = paint(2);
export const red = paint(31);
export const green = paint(32);

/** One line as a piece of work starts, and the same line again with its time as it ends. */
export async function step(title, work) {
  const started = Date.now();
  process.stdout.write(`${dim('•')} ${title} ...\n`);
  const result = await work();
  process.stdout.write(
    `${green('✓')} ${title} ${dim(
      `${((Date.now() - started) / 1000).toFixed(1)} s`,
    )}\n`,
  );
  return result;
}

/** What a person can put right: shown without a stack. */
export class Complaint extends Error {}

export function fail(error) {
  process.stderr.write(
    `${red('✗')} ${
      error instanceof Complaint ? error.message : error?.stack ?? error
    }\n`,
  );
}
