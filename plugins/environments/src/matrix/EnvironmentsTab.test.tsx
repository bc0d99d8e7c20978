import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { quietMatrix, richMatrix } from '../__fixtures__/matrix';
import {
  backendError,
  mockEnvironmentsApi,
} from '../__testUtils__/mockEnvironmentsApi';
import { checkout, renderTab } from '../__testUtils__/renderTab';

const grid = () => screen.findByRole('grid', { name: /checkout/ });
const head = (name: string) => screen.findByRole('columnheader', { name });
const row = async (name: string) =>
  within(await screen.findByRole('rowheader', { name }))
    .getByText(name)
    .closest('tr')!;
const cells = async (name: string) =>
  within(await row(name)).getAllByRole('gridcell');

describe('the Environments tab', () => {
  it('answers the first question in the heads: what runs where, is it well, how far behind', async () => {
    renderTab({ api: mockEnvironmentsApi() });

    const dev = await head('dev');
    expect(dev).toHaveTextContent('nonprod · checkout-dev');
    expect(dev).toHaveTextContent('1.5.0');
    expect(dev).toHaveTextContent('9f31c2a · Ada Adams · 12 min ago');
    expect(dev).toHaveTextContent('Healthy');
    expect(dev).toHaveTextContent('Synced');
    expect(dev).toHaveTextContent('2/2 ready');

    const staging = await head('staging');
    expect(staging).toHaveTextContent('3 commits behind dev');
    expect(staging).toHaveTextContent(
      'ImagePullBackOff: ghcr.io/acme/checkout:1.4.0 not found',
    );
    expect(
      within(staging).getByRole('button', { name: /Promote to prod/ }),
    ).toBeDisabled();
    expect(staging).toHaveTextContent('staging is Progressing');

    const prod = await head('prod');
    expect(prod).toHaveTextContent('production');
    expect(prod).toHaveTextContent('OutOfSync');
    expect(prod).toHaveTextContent('2 violations');
    expect(prod).toHaveTextContent('1 unclassified');
    expect(within(prod).queryByRole('button')).not.toBeInTheDocument();
  });

  it('says where an Argo Rollout waits, and that it is suspended', async () => {
    const api = mockEnvironmentsApi();
    const quiet = quietMatrix(new Date().toISOString());
    const standing =
      'Paused at step 2/6, 20 % of traffic, CanaryPauseStep since 2026-11-23 11:40 UTC';
    api.getMatrix.mockResolvedValue({
      matrix: {
        ...quiet,
        environments: quiet.environments.map(environment =>
          environment.name === 'staging'
            ? {
                ...environment,
                summary: {
                  ...environment.summary,
                  health: 'Suspended',
                  standing,
                },
              }
            : environment,
        ),
      },
      etag: '"1"',
    });
    renderTab({ api });

    const staging = await head('staging');
    expect(staging).toHaveTextContent('Suspended');
    expect(staging).toHaveTextContent(standing);
    expect(await head('dev')).not.toHaveTextContent('Paused');
  });

  it('never shows what is not known as if it were', async () => {
    renderTab({ api: mockEnvironmentsApi() });

    const prod = await head('prod');
    expect(prod).toHaveTextContent('Healthy, 3/3 ready · last known 4 min ago');
    expect(prod).toHaveTextContent('Cluster prod refuses connections');
    expect(within(prod).queryByText('Healthy')).not.toBeInTheDocument();

    const [dev, staging, prodCell] = await cells('Limit range');
    expect(dev).toHaveTextContent(
      'not permittedlimitranges is forbidden in checkout-dev',
    );
    expect(staging).toHaveTextContent('Cluster nonprod did not answer in 15 s');
    expect(prodCell).toHaveTextContent(
      'not configuredNo source is configured that could tell',
    );
    expect((await cells('Network policy'))[2]).toHaveTextContent(
      'egress open, violationlast known 4 min ago · Network policies must match',
    );
  });

  it('says of every difference which class it is and why', async () => {
    renderTab({ api: mockEnvironmentsApi() });

    expect((await cells('Version'))[1]).toHaveTextContent(
      '1.4.0, lag3 commits, the next promotion removes it',
    );
    expect((await cells('Replicas'))[2]).toHaveTextContent(
      '3, expectedordered: dev ≤ staging ≤ prod',
    );
    expect((await cells('Readiness probe'))[2]).toHaveTextContent(
      'GET /healthz :http, violationProbe paths',
    );
    expect((await cells('Annotation safe-to-evict'))[2]).toHaveTextContent(
      'false, unclassifiedNo rule covers this',
    );
    expect((await cells('Ready pods'))[0]).toHaveTextContent(
      '1/2, degradedImagePullBackOff',
    );
    expect((await cells('Ready pods'))[1]).toHaveTextContent(
      '2/2, progressingprogressing',
    );
    expect(screen.getByRole('list', { name: 'Legend' })).toHaveTextContent(
      'violation: must match',
    );
  });

  it('shows only what differs first, everything on a click, and finds rows', async () => {
    const user = userEvent.setup();
    renderTab({ api: mockEnvironmentsApi() });
    await grid();

    expect(
      screen.getByRole('radio', { name: 'Only what differs · 11' }),
    ).toBeChecked();
    expect(
      screen.queryByRole('rowheader', { name: 'Command' }),
    ).not.toBeInTheDocument();

    await user.click(screen.getByRole('radio', { name: 'Everything' }));
    expect(
      await screen.findByRole('rowheader', { name: 'Command' }),
    ).toBeInTheDocument();

    await user.keyboard('/');
    const search = screen.getByRole('searchbox', { name: 'Search rows' });
    expect(search).toHaveFocus();
    await user.keyboard('probe');
    await waitFor(() =>
      expect(
        screen.queryByRole('rowheader', { name: 'Command' }),
      ).not.toBeInTheDocument(),
    );
    expect(
      screen.getByRole('rowheader', { name: 'Readiness probe' }),
    ).toBeInTheDocument();
    await user.keyboard('zzz');
    expect(await screen.findByText(/No row matches/)).toBeInTheDocument();
    await user.click(screen.getByRole('button', { name: 'Clear the search' }));
    expect(
      await screen.findByRole('rowheader', { name: 'Command' }),
    ).toBeInTheDocument();
  });

  it('folds groups and says how many rows of them differ', async () => {
    const user = userEvent.setup();
    renderTab({ api: mockEnvironmentsApi() });

    const group = await screen.findByRole('button', {
      name: /Configuration 4 differ/,
    });
    expect(group).toHaveAttribute('aria-expanded', 'true');
    await user.click(group);
    expect(group).toHaveAttribute('aria-expanded', 'false');
    expect(
      screen.queryByRole('rowheader', { name: 'Replicas' }),
    ).not.toBeInTheDocument();
  });

  it('moves between cells with the arrow keys, opens one with Enter and goes back with Escape', async () => {
    const user = userEvent.setup();
    renderTab({ api: mockEnvironmentsApi() });
    const [first] = await cells('Version');

    expect(
      screen.getAllByRole('gridcell').filter(cell => cell.tabIndex === 0),
    ).toEqual([first]);
    first.focus();
    await user.keyboard('{ArrowRight}{ArrowRight}{ArrowRight}{ArrowDown}');
    expect((await cells('Image digest'))[2]).toHaveFocus();
    await user.keyboard('{Control>}{Home}{/Control}');
    expect((await cells('Version'))[0]).toHaveFocus();
    await user.keyboard('{End}{Enter}');

    const panel = await screen.findByRole('dialog', { name: 'Version' });
    expect(panel).toHaveTextContent('Lag in prod');
    await user.keyboard('{Escape}');
    await waitFor(() =>
      expect(screen.queryByRole('dialog')).not.toBeInTheDocument(),
    );
    expect((await cells('Version'))[2]).toHaveFocus();
  });

  it('opens a cell with the values side by side, rule, reason, remedy and where it comes from', async () => {
    const user = userEvent.setup();
    renderTab({ api: mockEnvironmentsApi() });

    await user.click((await cells('Readiness probe'))[2]);

    const panel = await screen.findByRole('dialog', {
      name: 'Readiness probe',
    });
    expect(panel).toHaveTextContent('Configuration › prod');
    expect(panel).toHaveTextContent('Violation in prod');
    expect(panel).toHaveTextContent('rule K8S-04');
    expect(panel).toHaveTextContent('devGET /readyz :http');
    expect(panel).toHaveTextContent('prodGET /healthz :http');
    expect(panel).toHaveTextContent(
      'Probe paths and ports say what the application is',
    );
    expect(panel).toHaveTextContent(
      'To put it right: Remove the path from the prod patch',
    );
    expect(
      within(panel).getByRole('link', {
        name: 'apps/checkout/overlays/prod/patch.yaml:18',
      }),
    ).toHaveAttribute('href', expect.stringContaining('git.example.com'));
    await user.click(within(panel).getByRole('button', { name: 'Close' }));
    await waitFor(() =>
      expect(screen.queryByRole('dialog')).not.toBeInTheDocument(),
    );
  });

  it('opens the cell that the address names, and says why its value is not known', async () => {
    renderTab({
      api: mockEnvironmentsApi(),
      path: '/?cell=prod:platform.network-policy',
    });

    const panel = await screen.findByRole('dialog', { name: 'Network policy' });
    expect(panel).toHaveTextContent(
      'unreachable for 4 min: Cluster prod refuses connections',
    );
    expect(panel).toHaveTextContent('observed4 min ago');
  });

  it('says which sources are in trouble, and for how long', async () => {
    const user = userEvent.setup();
    renderTab({ api: mockEnvironmentsApi() });

    await user.click(
      await screen.findByRole('button', {
        name: '1 of 4 sources unreachable',
      }),
    );

    const details = await screen.findByRole('dialog');
    expect(details).toHaveTextContent('kubernetes · prod');
    expect(details).toHaveTextContent(
      'unreachable for 4 min · last answer 4 min ago',
    );
  });

  it('shows the arithmetic of parity', async () => {
    const user = userEvent.setup();
    renderTab({ api: mockEnvironmentsApi() });

    await user.click(
      await screen.findByRole('button', { name: 'Parity 92 of 100' }),
    );

    const details = await screen.findByRole('dialog');
    expect(details).toHaveTextContent('K8S-04 · fails');
    expect(details).toHaveTextContent('K8S-16 · not known');
  });

  it('is quiet when nothing differs', async () => {
    const user = userEvent.setup();
    const api = mockEnvironmentsApi();
    api.getMatrix.mockResolvedValue({ matrix: quietMatrix() });
    renderTab({ api });

    expect(
      await screen.findByText('Nothing differs between the environments.'),
    ).toBeInTheDocument();
    await user.click(screen.getByRole('button', { name: 'Show everything' }));
    expect(
      await screen.findByRole('rowheader', { name: 'Version' }),
    ).toBeInTheDocument();
  });
});

