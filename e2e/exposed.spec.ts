import { expect, Page, test } from '@playwright/test';
import { head, openEnvironments, shot, signIn } from './portal';
import { answerService, create, created, next } from './wizard';

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

function row(title: string) {
  return page
    .getByRole('row')
    .filter({ has: page.getByRole('rowheader', { name: title, exact: true }) });
}

test('the wizard asks for what it needs', async () => {
  await answerService(page, service);
  await next(page);
  await page.getByRole('radio', { name: /^Through a Gateway/ }).check();
  await page.getByRole('radio', { name: /^PostgreSQL/ }).check();
  await page
    .getByRole('textbox', { name: /^Names/ })
    .fill('DATABASE_URL, PAYMENT_KEY');
  await page
    .getByRole('textbox', { name: /^Address/ })
    .fill('https://vault.example.com');
  await shot(page, 'exposed-1-needs', { fullPage: true });
  await next(page);
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
  await shot(page, 'exposed-2-environments', { fullPage: true });
  await next(page);
  await next(page);
  await page.getByRole('textbox', { name: /^Owner/ }).fill('acme');
  await next(page);
  await expect(page.getByText(/none fails/)).toBeVisible();
  await create(page);
  await created(page);
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
  await shot(page, 'exposed-3-tab', { fullPage: true });
});
