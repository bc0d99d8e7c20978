import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { HistoryEntry } from '@envmatrix/backstage-plugin-environments-common';
import {
  backendError,
  mockEnvironmentsApi,
} from '../__testUtils__/mockEnvironmentsApi';
import { renderTab } from '../__testUtils__/renderTab';

const release: HistoryEntry = {
  id: '7',
  environment: 'prod',
  at: '2026-11-23T12:00:00Z',
  what: 'version',
  from: '1.3.0',
  to: '1.4.0',
  by: 'Ada Adams',
  commit: '9f31c2a0000000000000000000000000000000000',
  link: 'https://git.example.com/acme/checkout-deploy-config/commit/beef002',
  pullRequest: { number: 12, link: 'https://git.example.com/acme/x/pulls/12' },
};

const health: HistoryEntry = {
  id: '6',
  environment: 'staging',
  at: '2026-11-22T09:00:00Z',
  what: 'health',
  from: 'Healthy',
  to: 'Degraded',
};

const panel = async () =>
  within(await screen.findByRole('dialog', { name: 'History of checkout' }));

describe('the history', () => {
  it('says what changed, where, by whom and how, newest first', async () => {
    const api = mockEnvironmentsApi();
    api.getHistory.mockResolvedValue({ items: [release, health] });
    renderTab({ api });
    await userEvent.click(
      await screen.findByRole('button', { name: 'History' }),
    );

    const { findAllByRole, getByRole, getByText } = await panel();
    const [first, second] = await findAllByRole('listitem');
    expect(first).toHaveTextContent('prodRelease1.3.0→1.4.0');
    expect(first).toHaveTextContent(
      'by Ada Adams · 9f31c2a · pull request #12',
    );
    expect(second).toHaveTextContent('stagingHealthHealthy→Degraded');
    expect(getByRole('link', { name: '9f31c2a' })).toHaveAttribute(
      'href',
      release.link,
    );
    expect(getByRole('link', { name: 'pull request #12' })).toHaveAttribute(
      'href',
      release.pullRequest?.link,
    );
    expect(getByText('That is all there is.')).toBeVisible();
    expect(api.getHistory).toHaveBeenCalledWith(
      expect.objectContaining({
        entityRef: 'component:default/checkout',
        environment: undefined,
      }),
    );
  });

  it('is opened by a link, for one environment, and changed to another', async () => {
    const api = mockEnvironmentsApi();
    api.getHistory.mockImplementation(async ({ environment }) => ({
      items: environment === 'prod' ? [release] : [],
    }));
    renderTab({ api, path: '/?history=prod' });

    const { findByRole, findByText, getByRole } = await panel();
    expect(await findByRole('listitem')).toHaveTextContent(/^\d\d:\d\dRelease/);
    expect(getByRole('radio', { name: 'prod' })).toBeChecked();

    await userEvent.click(getByRole('radio', { name: 'staging' }));
    expect(
      await findByText(/Nothing has changed in staging since/),
    ).toBeVisible();
    expect(getByRole('radio', { name: 'staging' })).toBeChecked();
  });

  it('goes back as far as somebody asks for', async () => {
    const api = mockEnvironmentsApi();
    api.getHistory.mockImplementation(async ({ before }) =>
      before === undefined
        ? { items: [release], nextBefore: '7' }
        : { items: [health] },
    );
    renderTab({ api, path: '/?history=all' });
    const { findByRole, getAllByRole, queryByRole } = await panel();

    await userEvent.click(
      await findByRole('button', { name: 'Show older changes' }),
    );

    await waitFor(() => expect(getAllByRole('listitem')).toHaveLength(2));
    expect(
      queryByRole('button', { name: 'Show older changes' }),
    ).not.toBeInTheDocument();
    expect(api.getHistory).toHaveBeenLastCalledWith(
      expect.objectContaining({ before: '7' }),
    );
  });

  it('says what went wrong, and tries again', async () => {
    const api = mockEnvironmentsApi();
    api.getHistory
      .mockRejectedValueOnce(
        backendError(500, 'InternalServerError', 'the database is away'),
      )
      .mockResolvedValue({ items: [release] });
    renderTab({ api, path: '/?history=all' });
    const { findByRole, findByText, queryByRole } = await panel();
    expect(await findByText('the database is away')).toBeVisible();

    await userEvent.click(await findByRole('button', { name: 'Try again' }));

    expect(await findByRole('listitem')).toHaveTextContent('1.4.0');
    expect(queryByRole('alert')).not.toBeInTheDocument();
  });

  it('closes with the keyboard, and asks for nothing while it is closed', async () => {
    const api = mockEnvironmentsApi();
    renderTab({ api, path: '/?history=all' });
    await panel();
    await userEvent.keyboard('{Escape}');
    await waitFor(() =>
      expect(screen.queryByRole('dialog')).not.toBeInTheDocument(),
    );
    const asked = api.getHistory.mock.calls.length;

    await userEvent.click(screen.getByRole('radio', { name: 'Everything' }));

    expect(api.getHistory).toHaveBeenCalledTimes(asked);
  });
});
