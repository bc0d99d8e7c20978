import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { Matrix, PromotionPlan } from '@envmatrix/engine';
import { richMatrix } from '../__fixtures__/matrix';
import { planFixture, promotionFixture } from '../__fixtures__/promotion';
import {
  backendError,
  mockEnvironmentsApi,
} from '../__testUtils__/mockEnvironmentsApi';
import { renderTab } from '../__testUtils__/renderTab';

const now = () => new Date().toISOString();

/** Staging is well, and prod can get what it runs. */
function promotable(): Matrix {
  const matrix = richMatrix(now());
  return {
    ...matrix,
    environments: matrix.environments.map(environment =>
      environment.name === 'staging'
        ? {
            ...environment,
            promotion: {
              to: 'prod',
              possible: true,
              blockedBy: [],
              way: 'pull-request',
            },
          }
        : environment,
    ),
  };
}

function apiWithPlan(overrides: Partial<PromotionPlan> = {}) {
  const api = mockEnvironmentsApi();
  api.getMatrix.mockResolvedValue({ matrix: promotable(), etag: '"1"' });
  api.planPromotion.mockImplementation(async () =>
    planFixture(overrides, now()),
  );
  return api;
}

async function openDialog(api: ReturnType<typeof mockEnvironmentsApi>) {
  const user = userEvent.setup();
  renderTab({ api });
  await user.click(
    await screen.findByRole('button', { name: /Promote to prod/ }),
  );
  return { user, dialog: await screen.findByRole('dialog') };
}

