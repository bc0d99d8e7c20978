import { expect, test } from '@playwright/test';
import { signIn } from './portal';

/**
 * The skeleton comes to a service that was made before, through the portal's template for it.
 */
const service = 'long-lived';

test('a service is asked about, and one that is up to date gets no pull request', async ({
  page,
}) => {
  await signIn(page);
  const next = () =>
    page.getByRole('button', { name: 'Next', exact: true }).click();
  const create = async () => {
    await page.getByRole('button', { name: 'Review', exact: true }).click();
    await page.getByRole('button', { name: 'Create', exact: true }).click();
  };
  await page.goto('/create/templates/default/multi-environment-service');
  await page.getByRole('textbox', { name: /^Name/ }).fill(service);
  await page.getByRole('textbox', { name: /^Owner/ }).fill('pay');
  await page.getByRole('option', { name: /payments/i }).click();
  await next();
  await next();
  await expect(
    page.getByText('How are the environments kept apart?'),
  ).toBeVisible();
  await next();
  await next();
  await page.getByRole('textbox', { name: /^Owner/ }).fill('acme');
  await next();
  await expect(page.getByText(/none fails/)).toBeVisible();
  await create();
  const held = page.getByRole('button', { name: /what the git host holds/i });
  await expect(held).toBeVisible();

  // What it is held to, and what this git host has not taken.
  await held.click();
  await expect(
    page.getByText(/main takes changes by reviewed pull request/).first(),
  ).toBeVisible();

  await page.goto('/create/templates/default/update-environments');
  await page.getByRole('textbox', { name: /^Service/ }).fill('long');
  await page.getByRole('option', { name: new RegExp(service) }).click();
  await create();
  await expect(
    page.getByText('Everything is as the skeleton has it.').first(),
  ).toBeVisible();
  await expect(page.getByRole('link', { name: /Pull request/ })).toHaveCount(0);
  await page.screenshot({
    path: 'node_modules/.cache/screenshots/skeleton-up-to-date.png',
  });
});
