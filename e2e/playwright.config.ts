import { defineConfig } from '@playwright/test';

/**
 * The tests run against what `npm start` starts, on ports and with a state of their own.
 */
const port = Number(process.env.E2E_PORT ?? 8107);

export default defineConfig({
  testDir: '.',
  outputDir: '../node_modules/.cache/e2e',
  // What a machine that has much else to do keeps within; nobody waits for it where all is well.
  timeout: 300_000,
  expect: { timeout: 90_000 },
  workers: 1,
  fullyParallel: false,
  forbidOnly: true,
  // Told of as unsteady where it helped.
  retries: 1,
  reporter: [['list'], ['json']],
  globalSetup: './globalSetup.ts',
  use: {
    baseURL: `http://localhost:${port}`,
    actionTimeout: 60_000,
    viewport: { width: 1440, height: 1000 },
    screenshot: 'only-on-failure',
    trace: 'retain-on-failure',
    launchOptions: {
      executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
  },
});
