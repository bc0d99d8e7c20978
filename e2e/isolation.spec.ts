import { expect, Page, test } from '@playwright/test';
import { shot, signIn } from './portal';
import { answerService, create, created, next } from './wizard';

/**
 * One service of each isolation model beside the usual one, with few and many environments, through the wizard.
 */
let page: Page;

test.beforeAll(async ({ browser }) => {
  page = await browser.newPage();
  await signIn(page);
});

test.afterAll(async () => {
  await page.close();
});

/** The wizard up to the page of the environments. */
async function begin(service: string) {
  await answerService(page, service);
  await next(page);
  await next(page);
  await expect(
    page.getByText('How are the environments kept apart?'),
  ).toBeVisible();
}

/** What the review comes to say of an environment. */
function said(row: string, environment: string) {
  const table = page.getByRole('table', { name: 'What you will have' });
  return expect.poll(async () => {
    const heads = await table.getByRole('columnheader').allTextContents();
    const column = heads.findIndex(head => head.startsWith(environment));
    return column < 0
      ? undefined
      : await table
          .getByRole('row', { name: new RegExp(`^${row}`) })
          .getByRole('cell')
          .nth(column)
          .innerText();
  });
}

/** From the page of the environments to the service. */
async function finish(look = async () => {}) {
  await next(page);
  await next(page);
  await page.getByRole('textbox', { name: /^Owner/ }).fill('acme');
  await next(page);
  await expect(page.getByText(/none fails/)).toBeVisible();
  await look();
  await create(page);
  await created(page);
}

test('a cluster for each environment', async () => {
  await begin('separate-service');
  await page.getByRole('radio', { name: /^Separate/ }).check();
  await finish();
});

test('one cluster for everything, which has to be accepted', async () => {
  await begin('shared-service');
  await page.getByRole('radio', { name: /^Namespaces/ }).check();
  await shot(page, 'wizard-isolation', { fullPage: true });
  await next(page);
  // Not without a word.
  await expect(
    page.getByText('How are the environments kept apart?'),
  ).toBeVisible();
  await page
    .getByRole('checkbox', { name: /shares its control plane/ })
    .check();
  await finish();
});

test('clusters as one names them, and production in two regions', async () => {
  await begin('custom-service');
  await page.getByRole('radio', { name: /^Custom/ }).check();
  await page
    .getByRole('combobox', { name: 'Cluster of staging' })
    .fill('mirror');
  await page
    .getByRole('button', { name: /Another region of production/ })
    .click();
  await page
    .getByRole('textbox', { name: 'Region of prod', exact: true })
    .fill('eu-central-1');
  await page
    .getByRole('textbox', { name: 'Region of prod-2', exact: true })
    .fill('us-east-1');
  await page
    .getByRole('textbox', { name: 'Kubernetes version of mirror' })
    .fill('1.35');
  await shot(page, 'wizard-custom', { fullPage: true });
  await finish(async () => {
    await said('Regions', 'prod').toBe(
      'prod (eu-central-1) · prod-2 (us-east-1)',
    );
    await said('Kubernetes', 'staging').toBe('1.35');
  });
});

test('two environments with names of their own', async () => {
  await begin('two-service');
  await page.getByRole('button', { name: 'Remove staging' }).click();
  await page
    .getByRole('textbox', { name: 'Name of dev', exact: true })
    .fill('test');
  await page
    .getByRole('textbox', { name: 'Name of prod', exact: true })
    .fill('live');
  await finish(async () => {
    await said('A release arrives', 'live').toContain('from test');
  });
});

test('six environments in an order of their own, each in its cluster', async () => {
  await begin('six-service');
  await page.getByRole('radio', { name: /^Separate/ }).check();
  for (const [before, name] of [
    ['qa', 'acc'],
    ['qa', 'perf'],
    ['qa', 'uat'],
  ]) {
    await page.getByRole('button', { name: /Add an environment/ }).click();
    await page
      .getByRole('textbox', { name: `Name of ${before}`, exact: true })
      .fill(name);
  }
  await expect(
    page.getByRole('button', { name: /Add an environment/ }),
  ).toBeDisabled();
  await page.getByRole('button', { name: 'Move uat earlier' }).click();
  await page
    .getByRole('spinbutton', { name: 'Most replicas of prod' })
    .fill('9');
  // What production does by itself is tried out before it.
  const perf = page.getByRole('spinbutton', { name: 'Most replicas of perf' });
  await expect(perf).toHaveAccessibleDescription(/prod scales by itself/);
  await perf.fill('4');
  await shot(page, 'wizard-six', { fullPage: true });
  await finish(async () => {
    await expect(
      page
        .getByRole('table', { name: 'What you will have' })
        .getByRole('columnheader'),
    ).toHaveText(['dev', 'staging', 'acc', 'uat', 'perf', /prod/]);
    await said('Runs in', 'uat').toContain('uat · six-service-uat');
    await said('Replicas', 'prod').toContain('9');
  });
});
