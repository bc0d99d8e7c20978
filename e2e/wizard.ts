import { expect, Page } from '@playwright/test';

export const WIZARD = '/create/templates/default/multi-environment-service';

export async function next(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Next', exact: true }).click();
}

/** From the last page of a template to its task. */
export async function create(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Review', exact: true }).click();
  await page.getByRole('button', { name: 'Create', exact: true }).click();
}

/** The first page, with the answers that have no default. */
export async function answerService(
  page: Page,
  service: string,
  options: { system?: boolean } = {},
): Promise<void> {
  await page.goto(WIZARD);
  await page.getByRole('textbox', { name: /^Name/ }).fill(service);
  await page.getByRole('textbox', { name: /^Owner/ }).fill('pay');
  await page.getByRole('option', { name: /payments/i }).click();
  if (options.system) {
    await page.getByRole('textbox', { name: /^System/ }).fill('sho');
    await page.getByRole('option', { name: /shop/i }).click();
  }
}

/** Of the wizard, when the task has ended well. */
export async function created(page: Page): Promise<void> {
  await expect(
    page.getByRole('button', { name: 'What was checked' }),
  ).toBeVisible({ timeout: 60_000 });
}
