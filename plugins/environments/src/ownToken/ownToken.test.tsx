import { oktaAuthApiRef } from '@backstage/core-plugin-api';
import { renderTestApp } from '@backstage/frontend-test-utils';
import {
  EntityProvider,
  entityRouteRef,
} from '@backstage/plugin-catalog-react';
import { createTestEntityPage } from '@backstage/plugin-catalog-react/testUtils';
import { renderInTestApp, TestApiProvider } from '@backstage/test-utils';
import { act, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { Route, Routes } from 'react-router-dom';
import {
  ownMatrix,
  refusedMatrix,
  storedMatrix,
} from '../__fixtures__/ownToken';
import { mockEnvironmentsApi } from '../__testUtils__/mockEnvironmentsApi';
import { checkout } from '../__testUtils__/renderTab';
import { environmentsApiRef } from '../api';
import { EntityEnvironmentsContent } from '../legacy';
import { environmentsEntityContent } from '../plugin';
import { environmentsRouteRef } from '../routes';
import { kubernetesAuthProvidersApiRef } from './kubernetesAuthProvidersApi';

const head = (name: string) => screen.findByRole('columnheader', { name });
const readButton = () =>
  screen.findByRole('button', { name: 'Read cluster prod as me' });

/** A portal whose clusters are read by people, and one of them, who is signed in or not. */
function portal(options: { isSignedIn: boolean }) {
  let { isSignedIn } = options;
  const now = () => new Date().toISOString();
  const api = mockEnvironmentsApi();
  api.getMatrix.mockImplementation(async ({ etag }) =>
    etag ? 'unchanged' : { matrix: storedMatrix(now()), etag: '"1"' },
  );
  api.getLiveMatrix.mockImplementation(async () => ownMatrix('1.4.2', now()));
  const getIdToken = jest.fn(async (asked?: { optional?: boolean }) => {
    if (!isSignedIn && !asked?.optional) {
      throw new Error('A pop-up was opened');
    }
    return isSignedIn ? 'the-token' : '';
  });
  const getCredentials = jest.fn(async () => {
    isSignedIn = true;
    return { token: await getIdToken() };
  });
  const apis = [
    [environmentsApiRef, api],
    [oktaAuthApiRef, { getIdToken }],
    [kubernetesAuthProvidersApiRef, { getCredentials }],
  ] as const;
  return { api, getCredentials, apis };
}

const page = {
  extensions: [
    createTestEntityPage({ entity: checkout }),
    environmentsEntityContent,
  ],
  mountedRoutes: { '/catalog/:namespace/:kind/:name': entityRouteRef },
};

function render(apis: ReturnType<typeof portal>['apis']) {
  renderTestApp({ ...page, apis: [...apis] });
}

describe('a cluster that is read with the own token', () => {
  it('is shown at once to who is signed in, with its age, and without a question', async () => {
    const { api, apis, getCredentials } = portal({ isSignedIn: true });
    render(apis);

    await waitFor(async () =>
      expect(await head('prod')).toHaveTextContent('1.4.2'),
    );
    expect(getCredentials).toHaveBeenCalledWith('oidc.okta');
    expect(api.getLiveMatrix).toHaveBeenCalledWith(
      expect.objectContaining({
        clusters: [{ name: 'prod', token: 'the-token' }],
      }),
    );
    const region = screen.getByRole('region', {
      name: 'Clusters that are read with your own token',
    });
    expect(region).toHaveTextContent('Cluster prod is shown as you see it');
    expect(region).toHaveTextContent(/read \d+ s ago/);

    api.getLiveMatrix.mockResolvedValue(
      ownMatrix('1.4.3', new Date().toISOString()),
    );
    await userEvent.click(screen.getByRole('button', { name: 'Look again' }));
    await waitFor(async () =>
      expect(await head('prod')).toHaveTextContent('1.4.3'),
    );
  });

  it('says what it is, and asks for no sign-in, until somebody clicks', async () => {
    const { api, apis, getCredentials } = portal({ isSignedIn: false });
    render(apis);

    const button = await readButton();
    const prod = await head('prod');
    expect(prod).toHaveTextContent('Cluster prod is read with your own token');
    expect(prod).not.toHaveTextContent('1.4.2');
    expect(
      screen.getByText(
        'What it shows is for you alone: the portal keeps nothing of it, and shows it to nobody else.',
      ),
    ).toBeInTheDocument();
    expect(
      screen.queryByRole('button', { name: /source/ }),
    ).not.toBeInTheDocument();
    expect(getCredentials).not.toHaveBeenCalled();
    expect(api.getLiveMatrix).not.toHaveBeenCalled();

    // With the keyboard: whoever uses it goes on where the button was.
    act(() => button.focus());
    await userEvent.keyboard('{Enter}');

    await waitFor(async () =>
      expect(await head('prod')).toHaveTextContent('1.4.2'),
    );
    expect(getCredentials).toHaveBeenCalledWith('oidc.okta');
    await waitFor(() =>
      expect(screen.getByRole('button', { name: 'Look again' })).toHaveFocus(),
    );
  });

  it('says that a token is not accepted any more, and reads again after a click', async () => {
    const { api, apis } = portal({ isSignedIn: true });
    api.getLiveMatrix.mockResolvedValueOnce(
      refusedMatrix({
        status: 'forbidden',
        reason: 'Cluster prod does not accept your token: sign in again',
        isRefused: true,
      }),
    );
    render(apis);

    const alert = await screen.findByRole('alert');
    expect(alert).toHaveTextContent(
      'Cluster prod wants you to sign in againCluster prod does not accept your token: sign in again',
    );
    await userEvent.click(await readButton());
    await waitFor(async () =>
      expect(await head('prod')).toHaveTextContent('1.4.2'),
    );
    expect(screen.queryByRole('alert')).not.toBeInTheDocument();
  });

  it('says why it shows nothing', async () => {
    const { api, apis } = portal({ isSignedIn: true });
    api.getLiveMatrix.mockResolvedValue(
      refusedMatrix({
        status: 'timeout',
        reason: 'Cluster prod did not answer in time',
      }),
    );
    render(apis);

    expect(await screen.findByRole('alert')).toHaveTextContent(
      'Cluster prod could not be read as youCluster prod did not answer in time',
    );
    expect(
      screen.getByRole('button', { name: 'Look again' }),
    ).toBeInTheDocument();
    // What is known otherwise is there.
    expect(await head('dev')).toHaveTextContent('1.5.0');
  });

  it('keeps its explanation where the frontend of the Kubernetes plugin is not there', async () => {
    const { api, apis } = portal({ isSignedIn: true });
    renderTestApp({ ...page, apis: [apis[0], apis[1]] });

    expect(
      await screen.findByText(/^This portal cannot sign you in to clusters/),
    ).toBeInTheDocument();
    expect(api.getLiveMatrix).not.toHaveBeenCalled();
  });

  it('is read in an app of the legacy frontend system too', async () => {
    const { apis } = portal({ isSignedIn: false });
    await renderInTestApp(
      <TestApiProvider apis={[...apis]}>
        <EntityProvider entity={checkout}>
          <Routes>
            <Route path="/*" element={<EntityEnvironmentsContent />} />
          </Routes>
        </EntityProvider>
      </TestApiProvider>,
      { mountedRoutes: { '/': environmentsRouteRef } },
    );

    await userEvent.click(await readButton());
    await waitFor(async () =>
      expect(await head('prod')).toHaveTextContent('1.4.2'),
    );
  });
});
