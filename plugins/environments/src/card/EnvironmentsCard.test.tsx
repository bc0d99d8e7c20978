import { screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { renderTestApp } from '@backstage/frontend-test-utils';
import { entityRouteRef } from '@backstage/plugin-catalog-react';
import { createTestEntityPage } from '@backstage/plugin-catalog-react/testUtils';
import {
  EnvironmentsApi,
  FleetApi,
} from '@envmatrix/backstage-plugin-environments-common';
import { richMatrix } from '../__fixtures__/matrix';
import {
  backendError,
  mockEnvironmentsApi,
} from '../__testUtils__/mockEnvironmentsApi';
import { checkout } from '../__testUtils__/renderTab';
import { environmentsApiRef } from '../api';
import { environmentsEntityCard } from '../plugin';
import { mayHaveEnvironments } from './mayHaveEnvironments';

function renderCard(api: EnvironmentsApi & FleetApi) {
  return renderTestApp({
    extensions: [
      createTestEntityPage({ entity: checkout }),
      environmentsEntityCard,
    ],
    apis: [[environmentsApiRef, api]],
    mountedRoutes: { '/catalog/:namespace/:kind/:name': entityRouteRef },
  });
}

it('says in a line for each environment what runs there', async () => {
  renderCard(mockEnvironmentsApi());
  const list = await screen.findByRole('list', { name: 'What runs where' });
  const lines = within(list).getAllByRole('listitem');
  expect(lines).toHaveLength(3);
  expect(lines[1]).toHaveTextContent(/staging.*1\.4\.0.*3 behind/);
  expect(lines[2]).toHaveTextContent(/prod.*1\.3\.1.*last known/);
  expect(screen.getByRole('link', { name: /Open the matrix/ })).toHaveAttribute(
    'href',
    '/catalog/default/component/checkout/environments',
  );
});

it('says why there is nothing, and where to read on', async () => {
  const api = mockEnvironmentsApi();
  api.getMatrix.mockResolvedValue({
    matrix: {
      ...richMatrix(),
      environments: [],
      groups: [],
      problem: 'environments.yaml was not found',
    },
  });
  renderCard(api);
  expect(
    await screen.findByText(/environments\.yaml was not found/),
  ).toBeInTheDocument();
  expect(
    screen.getByRole('link', { name: 'How to declare them' }),
  ).toBeInTheDocument();
});

it('says what the backend refuses, and tries again', async () => {
  const api = mockEnvironmentsApi();
  api.getMatrix.mockRejectedValueOnce(
    backendError(500, 'Error', 'database is gone'),
  );
  renderCard(api);
  expect(await screen.findByRole('alert')).toHaveTextContent(
    'database is gone',
  );
  await userEvent.click(screen.getByRole('button', { name: 'Try again' }));
  await screen.findByRole('list', { name: 'What runs where' });
});

it.each([
  ['Component', { 'argocd/app-name': 'checkout' }, true],
  ['Component', { 'backstage.io/kubernetes-id': 'checkout' }, true],
  ['Component', {}, false],
  ['System', { 'backstage.io/kubernetes-id': 'checkout' }, false],
])('a %s with %j is shown it: %s', (kind, annotations, expected) => {
  expect(
    mayHaveEnvironments({
      ...checkout,
      kind,
      metadata: { ...checkout.metadata, annotations },
    }),
  ).toBe(expected);
});
