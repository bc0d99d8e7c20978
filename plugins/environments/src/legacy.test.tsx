import { screen } from '@testing-library/react';
import { Route, Routes } from 'react-router-dom';
import { EntityProvider } from '@backstage/plugin-catalog-react';
import { renderInTestApp, TestApiProvider } from '@backstage/test-utils';
import { mockEnvironmentsApi } from './__testUtils__/mockEnvironmentsApi';
import { checkout } from './__testUtils__/renderTab';
import { environmentsApiRef } from './api';
import { EntityEnvironmentsContent, isEnvironmentsAvailable } from './legacy';
import { environmentsRouteRef } from './routes';

it('shows the tab in an app of the legacy frontend system', async () => {
  expect(isEnvironmentsAvailable(checkout)).toBe(true);
  await renderInTestApp(
    <TestApiProvider apis={[[environmentsApiRef, mockEnvironmentsApi()]]}>
      <EntityProvider entity={checkout}>
        <Routes>
          <Route path="/*" element={<EntityEnvironmentsContent />} />
        </Routes>
      </EntityProvider>
    </TestApiProvider>,
    { mountedRoutes: { '/': environmentsRouteRef } },
  );
  expect(
    await screen.findByRole('columnheader', { name: 'prod' }),
  ).toHaveTextContent('1.3.1');
});
