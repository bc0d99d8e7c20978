/**
 * The command `environments`: verify, diff, plan and render, for continuous integration and the laptop.
 *
 * @packageDocumentation
 */
import { main } from './main';

// Whoever reads may have seen enough: environments verify | head
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') {
    throw error;
  }
});

// The exit code is set, and not forced, so that what was written is seen to its end.
main(process.argv.slice(2)).then(
  code => {
    process.exitCode = code;
  },
  error => {
    process.stderr.write(
      `environments: ${error instanceof Error ? error.stack : error}\n`,
    );
    process.exitCode = 2;
  },
);
