import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { previewFixture } from '../__fixtures__/preview';
import {
  backendError,
  mockEnvironmentsApi,
} from '../__testUtils__/mockEnvironmentsApi';
import { renderWizard } from '../__testUtils__/renderWizard';
import { DEFAULT_ENVIRONMENTS } from './environmentDefaults';

const next = () => screen.getByRole('button', { name: 'Next' });
const review = () => screen.findByRole('button', { name: 'Review' });

describe('the wizard', () => {
  it('needs a name, an owner and the owner of the repositories, and has a default for everything else', async () => {
    const user = userEvent.setup();
    const api = mockEnvironmentsApi();
    const onCreate = jest.fn(async () => {});
    await renderWizard({ api, onCreate });

    await user.type(screen.getByRole('textbox', { name: /Name/ }), 'basket');
    await user.type(
      screen.getByRole('textbox', { name: /Owner/ }),
      'group:default/payments',
    );
    await waitFor(() =>
      expect(screen.getByRole('textbox', { name: /Image/ })).toHaveValue(
        'ghcr.io/payments/basket',
      ),
    );
    await user.click(next());
    await screen.findByRole('heading', { name: 'What runs where' });
    await user.click(next());
    await screen.findByRole('heading', {
      name: 'How does a release reach production?',
    });
    await user.click(next());
    await user.type(
      await screen.findByRole('textbox', { name: /Owner/ }),
      'acme',
    );
    expect(
      screen.getByText('git.example.com/acme/basket-deploy-config'),
    ).toBeInTheDocument();
    await user.click(next());
    await screen.findByRole('table', { name: 'What you will have' });
    await user.click(await review());
    await user.click(await screen.findByRole('button', { name: 'Create' }));

    const answers = {
      service: 'basket',
      owner: 'group:default/payments',
      image: 'ghcr.io/payments/basket',
      isolation: 'shared-nonprod',
      environments: DEFAULT_ENVIRONMENTS,
      prodGate: ['pull-request', 'argo-manual-sync'],
      repos: { host: 'git.example.com', owner: 'acme' },
    };
    expect(api.preview).toHaveBeenCalledWith(
      expect.objectContaining({ answers }),
    );
    expect(onCreate).toHaveBeenCalledWith({
      ...answers,
      review: { state: 'ready' },
    });
  });

  it('says at once when a name cannot be had, and goes no further', async () => {
    const user = userEvent.setup();
    await renderWizard({
      api: mockEnvironmentsApi(),
      answers: { image: 'ghcr.io/acme/x' },
    });
    const name = screen.getByRole('textbox', { name: /Name/ });

    await user.type(name, 'Checkout!');
    await user.tab();
    expect(name).toBeInvalid();
    expect(name).toHaveAccessibleDescription(/Lower-case letters, digits/);

    await user.clear(name);
    await user.type(name, 'checkout');
    await waitFor(() =>
      expect(name).toHaveAccessibleDescription(
        'The catalog has a component checkout already; choose another name',
      ),
    );
    await user.click(next());
    expect(
      (await screen.findAllByText(/The catalog has a component checkout/))
        .length,
    ).toBeGreaterThan(0);
    expect(
      screen.queryByRole('heading', { name: 'What runs where' }),
    ).not.toBeInTheDocument();
  });

  it('leaves an image alone that somebody chose', async () => {
    const user = userEvent.setup();
    await renderWizard({
      api: mockEnvironmentsApi(),
      answers: { owner: 'payments', service: 'basket' },
    });
    const image = screen.getByRole('textbox', { name: /Image/ });
    await waitFor(() => expect(image).toHaveValue('ghcr.io/payments/basket'));

    await user.clear(image);
    await user.type(image, 'registry.example.com/basket');
    await user.type(screen.getByRole('textbox', { name: /Name/ }), 's');

    expect(image).toHaveValue('registry.example.com/basket');
  });

  it('shows what is wrong in the cell that it is about, and counts it', async () => {
    const user = userEvent.setup();
    await renderWizard({ api: mockEnvironmentsApi(), from: 'Environments' });
    const replicas = await screen.findByRole('spinbutton', {
      name: 'Replicas of prod',
    });
    expect(screen.getByText('Nothing to put right')).toBeInTheDocument();

    await user.clear(replicas);
    await user.type(replicas, '1');
    expect(replicas).toBeInvalid();
    expect(replicas).toHaveAccessibleDescription(
      'At least 3, so that production survives the loss of a zone',
    );
    expect(screen.getByText('1 thing to put right')).toBeInTheDocument();
    await user.click(next());
    expect(
      await screen.findAllByText(/prod: At least 3, so that production/),
    ).not.toHaveLength(0);
    expect(replicas).toBeInTheDocument();

    await user.clear(replicas);
    await user.type(replicas, '4');
    expect(screen.getByText('Nothing to put right')).toBeInTheDocument();
    await user.click(next());
    expect(
      await screen.findByRole('heading', {
        name: 'How does a release reach production?',
      }),
    ).toBeInTheDocument();
  });

  it('adds and removes environments before production', async () => {
    const user = userEvent.setup();
    await renderWizard({ api: mockEnvironmentsApi(), from: 'Environments' });
    await user.click(
      await screen.findByRole('button', { name: /Add an environment/ }),
    );
    const names = () =>
      screen
        .getAllByRole('textbox', { name: /^Name of/ })
        .map(input => input.getAttribute('value'));
    expect(names()).toEqual(['dev', 'staging', 'qa', 'prod']);

    await user.click(screen.getByRole('button', { name: 'Remove dev' }));
    await user.click(screen.getByRole('button', { name: 'Remove staging' }));
    expect(names()).toEqual(['qa', 'prod']);
    expect(
      screen.queryByRole('button', { name: /Remove/ }),
    ).not.toBeInTheDocument();
  });

  it('needs an owner of the repositories', async () => {
    const user = userEvent.setup();
    await renderWizard({
      api: mockEnvironmentsApi(),
      from: 'Repositories',
      answers: { service: 'basket' },
    });
    const owner = await screen.findByRole('textbox', { name: /Owner/ });
    expect(screen.getByRole('textbox', { name: 'Infrastructure' })).toHaveValue(
      'basket-infrastructure',
    );

    await user.click(next());
    await waitFor(() => expect(owner).toBeInvalid());
    expect(owner).toHaveAccessibleDescription(/Say which organisation or user/);
  });
});

