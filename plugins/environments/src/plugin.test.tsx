import { screen, waitFor } from '@testing-library/react';
import { http, HttpResponse } from 'msw';
import { setupServer } from 'msw/node';
import {
  mockApis,
  registerMswTestHooks,
  renderTestApp,
} from '@backstage/frontend-test-utils';
import { createTestEntityPage } from '@backstage/plugin-catalog-react/testUtils';
import plugin from '.';
import { richMatrix } from './__fixtures__/matrix';
import { mockEnvironmentsApi } from './__testUtils__/mockEnvironmentsApi';
import { checkout, renderTab } from './__testUtils__/renderTab';
import { environmentsApi, environmentsEntityContent } from './plugin';

describe('the plugin', () => {
  const server = setupServer();
  registerMswTestHooks(server);

  it('shows the tab with what the backend answers', async () => {
    server.use(
      http.get(
        'http://localhost:0/api/environments/v1/entities/component/default/checkout/matrix',
        () => HttpResponse.json(richMatrix()),
      ),
      http.get(
        'http://localhost:0/api/environments/v1/entities/component/default/checkout/promotions',
        () => HttpResponse.json({ items: [] }),
      ),
    );
    renderTestApp({
      extensions: [
        createTestEntityPage({ entity: checkout }),
        environmentsApi,
        environmentsEntityContent,
      ],
      apis: [
        mockApis.discovery({ baseUrl: 'http://localhost:0' }),
        mockApis.fetch(),
      ],
    });

    expect(
      await screen.findByRole('columnheader', { name: 'dev' }),
    ).toHaveTextContent('1.5.0');
  });

  it('has a tab for components, and the fields of the wizard', () => {
    for (const id of [
      'entity-content:environments/environments',
      'api:environments',
      'scaffolder-form-field:environments/service-name',
      'scaffolder-form-field:environments/image',
      'scaffolder-form-field:environments/isolation',
      'scaffolder-form-field:environments/table',
      'scaffolder-form-field:environments/gate',
      'scaffolder-form-field:environments/repositories',
      'scaffolder-form-field:environments/review',
    ] as const) {
      expect(plugin.getExtension(id)).toBeDefined();
    }
  });

  it('is not there for what has no environments', async () => {
    const api = mockEnvironmentsApi();
    renderTab({ api, entity: { ...checkout, kind: 'System' } });
    await waitFor(() =>
      expect(screen.getByTestId('empty-entity-page')).toBeInTheDocument(),
    );
    expect(api.getMatrix).not.toHaveBeenCalled();
  });
});
