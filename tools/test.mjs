import fs from 'node:fs';
import path from 'node:path';
import { ensureDebianPackage, unpackDebianPackage } from './lib/debian.mjs';
import { bold, dim, fail, green, red } from './lib/log.mjs';
import { inRoot, root } from './lib/paths.mjs';
import { buildFrontend } from './lib/portal.mjs';
import { startPostgres } from './lib/postgres.mjs';
import { prepare, requirePrograms, which } from './lib/prepare.mjs';
import { runForCode } from './lib/run.mjs';
import { buildServer, builtServer } from './kubernetes/buildServer.mjs';
import { runTests } from './kubernetes/runTests.mjs';

// npm test                 everything
// npm test -- types lint unit kubernetes browser    only these parts
// npm test -- --build-kubernetes                    builds the API server, where Go is present
const PARTS = ['types', 'lint', 'unit', 'kubernetes', 'browser'];
const BUILD = '--build-kubernetes';
/** What is built until then is kept by Go, for the next time. */
const LONGEST_BUILD_MS = 10 * 60_000;
const asked = process.argv.slice(2).filter(argument => argument !== BUILD);
const unknown = asked.filter(part => !PARTS.includes(part));

/** More than these at once is no accident. */
const MOST_AGAIN = 3;

const results = [];
const notRun = [];
/** What failed at first, and passed when it ran once more: to be mended, and not what the change at hand broke. */
const unsteady = [];

function record(part, passed, failed) {
  results.push({ part, passed, failed });
  process.stdout.write(
    `${failed === 0 ? green('✓') : red('✗')} ${bold(
      part,
    )}: ${passed} passed, ${failed} failed\n`,
  );
}

async function types(node) {
  const code = await runForCode(node, [
    inRoot('node_modules/typescript/bin/tsc'),
    '--noEmit',
    '--incremental',
    'false',
    '-p',
    root,
  ]);
  record('types', code === 0 ? 1 : 0, code === 0 ? 0 : 1);
}

async function lint(node) {
  const commands = [
    ['@backstage/cli/bin/backstage-cli', 'repo', 'lint', '--max-warnings', '0'],
    ['prettier/bin-prettier.js', '--check', '.', '--loglevel', 'warn'],
  ];
  let passed = 0;
  for (const [program, ...args] of commands) {
    const script = inRoot('node_modules', program);
    const code = await runForCode(node, [script, ...args], { cwd: root });
    passed += code === 0 ? 1 : 0;
  }
  record('lint', passed, commands.length - passed);
}

async function unit(node) {
  if (!which('terraform')) {
    notRun.push(
      'terraform init, validate, plan, apply and test of the generated roots: terraform is not installed',
    );
  }
  for (const program of ['make', 'jq'].filter(name => !which(name))) {
    notRun.push(
      `the Makefile and the scripts of the generated infrastructure: ${program} is not installed`,
    );
  }
  const folders = [];
  for (const tool of [
    {
      name: 'prometheus',
      programs: ['promtool'],
      proves: 'promtool check and test of the generated rules',
    },
    {
      name: 'prometheus-alertmanager',
      programs: ['amtool'],
      proves:
        'amtool check and route tests of the generated Alertmanager configuration',
    },
    {
      name: 'shellcheck',
      programs: ['shellcheck'],
      proves: 'shellcheck of the generated scripts',
    },
  ]) {
    const folder = await unpackDebianPackage(tool);
    if (folder) {
      folders.push(folder);
    } else {
      notRun.push(
        `${tool.proves}: ${tool.programs[0]} is not installed, and the Debian package ${tool.name} cannot be fetched`,
      );
    }
  }
  notRun.push(
    'OpenTofu and tflint on the generated infrastructure: they cannot be had here; what OpenTofu reads is read by Terraform',
  );
  notRun.push(
    'GitLab CI by GitLab itself, and runs of the generated workflows: there is no git host with runners; they are parsed, linted and their scripts run',
  );
  const postgres = await startPostgres();
  if (!postgres) {
    notRun.push(
      'the store on PostgreSQL: it is not installed, and its Debian package cannot be fetched; the same tests run on SQLite',
    );
  }
  const jest = async (name, only = []) => {
    const report = resultFile(name);
    // Silent: what libraries warn of in a test of the browser would bury the one failure that somebody looks for.
    const args = [
      'repo',
      'test',
      '--silent',
      '--json',
      `--outputFile=${report}`,
      '--maxWorkers=2',
      '--workerIdleMemoryLimit=1.5GB',
      '--passWithNoTests=false',
      ...only,
    ];
    await runForCode(
      node,
      [inRoot('node_modules/@backstage/cli/bin/backstage-cli'), ...args],
      {
        cwd: root,
        env: {
          ...process.env,
          CI: 'true',
          PATH: [process.env.PATH, ...folders].join(path.delimiter),
          ...(postgres
            ? {
                [`BACKSTAGE_TEST_DATABASE_POSTGRES${postgres.major}_CONNECTION_STRING`]:
                  postgres.url,
              }
            : {}),
        },
        // The JSON report goes to its file; jest repeats it on standard output.
        stdio: ['ignore', 'ignore', 'inherit'],
      },
    );
    return readJestReport(report);
  };
  const files = await jest('unit.json');
  const failed = files.filter(isFailed);
  if (failed.length > 0 && failed.length <= MOST_AGAIN) {
    process.stdout.write(dim('What failed runs once more, by itself\n'));
    const again = await jest('unit-again.json', [
      '--runTestsByPath',
      ...failed.map(({ file }) => file),
    ]);
    for (const first of failed) {
      const second = again.find(({ file }) => file === first.file);
      if (second && !isFailed(second)) {
        unsteady.push(...first.failures);
        Object.assign(first, second);
      }
    }
  }
  await postgres?.stop();
  const sum = of => files.reduce((total, result) => total + result[of], 0);
  record('unit', sum('passed'), sum('failed') + (files.length === 0 ? 1 : 0));
}

