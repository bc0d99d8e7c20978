// A portal with the environments plugin, the Kubernetes plugin that it reads clusters through, and a route to measure against: as large as a
// matrix, authenticated alike, and always the same.
import { createBackend } from '@backstage/backend-defaults';
import {
  coreServices,
  createBackendPlugin,
} from '@backstage/backend-plugin-api';
import { Router } from 'express';

const floor = createBackendPlugin({
  pluginId: 'floor',
  register(env) {
    env.registerInit({
      deps: {
        http: coreServices.httpRouter,
        httpAuth: coreServices.httpAuth,
      },
      async init({ http, httpAuth }) {
        const router = Router();
        let body = '{}';
        router.put('/body', (request, response) => {
          const chunks: Buffer[] = [];
          request.on('data', chunk => chunks.push(chunk));
          request.on('end', () => {
            body = Buffer.concat(chunks).toString('utf8');
            response.status(204).end();
          });
        });
        router.get('/body', async (request, response) => {
          await httpAuth.credentials(request, { allow: ['user', 'service'] });
          response.json(JSON.parse(body));
        });
        router.get('/memory', (_, response) => {
          globalThis.gc?.();
          response.json(process.memoryUsage());
        });
        http.use(router);
      },
    });
  },
});

const backend = createBackend();
backend.add(import('@backstage/plugin-auth-backend'));
backend.add(import('@backstage/plugin-catalog-backend'));
backend.add(import('@backstage/plugin-events-backend'));
backend.add(import('@backstage/plugin-signals-backend'));
backend.add(import('@backstage/plugin-kubernetes-backend'));
backend.add(import('@envmatrix/backstage-plugin-environments-backend'));
backend.add(
  import('@envmatrix/backstage-plugin-environments-backend-module-kubernetes'),
);
backend.add(
  import('@envmatrix/backstage-plugin-environments-backend-module-argocd'),
);
backend.add(floor);
backend.start();