describe('the promotion dialog', () => {
  it('shows the whole decision on one screen', async () => {
    const api = apiWithPlan();
    const { dialog } = await openDialog(api);

    expect(
      await within(dialog).findByRole('heading', {
        name: 'Promote 1.4.0 from staging to prod',
      }),
    ).toBeInTheDocument();
    expect(api.planPromotion).toHaveBeenCalledWith(
      expect.objectContaining({
        entityRef: 'component:default/checkout',
        from: 'staging',
        to: 'prod',
      }),
    );
    expect(dialog).toHaveTextContent('Replaces 1.3.1.');
    expect(dialog).toHaveTextContent('from revision 41c07be');
    expect(
      within(dialog).getByRole('group', {
        name: 'apps/checkout/overlays/prod/kustomization.yaml',
      }),
    ).toHaveTextContent(/- +newTag: 1.3.1.*\+ +newTag: 1.4.0/);
    expect(dialog).toHaveTextContent(
      'rendered: Deployment checkout · restarts',
    );
    expect(dialog).toHaveTextContent('Retry card payments twice — Ada Adams');
    expect(dialog).toHaveTextContent('Used by storefront');
    expect(dialog).toHaveTextContent('Starts no violation.');
    expect(dialog).toHaveTextContent('1 violation of prod stays.');
    expect(dialog).toHaveTextContent('Healthy in staging, open');
    expect(
      within(dialog).getByRole('button', { name: 'Open pull request' }),
    ).toBeEnabled();
  });

  it.each<[PromotionPlan['way'], string]>([
    ['commit', 'Promote to prod'],
    ['pull-request', 'Open pull request'],
    ['sync', 'Sync prod'],
  ])('names the button after the way %s', async (way, name) => {
    const { dialog } = await openDialog(
      apiWithPlan(way === 'sync' ? { way, files: [] } : { way }),
    );
    expect(
      await within(dialog).findByRole('button', { name }),
    ).toBeInTheDocument();
  });

  it('creates the promotion once, however often one clicks, and shows how it goes on', async () => {
    const api = apiWithPlan();
    const { user, dialog } = await openDialog(api);
    await within(dialog).findByText('Healthy in staging');
    await user.type(
      within(dialog).getByRole('textbox', { name: 'Reason' }),
      'Payments fail',
    );
    await user.dblClick(
      within(dialog).getByRole('button', { name: 'Open pull request' }),
    );

    const progress = await screen.findByRole('region', {
      name: 'Promotion of 1.4.0 to prod',
    });
    expect(api.createPromotion).toHaveBeenCalledTimes(1);
    expect(api.createPromotion).toHaveBeenCalledWith({
      entityRef: 'component:default/checkout',
      planId: 'plan-1',
      reason: 'Payments fail',
    });
    expect(progress).toHaveTextContent('Pull request open');
    expect(
      within(progress).getByRole('link', { name: 'Opened pull request 7' }),
    ).toHaveAttribute('href', expect.stringContaining('/pulls/7'));
    expect(screen.queryByRole('dialog')).not.toBeInTheDocument();
  });

  it('waits for gates, and opens when they do', async () => {
    const closed = planFixture(
      {
        gates: [
          {
            id: 'health',
            title: 'Healthy in staging',
            state: 'waiting',
            reason: '1/2 ready',
          },
        ],
      },
      now(),
    );
    const api = apiWithPlan();
    api.planPromotion.mockResolvedValueOnce(closed);
    const { dialog } = await openDialog(api);
    expect(
      await within(dialog).findByText(/waiting · 1\/2 ready/),
    ).toBeInTheDocument();
    const button = within(dialog).getByRole('button', {
      name: 'Open pull request',
    });
    expect(button).toBeDisabled();

    api.getMatrix.mockResolvedValue({ matrix: promotable(), etag: '"2"' });
    document.dispatchEvent(new Event('visibilitychange'));

    await waitFor(() => expect(button).toBeEnabled());
  });

  it('asks for an approval where nothing happens before one', async () => {
    const waiting = planFixture(
      {
        way: 'commit',
        gates: [
          {
            id: 'approval',
            title: 'Approval by release-managers',
            state: 'waiting',
            reason: 'Somebody else of release-managers agrees first',
          },
        ],
      },
      now(),
    );
    const api = apiWithPlan();
    api.planPromotion.mockResolvedValue(waiting);
    const { dialog } = await openDialog(api);

    expect(
      await within(dialog).findByRole('button', { name: 'Ask for approval' }),
    ).toBeEnabled();
  });

  it('looks again when the time of a gate has come', async () => {
    const soaks = planFixture(
      {
        gates: [
          {
            id: 'soak',
            title: 'Healthy in staging for 1h',
            state: 'waiting',
            reason: '1.4.0 is healthy there since 2026-11-22 10:00 UTC',
            opensAt: new Date(Date.now() + 1_000).toISOString(),
          },
        ],
      },
      now(),
    );
    const api = apiWithPlan();
    api.planPromotion.mockResolvedValueOnce(soaks);
    const { dialog } = await openDialog(api);
    const button = await within(dialog).findByRole('button', {
      name: 'Open pull request',
    });

    await waitFor(() => expect(button).toBeEnabled());
    expect(api.planPromotion).toHaveBeenCalledTimes(2);
  });

  it('says that it moved, and what moved, and asks again', async () => {
    const api = apiWithPlan();
    api.createPromotion.mockRejectedValueOnce(
      backendError(
        409,
        'ConflictError',
        'Git moved on from 41c07be to 9f31c2a since this was shown: staging has 1.4.1 by now.',
      ),
    );
    const { user, dialog } = await openDialog(api);
    await within(dialog).findByText('Healthy in staging');
    api.planPromotion.mockResolvedValue(
      planFixture(
        { id: 'plan-2', revision: '9f31c2a0', release: { to: '1.4.1' } },
        now(),
      ),
    );
    await user.click(
      within(dialog).getByRole('button', { name: 'Open pull request' }),
    );

    const alert = await within(dialog).findByRole('alert');
    expect(alert).toHaveTextContent('It moved');
    expect(alert).toHaveTextContent('staging has 1.4.1 by now');
    expect(
      within(dialog).getByRole('button', { name: 'Open pull request' }),
    ).toBeDisabled();

    await user.click(within(alert).getByRole('button', { name: 'Look again' }));
    expect(
      await within(dialog).findByText(
        /the release was 1.4.0 and is 1.4.1; git was at 41c07be and is at 9f31c2a/,
      ),
    ).toBeInTheDocument();
    await user.click(
      within(dialog).getByRole('button', { name: 'Open pull request' }),
    );
    expect(api.createPromotion).toHaveBeenLastCalledWith(
      expect.objectContaining({ planId: 'plan-2' }),
    );
  });

  it('does not go on with a plan that is too old', async () => {
    const { dialog } = await openDialog(
      apiWithPlan({ expiresAt: '2020-01-01T00:00:00Z' }),
    );
    expect(await within(dialog).findByRole('alert')).toHaveTextContent(
      'This was worked out too long ago.',
    );
    expect(
      within(dialog).getByRole('button', { name: 'Open pull request' }),
    ).toBeDisabled();
  });

  it('says why there is no plan', async () => {
    const api = apiWithPlan();
    api.planPromotion.mockRejectedValueOnce(
      backendError(403, 'NotAllowedError', 'Only owners may'),
    );
    const { user, dialog } = await openDialog(api);

    const alert = await within(dialog).findByRole('alert');
    expect(alert).toHaveTextContent('You may not promote to prod.');
    expect(alert).toHaveTextContent('Only owners may');
    await user.click(within(alert).getByRole('button', { name: 'Look again' }));
    expect(
      await within(dialog).findByText('Healthy in staging'),
    ).toBeInTheDocument();
  });

  it('shows the files alone where nothing can be rendered', async () => {
    const { dialog } = await openDialog(
      apiWithPlan({ changes: [], changesUnknown: 'kubectl is not installed' }),
    );
    expect(
      await within(dialog).findByText(
        'The rendered change is not known: kubectl is not installed',
      ),
    ).toBeInTheDocument();
  });

  it('changes nothing when it is closed', async () => {
    const api = apiWithPlan();
    const { user, dialog } = await openDialog(api);
    await within(dialog).findByText('Healthy in staging');
    await user.keyboard('{Escape}');
    await waitFor(() =>
      expect(screen.queryByRole('dialog')).not.toBeInTheDocument(),
    );
    expect(api.createPromotion).not.toHaveBeenCalled();
  });
});

