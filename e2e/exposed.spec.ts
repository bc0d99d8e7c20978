import { expect, Page, test } from '@playwright/test';
import { openEnvironments, head, signIn } from './portal';

/**
 * A service with what most of them have: a host, secrets, a database, and replicas that grow by themselves.
 */
test.describe.configure({ mode: 'serial' });

const service = 'invoices';

let page: Page;

test.beforeAll(async ({ browser }) => {
  page = await browser.newPage();
  await signIn(page);
});

test.afterAll(async () => {
  await page.close();
});

async function next() {
  await page.getByRole('button', { name: 'Next', exact: true }).click();
}

async function shot(name: string) {
  await page.screenshot({
    path: `node_modules/.cache/screenshots/${name}.png`,
    fullPage: true,
  });
}

function row(title: string) {
  return page
    .getByRole('row')
    .filter({ has: page.getByRole('rowheader', { name: title, exact: true }) });
}

test('the wizard asks for what it needs', async () => {
  await page.goto('/create/templates/default/multi-environment-service');
  await page.getByRole('textbox', { name: /^Name/ }).fill(service);
  await page.getByRole('textbox', { name: /^Owner/ }).fill('pay');
  await page.getByRole('option', { name: /payments/i }).click();
  await next();
  await page.getByRole('radio', { name: /^Through a Gateway/ }).check();
  await page.getByRole('radio', { name: /^PostgreSQL/ }).check();
  await page
    .getByRole('textbox', { name: /^Names/ })
    .fill('DATABASE_URL, PAYMENT_KEY');
  await page
    .getByRole('textbox', { name: /^Address/ })
    .fill('https://vault.example.com');
  await shot('exposed-1-needs');
  await next();
  for (const environment of ['dev', 'staging', 'prod']) {
    await page
      .getByRole('textbox', {
        name: new RegExp(`^Host name of ${environment}`),
      })
      .fill(`${service}.${environment}.example.com`);
  }
  await page
    .getByRole('spinbutton', { name: 'Most replicas of staging' })
    .fill('4');
  await page
    .getByRole('spinbutton', { name: 'Most replicas of prod' })
    .fill('6');
  await shot('exposed-2-environments');
  await next();
  await next();
  await page.getByRole('textbox', { name: /^Owner/ }).fill('acme');
  await next();
  await expect(page.getByText(/none fails/)).toBeVisible();
  await page.getByRole('button', { name: 'Review', exact: true }).click();
  await page.getByRole('button', { name: 'Create', exact: true }).click();
  await expect(
    page.getByRole('button', { name: 'What was checked' }),
  ).toBeVisible();
});

test('dev and staging come alive with all of it', async () => {
  await openEnvironments(page, service);
  for (const environment of ['dev', 'staging']) {
    await expect(head(page, environment)).toContainText('0.1.0');
    await expect(head(page, environment)).toContainText('Healthy');
  }
  await page.getByText('Everything', { exact: true }).click();
  for (const [title, value] of [
    ['Autoscaling', '2 to 4 replicas'],
    ['Hosts', `${service}.dev.example.com`],
    ['Secrets', 'DATABASE_URL, PAYMENT_KEY'],
    ['Secrets synced', 'Synced'],
    ['Secret store', 'vault https://vault.example.com'],
    ['Certificate signed by', `Issuer ${service}`],
    ['Certificate expires', /20\d\d-\d\d-\d\d/],
  ] as const) {
    await expect(row(title)).toContainText(value);
  }
  await shot('exposed-3-tab');
});
