// What rendering both repositories takes, for every combination of answers that the tests prove, beside the floor that writing the same bytes to disk is.
//   node benchmarks/repositories.mjs
import { createRequire } from 'node:module';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '..');
const require = createRequire(path.join(root, 'package.json'));
require('@backstage/cli/config/nodeTransform.cjs');
const {
  COMBINATIONS,
  intentOfAnswers,
  readTemplateSkeleton,
} = require(path.join(root, 'packages/repositories/src/testing'));
const { renderRepositories } = require(path.join(
  root,
  'packages/repositories/src',
));

const MOST_MS = 1_000;
const MOST_MIB = 200;
const TIMES = 5;

const skeleton = readTemplateSkeleton();
const filesOf = ({ infrastructure, deployConfig }) => [
  ...infrastructure.map(file => ['infrastructure', file]),
  ...deployConfig.map(file => ['deploy-config', file]),
];
const peakMiB = () => process.resourceUsage().maxRSS / 1024;

function median(work) {
  const durations = Array.from({ length: TIMES }, () => {
    const start = performance.now();
    work();
    return performance.now() - start;
  });
  return durations.sort((a, b) => a - b)[Math.floor(TIMES / 2)];
}

function write(folder, files) {
  for (const [repository, { path: name, content }] of files) {
    const file = path.join(folder, repository, name);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, content);
  }
}

/** One combination in a process of its own, so that nothing else is counted. */
function alone(name) {
  const { answers } = COMBINATIONS.find(
    combination => combination.name === name,
  );
  const intent = intentOfAnswers(answers);
  const idle = peakMiB();
  const start = performance.now();
  renderRepositories({ intent, skeleton });
  return { cold: performance.now() - start, memory: peakMiB() - idle };
}

if (process.argv[2] !== undefined) {
  console.log(JSON.stringify(alone(process.argv[2])));
} else {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'benchmark-'));
  const rows = COMBINATIONS.map(({ name, answers }, index) => {
    const intent = intentOfAnswers(answers);
    const files = filesOf(renderRepositories({ intent, skeleton }));
    const warm = median(() => renderRepositories({ intent, skeleton }));
    const floor = median(() => write(path.join(folder, String(index)), files));
    const bytes = files.reduce(
      (sum, [, { content }]) => sum + Buffer.byteLength(content),
      0,
    );
    const { cold, memory } = JSON.parse(
      spawnSync(process.execPath, [fileURLToPath(import.meta.url), name], {
        encoding: 'utf8',
      }).stdout,
    );
    return {
      name,
      files: files.length,
      KiB: bytes / 1024,
      cold,
      warm,
      ratio: warm / floor,
      memory,
    };
  });
  fs.rmSync(folder, { recursive: true });

  let isWithin = true;
  for (const { name, files, KiB, cold, warm, ratio, memory } of rows) {
    const fits = cold <= MOST_MS && memory <= MOST_MIB;
    isWithin &&= fits;
    console.log(
      `${fits ? 'ok  ' : 'OVER'} ${name}: ${files} files, ${KiB.toFixed(
        0,
      )} KiB; cold ${cold.toFixed(0)} ms, warm ${warm.toFixed(
        0,
      )} ms, ${ratio.toFixed(
        1,
      )} times what writing them takes; ${memory.toFixed(0)} MiB`,
    );
  }
  const worst = key => Math.max(...rows.map(row => row[key]));
  console.log(
    `${rows.length} combinations; at most: cold ${worst('cold').toFixed(
      0,
    )} ms (limit ${MOST_MS}), ${worst('memory').toFixed(
      0,
    )} MiB (limit ${MOST_MIB}), ${worst('ratio').toFixed(1)} times the floor`,
  );
  process.exitCode = isWithin ? 0 : 1;
}
