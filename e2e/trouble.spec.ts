import { expect, Page, test } from '@playwright/test';
import {
  base,
  environmentsOf,
  head,
  services,
  shot,
  signIn,
  trouble,
} from './portal';

test.describe.configure({ mode: 'serial' });

const service = 'checkout';

let page: Page;
let token: string;

test.beforeAll(async ({ browser }) => {
  page = await browser.newPage();
  page.on('request', request => {
    const authorization = request.headers().authorization;
    if (authorization && request.url().includes('/api/environments/')) {
      token = authorization;
    }
  });
  await signIn(page);
  await page.goto(environmentsOf(service));
  await expect(head(page, 'prod')).toContainText('Healthy');
});

test.afterAll(async () => {
  await page.close();
});

for (const change of ['stop', 'hang'] as const) {
  test(`a cluster that ${
    change === 'stop' ? 'refuses' : 'hangs'
  } keeps its last values, says so, and heals without reload`, async () => {
    await trouble('prod', change);
    const word = change === 'stop' ? /unreachable/i : /no answer|timeout/i;
    await expect(head(page, 'prod')).toContainText(/last known/i, {
      timeout: 45_000,
    });
    await expect(head(page, 'prod')).toContainText('0.2.0');
    await expect(page.getByText(word).first()).toBeVisible();
    await expect(head(page, 'staging')).toContainText('Healthy');
    await shot(page, `trouble-cluster-${change}`);
    await trouble('prod', 'start');
    await expect(head(page, 'prod')).not.toContainText(/last known/i, {
      timeout: 30_000,
    });
  });
}

test('an Argo CD that is stopped hides nothing else', async () => {
  await trouble('argocd', 'stop');
  await expect(head(page, 'prod')).toContainText(/last known|unreachable/i, {
    timeout: 45_000,
  });
  await expect(head(page, 'prod')).toContainText('0.2.0');
  await expect(head(page, 'prod')).toContainText('3/3');
  await shot(page, 'trouble-argocd');
  await trouble('argocd', 'start');
  await expect(head(page, 'prod')).not.toContainText(
    /last known|unreachable/i,
    { timeout: 30_000 },
  );
});

test('fifty viewers cause no more requests to the clusters and Argo CD than none', async () => {
  const upstream = async () =>
    (await services())
      .filter(({ name }) => ['nonprod', 'prod', 'argocd'].includes(name))
      .reduce((sum, { requests }) => sum + requests, 0);
  const spanMs = 20_000;
  /** Requests in so many milliseconds; a busy machine may need longer than that for the work. */
  const during = async (work: () => Promise<unknown>) => {
    const [before, begin] = [await upstream(), performance.now()];
    await work();
    const requests = (await upstream()) - before;
    return (requests * spanMs) / (performance.now() - begin);
  };
  await page.goto('about:blank');
  const idle = await during(
    () => new Promise(resolve => setTimeout(resolve, spanMs)),
  );
  let answers = 0;
  const viewed = await during(async () => {
    const end = Date.now() + spanMs;
    await Promise.all(
      Array.from({ length: 50 }, async () => {
        while (Date.now() < end) {
          const response = await fetch(
            `${base}/api/environments/v1/entities/component/default/${service}/matrix`,
            { headers: { authorization: token } },
          );
          expect(response.status).toBe(200);
          await response.arrayBuffer();
          answers++;
        }
      }),
    );
  });
  // Each of them has looked more than once.
  expect(answers).toBeGreaterThan(100);
  // Some fifty watches end after four to seven minutes and begin anew, of which more may fall into one span than into the other;
  // a single request for each viewer, in all that time, would be fifty.
  expect(viewed - idle).toBeLessThan(25);
});
