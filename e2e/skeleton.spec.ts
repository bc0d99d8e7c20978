import { expect, test } from '@playwright/test';
import { shot, signIn } from './portal';
import { answerService, create, next } from './wizard';

/**
 * The skeleton comes to a service that was made before, through the portal's template for it.
 */
const service = 'long-lived';

test('a service is asked about, and one that is up to date gets no pull request', async ({
  page,
}) => {
  await signIn(page);
  await answerService(page, service);
  await next(page);
  await next(page);
  await expect(
    page.getByText('How are the environments kept apart?'),
  ).toBeVisible();
  await next(page);
  await next(page);
  await page.getByRole('textbox', { name: /^Owner/ }).fill('acme');
  await next(page);
  await expect(page.getByText(/none fails/)).toBeVisible();
  await create(page);
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
  await create(page);
  await expect(
    page.getByText('Everything is as the skeleton has it.').first(),
  ).toBeVisible();
  await expect(page.getByRole('link', { name: /Pull request/ })).toHaveCount(0);
  await shot(page, 'skeleton-up-to-date');
});