const isFailed = ({ failed }) => failed > 0;

/** What became of each file: how many tests passed and failed, and a file that did not run is a failure too. */
function readJestReport(report) {
  if (!fs.existsSync(report)) {
    return [];
  }
  const { testResults } = JSON.parse(fs.readFileSync(report, 'utf8'));
  return testResults.map(({ name, status, assertionResults }) => {
    const of = wanted =>
      assertionResults.filter(test => test.status === wanted);
    const failures = of('failed').map(test => test.fullName);
    if (failures.length === 0 && status === 'failed') {
      failures.push('the file itself');
    }
    return {
      file: name,
      passed: of('passed').length,
      failed: failures.length,
      failures: failures.map(test => `${path.relative(root, name)}: ${test}`),
    };
  });
}

async function kubernetes(node) {
  const { server, missing } = process.argv.includes(BUILD)
    ? await tryToBuild()
    : knownServer();
  if (!server) {
    notRun.push(`tests against a real API server: ${missing}`);
    return;
  }
  const { passed, failed } = await runTests(node, server);
  record('kubernetes', passed, failed);
}

async function tryToBuild() {
  try {
    return await buildServer({ signal: AbortSignal.timeout(LONGEST_BUILD_MS) });
  } catch (error) {
    return { missing: `it could not be built: ${error.message}` };
  }
}

/** Building takes some minutes of both cores, which not everybody wants to spend. */
function knownServer() {
  const server = builtServer();
  return server
    ? { server }
    : {
        missing:
          'it is not built; npm run test:kubernetes builds it, with Go, in about six minutes, and runs them',
      };
}

async function browser(node) {
  const chromium = await ensureDebianPackage({
    name: 'chromium',
    programs: ['chromium', 'chromium-browser', 'google-chrome'],
  });
  if (!chromium) {
    notRun.push(
      'browser tests: there is no Chromium, and it cannot be installed without root and apt-get; install chromium and run npm test again',
    );
    return;
  }
  await buildFrontend(node);
  const report = resultFile('browser.json');
  await runForCode(
    node,
    [
      inRoot('node_modules/@playwright/test/cli.js'),
      'test',
      '--config',
      inRoot('e2e/playwright.config.ts'),
    ],
    {
      cwd: root,
      env: {
        ...process.env,
        CHROMIUM: chromium,
        PLAYWRIGHT_JSON_OUTPUT_NAME: report,
        PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD: '1',
      },
    },
  );
  if (!fs.existsSync(report)) {
    record('browser', 0, 1);
    return;
  }
  const { stats, errors, suites } = JSON.parse(fs.readFileSync(report, 'utf8'));
  unsteady.push(...suites.flatMap(flakyIn));
  record(
    'browser',
    stats.expected + stats.flaky,
    stats.unexpected + stats.skipped + errors.length,
  );
}

function flakyIn({ specs = [], suites = [] }) {
  return [
    ...specs
      .filter(({ tests }) => tests.some(({ status }) => status === 'flaky'))
      .map(({ file, title }) => `e2e/${file}: ${title}`),
    ...suites.flatMap(flakyIn),
  ];
}

function resultFile(name) {
  const file = inRoot('node_modules/.cache/results', name);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.rmSync(file, { force: true });
  return file;
}

try {
  if (unknown.length > 0) {
    fail(
      `There is no part '${unknown.join(', ')}'; parts are ${PARTS.join(', ')}`,
    );
    process.exit(2);
  }
  requirePrograms([
    { names: ['git'], why: "the playground's git host" },
    { names: ['kubectl', 'kustomize'], why: 'renders manifests' },
  ]);
  const node = await prepare();
  const started = Date.now();
  const run = { types, lint, unit, kubernetes, browser };
  for (const part of asked.length > 0 ? asked : PARTS) {
    process.stdout.write(`\n${bold(part)}\n`);
    await run[part](node);
  }
  const passed = results.reduce((sum, result) => sum + result.passed, 0);
  const failed = results.reduce((sum, result) => sum + result.failed, 0);
  process.stdout.write(
    dim(`\n${((Date.now() - started) / 60_000).toFixed(1)} min\n`),
  );
  for (const line of notRun) {
    process.stdout.write(`not run: ${line}\n`);
  }
  for (const line of unsteady) {
    process.stdout.write(`unsteady, passed when it ran once more: ${line}\n`);
  }
  process.stdout.write(`${passed} passed, ${failed} failed\n`);
  process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
} catch (error) {
  fail(error);
  process.stdout.write('0 passed, 1 failed\n');
  process.exitCode = 1;
}
