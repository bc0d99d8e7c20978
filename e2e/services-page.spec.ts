import { expect, Page, test } from '@playwright/test';
import { shot, signIn } from './portal';

test.describe.configure({ mode: 'serial' });

const service = 'checkout';

let page: Page;

test.beforeAll(async ({ browser }) => {
  page = await browser.newPage();
  await signIn(page);
});

test.afterAll(async () => {
  await page.close();
});

test('the page of all services has a row for each, with what runs where', async () => {
  await page.getByRole('link', { name: 'Environments', exact: true }).click();
  const table = page.getByRole('table');
  const row = table.getByRole('row').filter({ hasText: service }).first();
  await expect(row).toContainText('0.2.0');
  await expect(row).toContainText('payments');

  // Every cell stands below its head, and no row on another: once nothing moves any more.
  const box = async (name: string) => {
    const head = await table
      .getByRole('columnheader', { name, exact: true })
      .boundingBox();
    return head?.x;
  };
  const cells = row.getByRole('cell');
  await expect(async () => {
    const columns = await table.getByRole('columnheader').allTextContents();
    for (const name of ['Owner', 'dev', 'prod']) {
      const cell = await cells.nth(columns.indexOf(name) - 1).boundingBox();
      expect(cell?.x).toBeCloseTo((await box(name)) ?? NaN, 0);
    }
  }).toPass({ timeout: 30_000 });
  await shot(page, 'services');
});

test('its filters are part of the address, and one searches by name', async () => {
  const rows = page.getByRole('table').getByRole('rowheader');
  await page.getByRole('searchbox').fill('no such service');
  await expect(page.getByText(/no service/i).first()).toBeVisible();
  await page.getByRole('searchbox').fill(service);
  await expect(rows.filter({ hasText: service }).first()).toBeVisible();

  await expect(page).toHaveURL(new RegExp(`checkout`));
  await page.reload();
  await expect(page.getByRole('searchbox')).toHaveValue(service);
  await expect(rows.filter({ hasText: service }).first()).toBeVisible();
});

test('a service leads to its matrix, and its overview has a card', async () => {
  await page.getByRole('link', { name: service, exact: true }).click();
  await expect(
    page.getByRole('columnheader', { name: /^prod\b/ }),
  ).toContainText('0.2.0');

  await page.goto(`/catalog/default/component/${service}`);
  const card = page
    .getByRole('link', { name: /open the matrix/i })
    .locator('xpath=ancestor::*[contains(., "prod")][1]');
  await expect(card).toContainText('0.2.0');
  await shot(page, 'card');
  await page.getByRole('link', { name: /open the matrix/i }).click();
  await expect(
    page.getByRole('columnheader', { name: /^dev\b/ }),
  ).toBeVisible();
});
