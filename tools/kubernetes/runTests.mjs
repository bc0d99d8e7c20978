import fs from 'node:fs';
import path from 'node:path';
import { inRoot, nodeTransform } from '../lib/paths.mjs';
import { runForCode } from '../lib/run.mjs';

/** Runs the tests of this folder against the API server of that program; how many passed, and how many failed. */
export async function runTests(node, server) {
  const report = inRoot('node_modules/.cache/results/kubernetes.xml');
  fs.mkdirSync(path.dirname(report), { recursive: true });
  fs.rmSync(report, { force: true });
  const tests = fs
    .readdirSync(inRoot('tools/kubernetes'))
    .filter(name => name.endsWith('.test.ts'))
    .map(name => inRoot('tools/kubernetes', name));
  const code = await runForCode(
    node,
    [
      '--require',
      nodeTransform,
      '--test',
      '--test-concurrency=1',
      '--test-reporter=spec',
      '--test-reporter-destination=stdout',
      '--test-reporter=junit',
      `--test-reporter-destination=${report}`,
      ...tests,
    ],
    { env: { ...process.env, KUBERNETES_SERVER: server } },
  );
  const count = name =>
    Number(
      new RegExp(`<!-- ${name} (\\d+) -->`).exec(
        fs.existsSync(report) ? fs.readFileSync(report, 'utf8') : '',
      )?.[1] ?? 0,
    );
  const passed = count('pass');
  const failed =
    count('fail') + count('cancelled') + count('skipped') + count('todo');
  // A run that ends badly has failed, whatever it counted.
  return { passed, failed: code !== 0 && failed === 0 ? 1 : failed };
}