describe('the Environments tab without data', () => {
  it('says exactly which annotations an entity lacks', async () => {
    const api = mockEnvironmentsApi();
    api.getMatrix.mockResolvedValue({
      matrix: {
        ...richMatrix(new Date().toISOString()),
        environments: [],
        groups: [],
      },
      etag: '"1"',
    });
    renderTab({
      api,
      entity: {
        ...checkout,
        metadata: {
          name: 'bare',
          annotations: { 'backstage.io/kubernetes-id': 'bare' },
        },
      },
    });

    expect(
      await screen.findByRole('heading', {
        name: 'No environments are declared for bare',
      }),
    ).toBeInTheDocument();
    const snippet = screen.getByLabelText('Annotations for catalog-info.yaml');
    expect(snippet).toHaveTextContent(
      'environments.envmatrix.dev/intent: environments.yaml',
    );
    expect(snippet).toHaveTextContent(
      'argocd/app-selector: app.kubernetes.io/name=bare',
    );
    expect(snippet).not.toHaveTextContent('kubernetes-id');
    expect(screen.getByText('is there')).toBeInTheDocument();
  });

  it('shows environments that nobody declared, and says how they were found', async () => {
    const api = mockEnvironmentsApi();
    api.getMatrix.mockResolvedValue({
      matrix: {
        ...richMatrix(new Date().toISOString()),
        inference: {
          from: 'applications',
          explanation: ['checkout-dev has the label environment: dev'],
        },
      },
      etag: '"1"',
    });
    renderTab({
      api,
      entity: { ...checkout, metadata: { name: 'bare', annotations: {} } },
    });
    expect(
      await screen.findByText(/they were found in Argo CD/),
    ).toBeInTheDocument();
    expect(
      screen.getByText('checkout-dev has the label environment: dev'),
    ).toBeInTheDocument();
    expect(
      screen.getByRole('columnheader', { name: /^dev/ }),
    ).toBeInTheDocument();
  });

  it('keeps the shape of the matrix while it is loaded', async () => {
    const api = mockEnvironmentsApi();
    api.getMatrix.mockReturnValue(new Promise(() => {}));
    renderTab({ api });

    expect(
      await screen.findByRole('status', {
        name: 'Loading the environments of checkout',
      }),
    ).toHaveAttribute('aria-busy', 'true');
  });

  it('says what the backend refused, and tries again', async () => {
    const user = userEvent.setup();
    const api = mockEnvironmentsApi();
    api.getMatrix.mockRejectedValueOnce(
      backendError(403, 'NotAllowedError', 'Reading is not allowed'),
    );
    renderTab({ api });

    const alert = await screen.findByRole('alert');
    expect(alert).toHaveTextContent('You may not see these environments');
    expect(alert).toHaveTextContent('Reading is not allowed');
    await user.click(within(alert).getByRole('button', { name: 'Try again' }));
    expect(await grid()).toBeInTheDocument();
  });

  it('says what the backend waits for', async () => {
    const api = mockEnvironmentsApi();
    api.getMatrix.mockResolvedValue({
      matrix: {
        ...richMatrix(),
        environments: [],
        groups: [],
        problem: 'There is no environments.yaml in acme/checkout',
      },
    });
    renderTab({ api });

    expect(
      await screen.findByText(/There is no environments.yaml in acme/),
    ).toBeInTheDocument();
  });

  it('keeps what it knows when the backend is gone, and says so', async () => {
    const api = mockEnvironmentsApi();
    renderTab({ api });
    await grid();
    api.getMatrix.mockRejectedValue(new TypeError('Failed to fetch'));

    document.dispatchEvent(new Event('visibilitychange'));

    const alert = await screen.findByRole('alert');
    expect(alert).toHaveTextContent(
      "The portal's backend does not answer; what you see is last known",
    );
    expect(await head('dev')).toHaveTextContent('1.5.0');
    expect(screen.getByText('not live')).toBeInTheDocument();
  });

  it('shows an intent that is not right above the last one that was', async () => {
    const api = mockEnvironmentsApi();
    api.getMatrix.mockResolvedValue({
      matrix: { ...richMatrix(), problem: 'environments.yaml:3: name missing' },
    });
    renderTab({ api });

    expect(
      await screen.findByText(/environments.yaml:3: name missing/),
    ).toBeInTheDocument();
    expect(await grid()).toBeInTheDocument();
  });
});
