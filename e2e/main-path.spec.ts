import { expect, Page, test } from '@playwright/test';
import {
  approve,
  head,
  openEnvironments,
  release,
  shot,
  signIn,
} from './portal';
import { answerService, create, created, next, WIZARD } from './wizard';

/**
 * The whole way, once: wizard, two repositories, living matrix, promotion.
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

test('the wizard says under the field what is wrong with a name', async () => {
  await page.goto(WIZARD);
  const name = page.getByRole('textbox', { name: /^Name/ });
  await name.fill('Not A Name');
  await name.blur();
  await next(page);
  await expect(
    page.getByText(/lower-case|must match pattern|DNS label/i).first(),
  ).toBeVisible();
  await expect(name).toBeVisible();
});

test('five answers make a service with its environments', async () => {
  await answerService(page, service, { system: true });
  await page
    .getByRole('textbox', { name: /^Image/ })
    .fill('ghcr.io/acme/checkout');
  await shot(page, 'wizard-1-service');
  await next(page);
  await expect(page.getByText('Which secrets does it read?')).toBeVisible();
  await shot(page, 'wizard-1-needs');
  await next(page);
  await expect(
    page.getByText('How are the environments kept apart?'),
  ).toBeVisible();
  await shot(page, 'wizard-2-environments');
  await next(page);
  await expect(
    page.getByText('How does a release reach production?'),
  ).toBeVisible();
  await shot(page, 'wizard-3-gates');
  await next(page);
  await expect(page.getByText('Where do the repositories go?')).toBeVisible();
  await page.getByRole('textbox', { name: /^Owner/ }).fill('acme');
  await shot(page, 'wizard-4-repositories');
  await next(page);
  await expect(page.getByText(/none fails/)).toBeVisible();
  await shot(page, 'wizard-5-review');
  await create(page);
  await created(page);
  await shot(page, 'wizard-6-created');
  // The task has waited for the catalog: what it links to is there at once.
  await page.getByRole('link', { name: 'Open in the catalog' }).click();
  await expect(
    page.getByRole('heading', { name: new RegExp(service, 'i') }).first(),
  ).toBeVisible();
});

test('dev and staging come alive, and prod waits for its first sync', async () => {
  await openEnvironments(page, service);
  for (const environment of ['dev', 'staging']) {
    await expect(head(page, environment)).toContainText('0.1.0');
    await expect(head(page, environment)).toContainText('Healthy');
  }
  await expect(head(page, 'prod')).toContainText('Missing');
  await shot(page, 'tab-1-created');
});

test('the first sync of prod is a promotion that changes nothing in git', async () => {
  await head(page, 'staging').getByRole('button', { name: /prod/ }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog).toContainText('Healthy in staging');
  await shot(page, 'promote-1-first-sync');
  await dialog.getByRole('button', { name: 'Sync prod' }).click();
  await expect(head(page, 'prod')).toContainText('Arrived');
  await expect(head(page, 'prod')).toContainText('0.1.0');
  await expect(head(page, 'prod')).toContainText('Healthy');
});

test('a new release reaches dev by itself, without reload', async () => {
  await release(service, '0.2.0');
  await expect(head(page, 'dev')).toContainText('0.2.0');
  await expect(head(page, 'dev')).toContainText('Healthy');
  await expect(head(page, 'staging')).toContainText(/commits? behind dev/);
  await shot(page, 'tab-2-released');
});

test('it is promoted to staging by a commit, with the exact change shown first', async () => {
  await head(page, 'dev')
    .getByRole('button', { name: /staging/ })
    .click();
  const dialog = page.getByRole('dialog');
  await expect(dialog).toContainText(
    'apps/checkout/overlays/staging/kustomization.yaml',
  );
  await expect(dialog).toContainText('ghcr.io/acme/checkout:0.2.0');
  await shot(page, 'promote-2-staging');
  await dialog.getByRole('button', { name: 'Promote to staging' }).click();
  await expect(head(page, 'staging')).toContainText('Arrived');
  await expect(head(page, 'staging')).toContainText('0.2.0');
  await expect(head(page, 'staging')).toContainText('Healthy');
});

test('and to prod by a pull request that somebody approves and that is merged, then a sync', async ({
  browser,
}) => {
  await head(page, 'staging').getByRole('button', { name: /prod/ }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: 'Open pull request' }).click();
  const merge = page.getByRole('button', { name: /^Merge/ });
  await expect(merge.first()).toBeVisible();
  // Production is held back by a review: nobody merges what nobody else agreed to.
  await merge.first().click();
  await confirm(/^Merge/);
  await expect(page.getByText(/enough approvals/).first()).toBeVisible();
  await page.keyboard.press('Escape');
  await approve(browser, `acme/${service}-deploy-config`);
  await merge.first().click();
  await confirm(/^Merge/);
  const sync = head(page, 'prod').getByRole('button', { name: /^Sync/ });
  await sync.first().click();
  await confirm(/^Sync/);
  await expect(head(page, 'prod')).toContainText('Arrived');
  await expect(head(page, 'prod')).toContainText('0.2.0');
  await expect(head(page, 'prod')).toContainText('Healthy');
  await shot(page, 'tab-3-promoted');
});

/** What changes production is asked about once more. */
async function confirm(name: RegExp) {
  await page.getByRole('dialog').getByRole('button', { name }).click();
}

test('one click on a cell says where a value comes from', async () => {
  // All environments run the same by now, and what is the same is folded away.
  await page.getByText('Everything', { exact: true }).click();
  await page
    .getByRole('gridcell', { name: /^Version.*prod|^Version, prod/ })
    .or(
      page
        .getByRole('row', { name: /^Version/ })
        .getByRole('gridcell')
        .last(),
    )
    .first()
    .click();
  await expect(page.getByRole('dialog')).toContainText('0.2.0');
  await shot(page, 'cell-panel');
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toBeHidden();
});

test('the history says who brought which release where, and how', async () => {
  await page.getByRole('button', { name: 'History' }).click();
  const history = page.getByRole('dialog', { name: /^History/ });
  await history.getByRole('radio', { name: 'prod' }).check();
  const arrival = history.getByRole('listitem').filter({ hasText: '0.2.0' });
  await expect(arrival.first()).toContainText(/by .+ · [0-9a-f]{7}/);
  await expect(
    arrival.getByRole('link', { name: /^pull request #\d+$/ }).first(),
  ).toBeVisible();
  await history.getByRole('radio', { name: 'All' }).check();
  await expect(
    history.getByRole('listitem').filter({ hasText: 'staging' }).first(),
  ).toBeVisible();
  await shot(page, 'history');
  await page.keyboard.press('Escape');
  await expect(history).toBeHidden();
});

test('an image that cannot be pulled says so on its cell', async () => {
  await release(service, '0.3.0', 'pull');
  await expect(head(page, 'dev')).toContainText(
    /(ImagePullBackOff|ErrImagePull).*checkout:0\.3\.0/,
  );
  await shot(page, 'tab-4-image-missing');
});
