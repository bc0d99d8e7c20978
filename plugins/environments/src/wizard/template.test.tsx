import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { parse } from 'yaml';
import { mockEnvironmentsApi } from '../__testUtils__/mockEnvironmentsApi';
import { renderWizard, WizardPage } from '../__testUtils__/renderWizard';
import { DEFAULT_ENVIRONMENTS } from './environmentDefaults';

// Code of the browser has no file system; its tests do.
const { readFileSync } = jest.requireActual<typeof import('fs')>('fs');
const { resolve } = jest.requireActual<typeof import('path')>('path');

/** The pages of the template that ships with the plugins. */
const PAGES: WizardPage[] = parse(
  readFileSync(
    resolve(
      __dirname,
      '../../../../templates/multi-environment-service/template.yaml',
    ),
    'utf8',
  ),
).spec.parameters;

const REPOS = { host: 'git.example.com', owner: 'acme' };

const next = () => screen.getByRole('button', { name: 'Next' });

function start(from: string, answers: WizardPage | {} = {}) {
  const api = mockEnvironmentsApi();
  return renderWizard({
    api,
    pages: PAGES,
    from,
    answers: {
      service: 'basket',
      owner: 'payments',
      image: 'ghcr.io/acme/basket',
      ...answers,
    },
  }).then(() => api);
}

const question = (name: string) => screen.findByRole('group', { name });

const cell = (name: string) => screen.findByRole('textbox', { name });

