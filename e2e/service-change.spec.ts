import { expect, Page, test } from '@playwright/test';
import { approve, environmentsOf, head, merge, shot, signIn } from './portal';
import { create, next } from './wizard';

/**
 * A service gets one more environment, and does without it again: by pull requests in both of its repositories.
 */
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

async function begin(template: string) {
  await page.goto(`/create/templates/default/${template}`);
  await page.getByRole('textbox', { name: /^Service/ }).fill(service);
  await page
    .getByRole('option', { name: new RegExp(`^${service}\\b`) })
    .first()
    .click();
}

async function propose() {
  await create(page);
  await expect(
    page.getByText('What to do, and in which order').first(),
  ).toBeVisible();
}

test('an environment is added by two pull requests, and comes alive', async ({
  browser,
}) => {
  await begin('add-environment');
  await page.getByRole('radio', { name: 'staging', exact: true }).check();
  await expect(page.getByRole('radio', { name: 'prod' })).toHaveCount(0);
  await shot(page, 'add-environment');
  await next(page);
  await page.getByRole('textbox', { name: /^Name/ }).fill('qa');
  await propose();
  await shot(page, 'add-environment-proposed');
  for (const repository of ['infrastructure', 'deploy-config']) {
    await approve(browser, `acme/${service}-${repository}`);
    await merge(browser, `acme/${service}-${repository}`);
  }
  await page.goto(environmentsOf(service));
  await expect(head(page, 'qa')).toContainText('Healthy');
  await expect(head(page, 'qa')).toContainText('0.2.0');
  await shot(page, 'tab-four-environments');
});

test('and is taken out again, with the order in which it is taken down', async ({
  browser,
}) => {
  await begin('remove-environment');
  await page.getByRole('radio', { name: 'qa', exact: true }).check();
  await propose();
  await expect(
    page.getByText('argocd app delete checkout-qa --cascade').first(),
  ).toBeVisible();
  await approve(browser, `acme/${service}-deploy-config`);
  await merge(browser, `acme/${service}-deploy-config`);
  await page.goto(environmentsOf(service));
  await expect(head(page, 'prod')).toBeVisible();
  await expect(head(page, 'qa')).toHaveCount(0);
  await expect(head(page, 'staging')).toContainText('Healthy');
});