describe('a promotion that is under way', () => {
  function apiWithPromotion(
    ...states: Parameters<typeof promotionFixture>[0][]
  ) {
    const api = apiWithPlan();
    api.listPromotions.mockResolvedValue({
      items: states.map(state => promotionFixture(state, now())),
    });
    return api;
  }
  const progress = () =>
    screen.findByRole('region', { name: 'Promotion of 1.4.0 to prod' });

  it('is merged into production after a confirmation that says what changes', async () => {
    const user = userEvent.setup();
    const api = apiWithPromotion({});
    api.actOnPromotion.mockResolvedValue(
      promotionFixture({ state: 'merged', actions: ['sync', 'cancel'] }, now()),
    );
    renderTab({ api });
    await user.click(
      within(await progress()).getByRole('button', { name: 'Merge' }),
    );

    const dialog = await screen.findByRole('dialog');
    expect(dialog).toHaveTextContent('Merge pull request 7?');
    expect(dialog).toHaveTextContent(
      'Nothing changes in prod until it is synced.',
    );
    expect(api.actOnPromotion).not.toHaveBeenCalled();
    await user.click(within(dialog).getByRole('button', { name: 'Merge' }));

    expect(api.actOnPromotion).toHaveBeenCalledWith({
      entityRef: 'component:default/checkout',
      id: 'promotion-1',
      action: 'merge',
    });
    expect(
      await within(await progress()).findByRole('button', {
        name: 'Sync prod',
      }),
    ).toBeInTheDocument();
  });

  it('begins when somebody approves, who is told what that does', async () => {
    const user = userEvent.setup();
    const api = apiWithPromotion({
      state: 'waiting',
      actions: ['approve', 'cancel'],
    });
    api.actOnPromotion.mockResolvedValue(
      promotionFixture({ state: 'syncing', actions: ['cancel'] }, now()),
    );
    renderTab({ api });
    expect(await progress()).toHaveTextContent('Waits for approval');
    await user.click(
      within(await progress()).getByRole('button', { name: 'Approve' }),
    );
    const dialog = await screen.findByRole('dialog');
    expect(dialog).toHaveTextContent('Approve 1.4.0 for prod?');
    await user.click(within(dialog).getByRole('button', { name: 'Approve' }));

    expect(api.actOnPromotion).toHaveBeenCalledWith(
      expect.objectContaining({ action: 'approve' }),
    );
    await waitFor(async () =>
      expect(await progress()).toHaveTextContent('Syncing'),
    );
  });

  it('is synced after a confirmation, and says what went wrong', async () => {
    const user = userEvent.setup();
    const api = apiWithPromotion({ state: 'merged', actions: ['sync'] });
    api.actOnPromotion.mockRejectedValue(
      backendError(409, 'ConflictError', 'Argo CD has no application for prod'),
    );
    renderTab({ api });
    await user.click(
      within(await progress()).getByRole('button', { name: 'Sync prod' }),
    );
    const dialog = await screen.findByRole('dialog');
    expect(dialog).toHaveTextContent(
      '1.4.0 starts in prod now, in place of 1.3.1.',
    );
    await user.click(within(dialog).getByRole('button', { name: 'Sync prod' }));

    expect(
      await within(await progress()).findByRole('alert'),
    ).toHaveTextContent(
      'That did not work: Argo CD has no application for prod',
    );
  });

  it('shows why it failed and what to do, until somebody has seen it', async () => {
    const user = userEvent.setup();
    renderTab({
      api: apiWithPromotion({
        state: 'failed',
        actions: [],
        problem: 'ImagePullBackOff',
        remedy: 'Promote 1.3.1 again',
      }),
    });
    const region = await progress();
    expect(region).toHaveTextContent('Failed');
    expect(region).toHaveTextContent('ImagePullBackOff');
    expect(region).toHaveTextContent('Promote 1.3.1 again');
    await user.click(within(region).getByRole('button', { name: 'Dismiss' }));
    await waitFor(() => expect(region).not.toBeInTheDocument());
  });

  it('shows the newest one of an environment', async () => {
    renderTab({
      api: apiWithPromotion(
        { id: 'old', state: 'failed', createdAt: '2020-01-01T00:00:00Z' },
        { id: 'new', state: 'syncing', actions: [] },
      ),
    });
    expect(await progress()).toHaveTextContent('Syncing');
  });
});