describe('the last page', () => {
  const answers = { service: 'checkout' };

  it('shows the environments, the repositories, and what the engine says of them', async () => {
    const user = userEvent.setup();
    await renderWizard({ api: mockEnvironmentsApi(), from: 'Review', answers });

    const table = await screen.findByRole('table', {
      name: 'What you will have',
    });
    expect(
      within(table).getByRole('columnheader', { name: 'prod production' }),
    ).toBeInTheDocument();
    expect(
      within(table).getByRole('row', { name: /A release arrives/ }),
    ).toHaveTextContent('by pull request from staging, then a sync');
    expect(
      screen.getByText('acme/checkout-infrastructure'),
    ).toBeInTheDocument();
    expect(screen.getByText('environments/ dev, prod')).toBeInTheDocument();
    expect(
      screen.getByText(/Checked: 41 rules hold, none fails. 2 need a look/),
    ).toBeInTheDocument();

    await user.click(screen.getByRole('button', { name: 'Look at the files' }));
    const files = await screen.findByRole('dialog', {
      name: 'The files of checkout',
    });
    await user.click(
      within(files).getByRole('button', {
        name: 'apps/checkout/base/deployment.yaml',
      }),
    );
    expect(files).toHaveTextContent('kind: Deployment');
  });

  it('lets nothing be created while it is checking', async () => {
    const user = userEvent.setup();
    const api = mockEnvironmentsApi();
    api.preview.mockReturnValue(new Promise(() => {}));
    await renderWizard({ api, from: 'Review', answers });

    await screen.findByRole('status', {
      name: 'Rendering both repositories and checking them',
    });
    await user.click(await review());
    expect(
      (
        await screen.findAllByText(
          /What will be created is still being checked/,
        )
      ).length,
    ).toBeGreaterThan(0);
    expect(
      screen.queryByRole('button', { name: 'Create' }),
    ).not.toBeInTheDocument();
  });

  it('says what stands in the way, with the page where it is put right', async () => {
    const user = userEvent.setup();
    const api = mockEnvironmentsApi();
    api.preview.mockResolvedValue({
      ...previewFixture(),
      repositories: [],
      problems: [
        {
          field: 'repositories.infrastructure',
          message: 'acme/checkout-infrastructure is taken',
        },
      ],
    });
    await renderWizard({ api, from: 'Repositories', answers });
    await user.type(
      await screen.findByRole('textbox', { name: /Owner/ }),
      'acme',
    );
    await user.click(next());

    const problem = await screen.findByText(
      /acme\/checkout-infrastructure is taken/,
    );
    await user.click(await review());
    expect(
      (
        await screen.findAllByText(
          /There is one thing to put right before anything is created/,
        )
      ).length,
    ).toBeGreaterThan(0);

    await user.click(
      within(problem).getByRole('button', {
        name: 'on the page "Repositories"',
      }),
    );
    expect(await screen.findByRole('textbox', { name: /Owner/ })).toHaveValue(
      'acme',
    );
  });

  it('says that it could not be checked, and tries again', async () => {
    const user = userEvent.setup();
    const api = mockEnvironmentsApi();
    api.preview.mockRejectedValueOnce(
      backendError(404, 'NotFoundError', 'There is no template'),
    );
    await renderWizard({ api, from: 'Review', answers });

    await user.click(await screen.findByRole('button', { name: 'Try again' }));
    expect(
      await screen.findByRole('table', { name: 'What you will have' }),
    ).toBeInTheDocument();
    await user.click(await review());
    expect(
      await screen.findByRole('button', { name: 'Create' }),
    ).toBeInTheDocument();
  });
});