describe('the template', () => {
  it('asks for three things, and has an answer for everything else', async () => {
    const user = userEvent.setup();
    const api = await start('Service', { repos: REPOS });
    for (const heading of [
      'Where does it run?',
      'How are the environments kept apart?',
      'How does a release reach production?',
      'Where do the repositories go?',
      'What you will have',
    ]) {
      await user.click(next());
      await screen.findAllByText(heading);
    }
    await screen.findByRole('table', { name: 'What you will have' });
    const answers = api.preview.mock.lastCall?.[0].answers;
    expect(answers).toMatchObject({
      service: 'basket',
      port: 8080,
      cloud: 'local',
      exposure: 'none',
      database: 'none',
      terraformFlavour: 'terraform',
      podSecurity: 'restricted',
      slo: { availability: 99.9, latencyMs: 500, window: '30d' },
      isolation: 'shared-nonprod',
      environments: DEFAULT_ENVIRONMENTS,
      prodGate: ['pull-request', 'argo-manual-sync'],
      stagingTrigger: 'manual',
      argocd: { style: 'applications' },
      repos: REPOS,
    });
  });

  it('folds what few people need, and says under a field what it has to be', async () => {
    const user = userEvent.setup();
    await start('Service');
    const port = screen.getByRole('textbox', { name: 'Port' });
    expect(port.closest('details')).not.toHaveAttribute('open');
    await user.click(screen.getByText('How it runs'));

    await user.clear(port);
    await user.type(port, '80');
    expect(port).toBeInvalid();
    expect(port).toHaveAccessibleDescription(/from 1024 to 65535/);

    const startup = screen.getByRole('textbox', { name: 'Startup' });
    await user.type(startup, 'healthz');
    expect(startup).toHaveAccessibleDescription('A path that starts with /');
    await user.click(next());
    expect(
      (await screen.findAllByText(/from 1024 to 65535/)).length,
    ).toBeGreaterThan(0);
    expect(port.closest('details')).toHaveAttribute('open');
  });

  it('asks for what follows from an answer, and for nothing else', async () => {
    const user = userEvent.setup();
    await start('What it needs');
    expect(screen.queryByRole('textbox', { name: 'Ingress class' })).toBeNull();
    expect(screen.queryByRole('textbox', { name: /Vault/ })).toBeNull();

    await user.click(
      within(
        await question('How do requests from outside reach it?'),
      ).getByRole('radio', { name: 'Through an Ingress' }),
    );
    await screen.findByRole('textbox', { name: 'Ingress class' });
    expect(
      screen.queryByRole('textbox', { name: 'Name of the Gateway' }),
    ).toBeNull();

    await user.click(screen.getByRole('radio', { name: 'PostgreSQL' }));
    const vault = await screen.findByRole('textbox', {
      name: /Address of Vault/,
    });
    await user.click(next());
    await waitFor(() => expect(vault).toBeInvalid());
    await user.type(vault, 'https://vault.example.com');
    await user.click(next());
    await screen.findByText('How are the environments kept apart?');
    await user.click(next());
    const host = await cell('Host name of prod');
    await waitFor(() =>
      expect(host).toHaveAccessibleDescription(/host name that it answers to/),
    );
  });

  it('says what follows from a choice', async () => {
    await start('What it needs');
    expect(
      screen.getByRole('radio', { name: 'AWS' }),
    ).toHaveAccessibleDescription(/in the accounts that you name/);
  });

  it('needs the account of every cluster on AWS, and production in one of its own', async () => {
    const user = userEvent.setup();
    await start('Environments', { cloud: 'aws' });
    const nonprod = await cell('AWS account of nonprod');
    const prod = await cell('AWS account of prod');
    expect(nonprod).toBeValid();
    await user.click(next());
    await waitFor(() =>
      expect(nonprod).toHaveAccessibleDescription('12 digits'),
    );

    await user.click(nonprod);
    await user.paste('111111111111');
    await user.click(prod);
    await user.paste('111111111111');
    expect(prod).toHaveAccessibleDescription(/production needs one of its own/);
    await user.clear(prod);
    await user.click(prod);
    await user.paste('222222222222');
    await user.click(next());
    await screen.findByText('How does a release reach production?');
  });

  it('puts each environment where it is told, and production into more regions', async () => {
    const user = userEvent.setup();
    const api = await start('Environments', {
      repos: REPOS,
      isolation: 'custom',
    });
    const place = await screen.findByRole('combobox', {
      name: 'Cluster of staging',
    });
    await user.clear(place);
    await user.type(place, 'mirror');
    expect(await cell('Name of the cluster of staging')).toHaveValue('mirror');

    await user.click(
      screen.getByRole('button', { name: /Another region of production/ }),
    );
    await user.type(await cell('Region of prod'), 'eu-central-1');
    await user.type(await cell('Region of prod-2'), 'us-east-1');
    await user.click(next());
    await screen.findByText('How does a release reach production?');
    await user.click(next());
    await screen.findByText('Where do the repositories go?');
    await user.click(next());
    await screen.findByRole('table', { name: 'What you will have' });
    expect(api.preview.mock.lastCall?.[0].answers).toMatchObject({
      isolation: 'custom',
      clusters: [
        { name: 'nonprod', environments: ['dev'] },
        { name: 'mirror', environments: ['staging'] },
        { name: 'prod', environments: ['prod'], region: 'eu-central-1' },
        { name: 'prod-2', environments: ['prod'], region: 'us-east-1' },
      ],
    });
  });

  it('opens a group of settings, takes what is said there, and forgets what is taken back', async () => {
    const user = userEvent.setup();
    await start('Environments');
    const quota = await screen.findByRole('button', {
      name: 'Quota of the namespace',
    });
    expect(quota).toHaveAttribute('aria-expanded', 'false');
    await user.click(quota);
    const pods = screen.getByRole('spinbutton', { name: 'Quota pods of dev' });
    expect(pods).toHaveAttribute('placeholder', '20');
    await user.type(pods, '1');
    expect(pods).toHaveAccessibleDescription(/Too little for 1 replicas/);
    await user.clear(pods);
    expect(pods).toBeValid();

    await user.click(screen.getByRole('button', { name: 'Move dev later' }));
    expect(
      screen
        .getAllByRole('textbox', { name: /^Name of (?!the)/ })
        .map(input => input.getAttribute('value')),
    ).toEqual(['staging', 'dev', 'prod']);
    expect(
      screen.getByRole('button', { name: 'Move dev later' }),
    ).toBeDisabled();
  });

  it('takes sync windows, each with its own times', async () => {
    const user = userEvent.setup();
    await start('Promotion and gates');
    await user.click(await screen.findByText('Argo CD'));
    await user.click(screen.getByRole('button', { name: '+ Add a window' }));
    const window = screen.getByRole('group', { name: 'a window 1' });
    const duration = within(window).getByRole('textbox', { name: /Lasts/ });
    expect(duration).toHaveValue('64h');
    await user.clear(duration);
    await user.type(duration, 'long');
    expect(duration).toHaveAccessibleDescription(/Hours or minutes/);
    await user.click(
      within(window).getByRole('button', { name: 'Remove a window 1' }),
    );
    expect(screen.queryByRole('group', { name: 'a window 1' })).toBeNull();
  });

  it('asks on GitHub alone for what GitHub needs', async () => {
    const user = userEvent.setup();
    await start('Repositories', { repos: REPOS });
    const host = await screen.findByRole('combobox', { name: 'Git host' });
    expect(
      screen.queryByRole('group', { name: 'Plan of the organisation' }),
    ).toBeNull();
    await user.selectOptions(host, 'github.example.com');
    await question('Plan of the organisation');
    const reviewers = screen.getByRole('textbox', {
      name: 'Who approves production?',
    });
    await user.type(reviewers, 'everybody');
    expect(reviewers).toHaveAccessibleDescription(
      'A team such as acme/release-managers',
    );
  });

  it('leads from a problem to the field that it is about', async () => {
    const user = userEvent.setup();
    const api = await start('Promotion and gates', { repos: REPOS });
    const fine = await api.preview({});
    api.preview.mockResolvedValue({
      ...fine,
      problems: [{ field: 'argocd.syncWindows', message: 'never ends' }],
    });
    await screen.findByText('How does a release reach production?');
    await user.click(next());
    await screen.findByText('Where do the repositories go?');
    await user.click(next());
    await user.click(
      await screen.findByRole('button', {
        name: 'on the page "Promotion and gates"',
      }),
    );
    const instance = await screen.findByRole('textbox', { name: 'Instance' });
    expect(instance).toHaveFocus();
    expect(instance.closest('details')).toHaveAttribute('open');
  });
});
