import { expect, Page, test } from '@playwright/test';
import { environmentsOf, shot, signIn } from './portal';
import { answerService, next, WIZARD } from './wizard';

/**
 * What the wizard and the tab say to somebody who got something wrong. Stands on the service of the main path.
 */
let page: Page;

test.beforeAll(async ({ browser }) => {
  page = await browser.newPage();
  await signIn(page);
});

test.afterAll(async () => {
  await page.close();
});

test('a service that exists is told of under its name', async () => {
  await answerService(page, 'checkout', { system: true });
  await next(page);
  await expect(
    page.getByText(/checkout.*(exists|taken|already)/i).first(),
  ).toBeVisible();
  await expect(page.getByRole('textbox', { name: /^Name/ })).toBeVisible();
  await shot(page, 'wrong-service-exists');
});

test('an owner that nobody knows is told of under the owner', async () => {
  await page.goto(WIZARD);
  await page.getByRole('textbox', { name: /^Name/ }).fill('basket');
  const owner = page.getByRole('textbox', { name: /^Owner/ });
  await owner.fill('nobody-at-all');
  await owner.blur();
  await next(page);
  await expect(owner).toBeVisible();
  await shot(page, 'wrong-owner');
});

test('a repository that is taken is told of before anything is created', async () => {
  await answerService(page, 'basket', { system: true });
  await next(page);
  await next(page);
  await next(page);
  await next(page);
  await page.getByRole('textbox', { name: /^Owner/ }).fill('acme');
  await page
    .getByRole('textbox', { name: /Deploy.?config/i })
    .fill('checkout-deploy-config');
  await next(page);
  await expect(
    page.getByText(/checkout-deploy-config.*(exists|taken)/i).first(),
  ).toBeVisible();
  await shot(page, 'wrong-repository-taken');
  await page.getByRole('button', { name: 'Review', exact: true }).click();
  await expect(
    page.getByRole('button', { name: 'Create', exact: true }),
  ).toBeHidden();
});

test('a setting that is folded away is shown when it is wrong', async () => {
  await answerService(page, 'basket', { system: true });
  await page.getByText('How it runs').click();
  const port = page.getByRole('textbox', { name: 'Port', exact: true });
  await port.fill('80');
  await expect(port).toHaveAccessibleDescription(/from 1024 to 65535/);
  await page.getByText('How it runs').click();
  await expect(port).toBeHidden();
  await next(page);
  await expect(port).toBeVisible();
  await shot(page, 'wrong-port');
});

test('production on AWS needs an account of its own', async () => {
  await answerService(page, 'basket', { system: true });
  await next(page);
  await page.getByRole('radio', { name: 'AWS', exact: true }).check();
  await next(page);
  const account = (cluster: string) =>
    page.getByRole('textbox', { name: `AWS account of ${cluster}` });
  await expect(account('nonprod')).toBeVisible();
  await next(page);
  await expect(account('nonprod')).toHaveAccessibleDescription('12 digits');
  await account('nonprod').fill('111111111111');
  await account('prod').fill('111111111111');
  await expect(account('prod')).toHaveAccessibleDescription(
    /production needs one of its own/,
  );
  await shot(page, 'wrong-account');
  await account('prod').fill('222222222222');
  await next(page);
  await expect(
    page.getByText('How does a release reach production?'),
  ).toBeVisible();
});

test('an entity that says nothing of its environments is told what to add', async () => {
  await page.goto(environmentsOf('ledger'));
  await expect(
    page.getByText('environments.envmatrix.dev/intent').first(),
  ).toBeVisible();
  await expect(page.getByText('argocd/app-selector').first()).toBeVisible();
  await shot(page, 'tab-without-annotations');
});
