import { createBackend } from '@backstage/backend-defaults';

const backend = createBackend();

backend.add(import('@backstage/plugin-app-backend'));

backend.add(import('@backstage/plugin-auth-backend'));
backend.add(import('@backstage/plugin-auth-backend-module-guest-provider'));
backend.add(import('@backstage/plugin-auth-backend-module-oidc-provider'));

backend.add(import('@backstage/plugin-catalog-backend'));
backend.add(
  import('@backstage/plugin-catalog-backend-module-scaffolder-entity-model'),
);
backend.add(import('@backstage/plugin-catalog-backend-module-logs'));

backend.add(import('@backstage/plugin-permission-backend'));
backend.add(
  import('@backstage/plugin-permission-backend-module-allow-all-policy'),
);

backend.add(import('@backstage/plugin-events-backend'));
backend.add(import('@backstage/plugin-signals-backend'));
backend.add(import('@backstage/plugin-user-settings-backend'));

backend.add(import('@backstage/plugin-kubernetes-backend'));

backend.add(import('@backstage/plugin-scaffolder-backend'));
backend.add(
  import('@envmatrix/backstage-plugin-scaffolder-backend-module-environments'),
);

backend.add(import('@envmatrix/backstage-plugin-environments-backend'));
backend.add(
  import('@envmatrix/backstage-plugin-environments-backend-module-kubernetes'),
);
backend.add(
  import('@envmatrix/backstage-plugin-environments-backend-module-argocd'),
);
backend.add(
  import('@envmatrix/backstage-plugin-environments-backend-module-scm'),
);
backend.add(
  import('@envmatrix/backstage-plugin-environments-backend-module-registry'),
);

backend.start();
