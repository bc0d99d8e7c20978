import { previewFixture } from '../__fixtures__/preview';
import {
  folderSummaries,
  judgementOf,
  pageOf,
  reviewProblem,
} from './reviewState';

it.each([
  ['metadata.name', 'service'],
  ['metadata.owner', 'service'],
  ['service.image', 'service'],
  ['environments.0.workload.replicas', 'environments'],
  ['isolation', 'environments'],
  ['prodGate', 'gate'],
  ['repos.host', 'repositories'],
  ['repositories.infrastructure', 'repositories'],
])('%s is put right on the page %s', (field, page) => {
  expect(pageOf(field)).toBe(page);
});

it('lets nothing be created before the check is through and finds nothing', () => {
  expect(reviewProblem({ state: 'ready' })).toBeUndefined();
  expect(reviewProblem(undefined)).toMatch(/still being checked/);
  expect(reviewProblem({ state: 'checking' })).toMatch(/still being checked/);
  expect(reviewProblem({ state: 'error' })).toMatch(/could not be checked/);
  expect(reviewProblem({ state: 'problems', problems: 1 })).toMatch(
    /one thing/,
  );
  expect(reviewProblem({ state: 'problems', problems: 3 })).toMatch(/3 things/);
});

it('counts rules, not findings', () => {
  expect(judgementOf(previewFixture())).toEqual({
    hold: 41,
    fail: 0,
    unknown: 2,
    unclassified: 0,
  });
  const [finding] = previewFixture().findings;
  expect(
    judgementOf({
      findings: [
        finding,
        { ...finding, outcome: 'fail' },
        { ...finding, outcome: 'unknown' },
      ],
      summary: { outcomes: {}, classes: { unclassified: 2 } },
    }),
  ).toEqual({ hold: 0, fail: 1, unknown: 0, unclassified: 2 });
});

it('says what is in the folders of a repository', () => {
  expect(
    folderSummaries([
      { path: 'README.md' },
      { path: 'modules/vpc/main.tf' },
      { path: 'modules/database/main.tf' },
      { path: 'modules/vpc/outputs.tf' },
      { path: 'docs/runbook.md' },
    ]),
  ).toEqual([
    { folder: 'docs', entries: [] },
    { folder: 'modules', entries: ['database', 'vpc'] },
  ]);
});
