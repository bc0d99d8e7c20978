import { Browser, expect, Page } from '@playwright/test';

export const port = Number(process.env.E2E_PORT ?? 8107);
export const base = `http://localhost:${port}`;

/** The playground's own API: what each part was asked, and trouble for it. */
export const control = `http://127.0.0.1:${port + 6}`;

export interface ServiceStatus {
  readonly name: string;
  readonly condition: string;
  readonly requests: number;
}

export async function services(): Promise<ServiceStatus[]> {
  const response = await fetch(`${control}/status`);
  return (await response.json()).services;
}

export async function trouble(
  name: string,
  change: 'stop' | 'start' | 'hang',
): Promise<void> {
  const response = await fetch(`${control}/services/${name}/${change}`, {
    method: 'POST',
  });
  if (!response.ok) {
    throw new Error(`${name} did not ${change}: ${await response.text()}`);
  }
}

export async function release(
  service: string,
  version: string,
  fail?: 'pull' | 'crash',
): Promise<void> {
  const response = await fetch(`${control}/release`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ service, version, ...(fail ? { fail } : {}) }),
  });
  if (!response.ok) {
    throw new Error(
      `${service} ${version} was not released: ${await response.text()}`,
    );
  }
}

/** Signs in as one of the people of the playground. */
export async function signIn(page: Page, name = 'Ada Adams'): Promise<void> {
  await page.goto('/');
  const popup = page.waitForEvent('popup');
  await page.getByRole('button', { name: /sign in/i }).click();
  await (await popup).getByRole('button', { name: new RegExp(name) }).click();
  await expect(
    page.getByRole('link', { name: 'Create', exact: true }),
  ).toBeVisible();
}

/** Somebody else agrees to the newest open pull request of a repository, on its page of the git host. */
export async function approve(
  browser: Browser,
  repository: string,
): Promise<void> {
  const review = await openPullRequest(browser, repository);
  await review.getByRole('button', { name: 'Approve' }).click();
  await expect(review.getByText(/^Approved by/)).toBeVisible();
  await review.close();
}

/** Somebody merges the newest open pull request of a repository, on its page of the git host. */
export async function merge(
  browser: Browser,
  repository: string,
): Promise<void> {
  const review = await openPullRequest(browser, repository);
  const address = review.url();
  // The host looks for conflicts after every change, and asks for patience meanwhile.
  await expect(async () => {
    await review.goto(address);
    const merged = review.getByText(/^merged by/);
    // The attempt before may have come through late.
    if (!(await merged.isVisible())) {
      await review
        .getByRole('button', { name: 'Merge' })
        .click({ timeout: 5_000 });
    }
    await expect(merged).toBeVisible({ timeout: 2_000 });
  }).toPass({ timeout: 120_000 });
  await review.close();
}

async function openPullRequest(
  browser: Browser,
  repository: string,
): Promise<Page> {
  const page = await browser.newPage();
  await page.goto(`http://localhost:${port + 1}/${repository}`);
  await page
    .getByRole('listitem')
    .filter({ hasText: 'open' })
    .getByRole('link')
    .first()
    .click();
  return page;
}

/** The head of an environment's column. */
export function head(page: Page, environment: string) {
  return page.getByRole('columnheader', {
    name: new RegExp(`^${environment}\\b`),
  });
}

export function environmentsOf(service: string): string {
  return `/catalog/default/component/${service}/environments`;
}

/** The tab of a service that was created a moment ago. Its page is there, as the task has waited for the catalog; what it shows comes within seconds. */
export async function openEnvironments(
  page: Page,
  service: string,
): Promise<void> {
  await page.goto(environmentsOf(service));
  await expect(
    page.getByRole('columnheader').filter({ hasText: 'prod' }).first(),
  ).toBeVisible({ timeout: 90_000 });
}

/** A picture for somebody to look at, of what is seen or of the whole page. */
export async function shot(
  page: Page,
  name: string,
  options: { fullPage?: boolean } = {},
): Promise<void> {
  await page.screenshot({
    path: `node_modules/.cache/screenshots/${name}.png`,
    ...options,
  });
}
