import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { mockApis, renderTestApp } from '@backstage/frontend-test-utils';
import { entityRouteRef } from '@backstage/plugin-catalog-react';
import {
  EnvironmentsApi,
  FleetApi,
} from '@envmatrix/backstage-plugin-environments-common';
import { fleetFixture, fleetRow } from '../__fixtures__/fleet';
import {
  backendError,
  mockEnvironmentsApi,
} from '../__testUtils__/mockEnvironmentsApi';
import { environmentsApiRef } from '../api';
import { fleetPage } from '../plugin';

function renderFleet(
  api: EnvironmentsApi & FleetApi,
  path: string = '/environments',
) {
  return renderTestApp({
    extensions: [fleetPage],
    apis: [
      [environmentsApiRef, api],
      mockApis.identity({
        userEntityRef: 'user:default/ada',
        ownershipEntityRefs: ['user:default/ada', 'group:default/payments'],
      }),
    ],
    initialRouteEntries: [path],
    mountedRoutes: { '/catalog/:namespace/:kind/:name': entityRouteRef },
  });
}

const line = async (name: RegExp) => await screen.findByRole('row', { name });

it('shows what runs where, how far behind, and what is wrong', async () => {
  const api = mockEnvironmentsApi();
  renderFleet(api);

  const checkout = await line(/^checkout/);
  expect(
    screen.getAllByRole('columnheader').map(({ textContent }) => textContent),
  ).toEqual([
    'Service',
    'Owner',
    'dev',
    'staging',
    'prod',
    'prod-eu',
    'Parity',
    'Last change',
  ]);
  expect(checkout).toHaveTextContent(/1\.4\.0.*3 behind/);
  expect(checkout).toHaveTextContent(/Degraded.*1\.3\.1.*9 behind/);
  expect(
    within(checkout).getByRole('link', { name: '2 violations' }),
  ).toHaveAttribute('href', '/catalog/default/component/checkout/environments');
  expect(within(checkout).getByText('92')).toBeInTheDocument();
  expect(checkout).toHaveTextContent(/(9|10) min ago · dev/);

  const tracking = await line(/^tracking/);
  expect(tracking).toHaveTextContent(/5\.1\.9last known · (3|4) min/);
  expect(tracking).toHaveTextContent('not deployed');
  expect(await line(/^labels/)).toHaveTextContent('It is being worked out');

  expect(
    screen.getByRole('button', { name: 'prod-eu unreachable' }),
  ).toBeEnabled();
  expect(screen.getByText('shop')).toBeInTheDocument();
  expect(screen.getByText('part of no system')).toBeInTheDocument();
  expect(api.getFleet).toHaveBeenCalledWith(
    expect.objectContaining({ filter: '', order: 'system', limit: 100 }),
  );
});

it('asks for what a person chooses, and for what the address says', async () => {
  const api = mockEnvironmentsApi();
  renderFleet(api, '/environments?q=check&order=-lag');
  const asked = (filter: string, order: string) =>
    waitFor(() =>
      expect(api.getFleet).toHaveBeenCalledWith(
        expect.objectContaining({ filter, order, limit: 100 }),
      ),
    );
  await asked('text=check', '-lag');

  await userEvent.click(
    await screen.findByRole('radio', { name: 'Lagging · 1' }),
  );
  await asked('text=check,state=lagging', '-lag');
  await userEvent.click(await screen.findByRole('radio', { name: 'Mine · 3' }));
  await asked(
    'text=check,owner=user:default/ada,owner=group:default/payments',
    '-lag',
  );
  await userEvent.selectOptions(
    screen.getByRole('combobox', { name: 'Order' }),
    'Group by system',
  );
  await userEvent.click(
    within(await line(/^tracking/)).getByRole('button', { name: 'logistics' }),
  );
  await asked('text=check,owner=group:default/logistics', 'system');
  await userEvent.click(
    screen.getByRole('button', { name: 'Show services of every owner' }),
  );
  await userEvent.keyboard('/');
  expect(screen.getByRole('searchbox')).toHaveFocus();
  await userEvent.clear(screen.getByRole('searchbox'));
  await userEvent.click(screen.getByRole('radio', { name: 'All · 3' }));
  await asked('', 'system');
});

it('goes from service to service with the arrow keys', async () => {
  renderFleet(mockEnvironmentsApi());
  (await screen.findByRole('link', { name: 'checkout' })).focus();
  await userEvent.keyboard('{ArrowDown}');
  expect(screen.getByRole('link', { name: 'tracking' })).toHaveFocus();
  await userEvent.keyboard('{ArrowUp}{ArrowUp}');
  expect(screen.getByRole('link', { name: 'checkout' })).toHaveFocus();
});

it('shows more when it is asked to', async () => {
  const api = mockEnvironmentsApi();
  api.getFleet.mockImplementation(async ({ cursor }) => ({
    ...fleetFixture(),
    items: [
      fleetRow(cursor === 'next' ? 'second' : 'first', {
        summaries: { dev: { version: '1' } },
      }),
    ],
    total: 2,
    ...(cursor === 'next' ? {} : { nextCursor: 'next' }),
  }));
  renderFleet(api);
  await line(/^first/);
  expect(screen.getByText('1 of 2 services')).toBeInTheDocument();
  await userEvent.click(screen.getByRole('button', { name: 'Show more' }));
  await line(/^second/);
  expect(screen.getByText('2 of 2 services')).toBeInTheDocument();
  expect(screen.queryByRole('button', { name: 'Show more' })).toBeNull();
});

it('says what is wrong, and tries again', async () => {
  const api = mockEnvironmentsApi();
  api.getFleet.mockRejectedValue(
    backendError(403, 'NotAllowedError', 'You lack environments.matrix.read'),
  );
  renderFleet(api);
  expect(await screen.findByRole('alert')).toHaveTextContent(
    /You may not see these environments.*You lack environments\.matrix\.read/,
  );
  api.getFleet.mockImplementation(async () => fleetFixture());
  await userEvent.click(screen.getByRole('button', { name: 'Try again' }));
  await line(/^checkout/);
});

it('says that there is no service yet, or none like that', async () => {
  const api = mockEnvironmentsApi();
  const none = {
    items: [],
    total: 0,
    counts: { all: 0, lagging: 0, violating: 0, unhealthy: 0, unknown: 0 },
    sources: [],
  };
  api.getFleet.mockResolvedValue(none);
  renderFleet(api);
  expect(
    await screen.findByText('No service has environments yet'),
  ).toBeInTheDocument();

  await userEvent.type(screen.getByRole('searchbox'), 'x');
  expect(
    await screen.findByText('No service is like that.'),
  ).toBeInTheDocument();
  api.getFleet.mockImplementation(async () => fleetFixture());
  await userEvent.click(
    screen.getByRole('button', { name: 'Show all services' }),
  );
  await line(/^checkout/);
});
