import { fail } from '../lib/log.mjs';
import { prepare } from '../lib/prepare.mjs';
import { buildServer } from './buildServer.mjs';
import { runTests } from './runTests.mjs';

// npm run test:kubernetes: builds the API server where it was not built before, and runs the tests against it.
try {
  const node = await prepare();
  const { server, missing } = await buildServer();
  if (missing) {
    process.stdout.write(
      `not run: tests against a real API server: ${missing}\n`,
    );
  } else {
    const { passed, failed } = await runTests(node, server);
    process.stdout.write(`${passed} passed, ${failed} failed\n`);
    process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
  }
} catch (error) {
  fail(error);
  process.exitCode = 1;
}
