import { expect, Page, test } from '@playwright/test';
import { signIn } from './portal';

/**
 * One service of each isolation model beside the usual one, through the wizard.
 */
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

/** The wizard up to the page of the environments. */
async function begin(service: string) {
  await page.goto('/create/templates/default/multi-environment-service');
  await page.getByRole('textbox', { name: /^Name/ }).fill(service);
  await page.getByRole('textbox', { name: /^Owner/ }).fill('pay');
  await page.getByRole('option', { name: /payments/i }).click();
  await next();
  await next();
  await expect(
    page.getByText('How are the environments kept apart?'),
  ).toBeVisible();
}

/** From the page of the environments to the service. */
async function finish() {
  await next();
  await next();
  await page.getByRole('textbox', { name: /^Owner/ }).fill('acme');
  await next();
  await expect(page.getByText(/none fails/)).toBeVisible();
  await page.getByRole('button', { name: 'Review', exact: true }).click();
  await page.getByRole('button', { name: 'Create', exact: true }).click();
  await expect(
    page.getByRole('link', { name: 'Environments', exact: true }).first(),
  ).toBeVisible({ timeout: 60_000 });
}

test('a cluster for each environment', async () => {
  await begin('separate-service');
  await page.getByRole('radio', { name: /^Separate/ }).check();
  await finish();
});

test('one cluster for everything, which has to be accepted', async () => {
  await begin('shared-service');
  await page.getByRole('radio', { name: /^Namespaces/ }).check();
  await page.screenshot({
    path: 'node_modules/.cache/screenshots/wizard-isolation.png',
  });
  await next();
  // Not without a word.
  await expect(
    page.getByText('How are the environments kept apart?'),
  ).toBeVisible();
  await page
    .getByRole('checkbox', { name: /shares its control plane/ })
    .check();
  await finish();
});

test('clusters as one names them', async () => {
  await begin('custom-service');
  await page.getByRole('radio', { name: /^Custom/ }).check();
  await page
    .getByRole('textbox', { name: 'Cluster of staging' })
    .fill('preprod');
  await finish();
});
