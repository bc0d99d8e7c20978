import { ReactElement } from 'react';
import { screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { Route, Routes } from 'react-router-dom';
import { identityApiRef } from '@backstage/core-plugin-api';
import {
  EntityProvider,
  entityRouteRef,
} from '@backstage/plugin-catalog-react';
import {
  ScaffolderFieldExtensions,
  SecretsContextProvider,
  useCustomFieldExtensions,
} from '@backstage/plugin-scaffolder-react';
import { Stepper } from '@backstage/plugin-scaffolder-react/alpha';
import {
  mockApis,
  renderInTestApp,
  TestApiProvider,
} from '@backstage/test-utils';
import { mockEnvironmentsApi } from './__testUtils__/mockEnvironmentsApi';
import { checkout } from './__testUtils__/renderTab';
import { environmentsApiRef } from './api';
import {
  EntityEnvironmentsCard,
  EntityEnvironmentsContent,
  environmentsFields,
  EnvironmentsPage,
  isEnvironmentsAvailable,
  mayHaveEnvironments,
} from './legacy';
import { environmentsRouteRef, fleetRouteRef } from './routes';

// Code of the browser has no file system; its tests do.
const { readdirSync, readFileSync } =
  jest.requireActual<typeof import('fs')>('fs');
const { resolve } = jest.requireActual<typeof import('path')>('path');

const templates = resolve(
  __dirname,
  '../../../templates/multi-environment-service',
);

function inLegacyApp(element: ReactElement) {
  return renderInTestApp(
    <TestApiProvider
      apis={[
        [environmentsApiRef, mockEnvironmentsApi()],
        [identityApiRef, mockApis.identity()],
      ]}
    >
      <EntityProvider entity={checkout}>
        <Routes>
          <Route path="/*" element={element} />
        </Routes>
      </EntityProvider>
    </TestApiProvider>,
    {
      mountedRoutes: {
        '/': environmentsRouteRef,
        '/environments': fleetRouteRef,
        '/catalog/:namespace/:kind/:name': entityRouteRef,
      },
    },
  );
}

describe('in an app of the legacy frontend system', () => {
  it('the tab is shown', async () => {
    expect(isEnvironmentsAvailable(checkout)).toBe(true);
    await inLegacyApp(<EntityEnvironmentsContent />);
    expect(
      await screen.findByRole('columnheader', { name: 'prod' }),
    ).toHaveTextContent('1.3.1');
  });

  it('the card is shown, and leads to the tab', async () => {
    expect(mayHaveEnvironments(checkout)).toBe(true);
    await inLegacyApp(<EntityEnvironmentsCard />);
    const list = await screen.findByRole('list', { name: 'What runs where' });
    expect(within(list).getAllByRole('listitem')[1]).toHaveTextContent(
      /staging.*1\.4\.0/,
    );
    expect(
      screen.getByRole('link', { name: /Open the matrix/ }),
    ).toHaveAttribute(
      'href',
      '/catalog/default/component/checkout/environments',
    );
  });

  it('the page of all services is shown, with a header of its own', async () => {
    await inLegacyApp(<EnvironmentsPage />);
    expect(
      await screen.findByRole('heading', { level: 1, name: 'Environments' }),
    ).toBeInTheDocument();
    expect(
      await screen.findByRole('row', { name: /^checkout/ }),
    ).toHaveTextContent(/1\.4\.0/);
  });

  it('the wizard has its fields, and what they hold a name to', async () => {
    const user = userEvent.setup();
    await inLegacyApp(<LegacyWizard />);
    const image = await screen.findByRole('textbox', { name: /Image/ });
    await user.type(image, 'ghcr.io/acme/shop:latest');
    await user.click(screen.getByRole('button', { name: 'Review' }));
    expect(
      await screen.findByText(/^An image repository without a tag/),
    ).toBeInTheDocument();
    await user.clear(image);
    await user.type(image, 'ghcr.io/acme/shop');
    await user.click(screen.getByRole('button', { name: 'Review' }));
    expect(await screen.findByText('ghcr.io/acme/shop')).toBeInTheDocument();
  });

  it('there is a field for everything that the templates ask with one', async () => {
    const known: string[] = [];
    function Names() {
      known.push(...useLegacyFields().map(({ name }) => name));
      return null;
    }
    await inLegacyApp(<Names />);
    const asked = readdirSync(templates)
      .filter(name => name.endsWith('.yaml'))
      .flatMap(name => [
        ...readFileSync(resolve(templates, name), 'utf8').matchAll(
          /ui:field: (Environments\w+)/g,
        ),
      ])
      .map(([, name]) => name);
    expect(asked.length).toBeGreaterThan(20);
    expect(known).toEqual(expect.arrayContaining(asked));
  });
});

/** As an app has it below the route of the scaffolder: one element, for as long as the app is open. */
const outlet = (
  <ScaffolderFieldExtensions>{environmentsFields}</ScaffolderFieldExtensions>
);

function useLegacyFields() {
  return useCustomFieldExtensions<{ name: string; component: () => null }>(
    outlet,
  );
}

function LegacyWizard() {
  return (
    <SecretsContextProvider>
      <Stepper
        manifest={{
          title: 'Service',
          steps: [
            {
              title: 'Service',
              schema: {
                type: 'object',
                required: ['image'],
                properties: {
                  image: {
                    type: 'string',
                    title: 'Image',
                    'ui:field': 'EnvironmentsImage',
                  },
                },
              },
            },
          ],
        }}
        extensions={useLegacyFields()}
        onCreate={async () => {}}
      />
    </SecretsContextProvider>
  );
}
