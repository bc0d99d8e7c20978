import { verify } from '@envmatrix/engine';
import { parse } from 'yaml';
import { deployConfigs, unique } from '../deployConfigs';
import { inFolder, run, which, writeFiles } from '../programs';
import { dashboardProblems } from './__testUtils__/dashboardProblems';
import { inhibitionProblems } from './__testUtils__/inhibitionProblems';
import { configurationProblem, receiversOf } from './__testUtils__/routes';
import { ruleProblems, rulesOf } from './__testUtils__/ruleProblems';

const configs = deployConfigs();

/** One file of every repository, the same text once. */
function each(path: string) {
  return unique(
    configs.map(config => ({ config, content: config.read(path) })),
  ).map(item => [item.config.name, item] as const);
}

const RULES = 'monitoring/rules/checkout.yaml';
const ROUTES = 'monitoring/alertmanager/alertmanager.yaml';
const DASHBOARD = 'monitoring/dashboards/checkout-environments.json';

describe('rules', () => {
  it.each(each(RULES))(
    'are read, grouped and complete: %s',
    (_, { content }) => {
      expect(ruleProblems(content, 'checkout')).toEqual([]);
    },
  );

  it.each(each(RULES))(
    'promise what the intent promises: %s',
    (_, { content, config }) => {
      const availability = config.intent.slo?.availability ?? 99.9;
      const thresholds = rulesOf(content)
        .filter(({ alert }) => alert === 'ErrorBudgetBurn')
        .map(({ expr }) => Number(/> ([0-9.e-]+)/.exec(expr)?.[1]));
      const sorted = [...thresholds].sort((a, b) => b - a);
      expect(thresholds).toEqual(sorted);
      expect(sorted.at(-1)).toBeGreaterThanOrEqual(
        ((100 - availability) / 100) * 0.999,
      );
      expect(sorted[0]).toBeLessThan(1);
    },
  );

  if (which('promtool')) {
    it.each(each('monitoring/tests/checkout.test.yaml'))(
      'pass promtool and their own tests: %s',
      (_, { config }) => {
        inFolder(folder => {
          writeFiles(
            folder,
            config.files.filter(({ path }) =>
              /^(monitoring|scripts)\//.test(path),
            ),
          );
          const { code, stdout, stderr } = run('scripts/test-rules.sh', [], {
            cwd: folder,
          });
          expect([code, stderr]).toEqual([0, '']);
          expect(stdout).toContain('Unit Testing');
        });
      },
    );
  }
});

describe('dashboards', () => {
  it.each(each(DASHBOARD))(
    'show every environment side by side: %s',
    (_, { content, config }) => {
      expect(
        dashboardProblems(content, {
          environments: config.intent.environments.map(({ name }) => name),
          recorded: rulesOf(config.read(RULES)).flatMap(
            ({ record }) => record ?? [],
          ),
        }),
      ).toEqual([]);
    },
  );

  it('are found by Grafana under a name that stays', () => {
    const [config] = configs;
    inFolder(folder => {
      writeFiles(folder, config.files);
      const { code, stdout } = which('kubectl')
        ? run('kubectl', ['kustomize', 'monitoring'], { cwd: folder })
        : run('kustomize', ['build', 'monitoring'], { cwd: folder });
      expect(code).toBe(0);
      const objects = stdout.split('\n---\n').map(text => parse(text));
      expect(objects).toContainEqual(
        expect.objectContaining({
          kind: 'ConfigMap',
          metadata: {
            name: 'checkout-environments-dashboard',
            namespace: 'monitoring',
            labels: {
              'app.kubernetes.io/name': 'checkout',
              grafana_dashboard: '1',
            },
          },
        }),
      );
      expect(
        objects.filter(({ kind }) => kind === 'ServiceMonitor'),
      ).toHaveLength(config.intent.environments.length);
    });
  });
});

describe('retention', () => {
  it.each(configs.map(config => [config.name, config] as const))(
    'grows towards production: %s',
    (_, config) => {
      const days = config.intent.environments.map(({ name }) =>
        Number.parseInt(
          parse(config.read(`monitoring/prometheus/values-${name}.yaml`))
            .prometheus.prometheusSpec.retention,
          10,
        ),
      );
      expect(days).toEqual([...days].sort((a, b) => a - b));
      expect(days[0]).toBeGreaterThanOrEqual(7);
      expect(days.at(-1)).toBeGreaterThanOrEqual(30);
    },
  );
});

describe('targets', () => {
  it.each(configs.map(config => [config.name, config] as const))(
    'say which environment a series is from: %s',
    (_, config) => {
      for (const { name, namespace, targets } of config.intent.environments) {
        const monitor = parse(
          config.read(`monitoring/targets/checkout-${name}.yaml`),
        );
        expect(monitor.spec.podTargetLabels).toEqual(['environment']);
        expect(monitor.metadata.labels.environment).toBe(name);
        expect(monitor.spec.namespaceSelector.matchNames).toEqual([
          ...new Set(targets?.map(target => target.namespace) ?? [namespace]),
        ]);
      }
    },
  );
});

if (which('amtool')) {
  describe('routes, asked of Alertmanager', () => {
    it.each(each(ROUTES))(
      'page for production alone, and drop nothing: %s',
      (_, { content, config }) => {
        expect(configurationProblem(content)).toBeUndefined();
        const { environments } = config.intent;
        const alerts: Record<string, string>[] = [
          ...environments.flatMap(({ name: environment }) =>
            ['critical', 'warning'].map(severity => ({
              alertname: 'ErrorBudgetBurn',
              service: 'checkout',
              environment,
              severity,
            })),
          ),
          { alertname: 'Unlabelled' },
          { alertname: 'Unlabelled', environment: 'unknown' },
        ];
        const expected = [
          ...environments.flatMap(({ name, kind, observability }) => [
            observability?.paging ?? kind === 'production'
              ? `${name}-pagerduty`
              : `${name}-slack`,
            `${name}-slack`,
          ]),
          `${environments.at(-1)?.name}-slack`,
          `${environments.at(-1)?.name}-slack`,
        ];
        expect(receiversOf(content, alerts)).toEqual(expected);
      },
    );

    it('raise the alarm for a watchdog of production that is missing, and for no other', () => {
      const [config] = configs;
      expect(
        receiversOf(
          config.read(ROUTES),
          config.intent.environments.map(({ name }) => ({
            alertname: 'Watchdog',
            severity: 'none',
            environment: name,
          })),
        ),
      ).toEqual(['nobody', 'nobody', 'watchdog']);
    });
  });
}

describe('notifications of Argo CD', () => {
  it.each(each('argocd/notifications.yaml'))(
    'tell of every environment, in Slack and as a marker: %s',
    (_, { content, config }) => {
      const data: Record<string, string> = parse(content).data;
      const subscriptions: {
        recipients: string[];
        selector: string;
        triggers: string[];
      }[] = parse(data.subscriptions);
      for (const { triggers } of subscriptions) {
        for (const trigger of triggers) {
          const [{ send, when }] = parse(data[`trigger.${trigger}`]);
          expect(when).toContain('app.status');
          expect(data).toHaveProperty([`template.${send[0]}`]);
        }
      }
      for (const { name } of config.intent.environments) {
        const recipients = subscriptions
          .filter(({ selector }) => selector.endsWith(`,environment=${name}`))
          .flatMap(subscription => subscription.recipients);
        expect(recipients).toContain(`grafana:deployment|checkout|${name}`);
        expect(recipients.some(to => to.startsWith('slack:'))).toBe(true);
      }
    },
  );
});

describe('inhibitions', () => {
  it.each(each(ROUTES))(
    'silence what is of the same service, and nothing else: %s',
    (_, { content }) => {
      expect(inhibitionProblems(content)).toEqual([]);
    },
  );
});

describe('receivers', () => {
  it.each(each(ROUTES))('hold no key: %s', (_, { content }) => {
    expect(content).not.toMatch(
      /(api_url|routing_key|service_key|password|bearer_token):/,
    );
    const { receivers } = parse(content);
    const names: string[] = receivers.map(({ name }: { name: string }) => name);
    expect(new Set(names).size).toBe(names.length);
  });
});

describe('the rules of the engine about pipelines and alerts', () => {
  it.each(configs.map(config => [config.name, config] as const))(
    'are held: %s',
    (_, { files, intent, dialect }) => {
      const { findings } = verify({
        intent,
        manifests: {},
        now: '2026-01-01T00:00:00Z',
        repository: files.map(({ path, content }) => ({
          name: path,
          text: content,
        })),
        rules: ['PIPE-05', 'OBS-04', 'OBS-05', 'OBS-09'],
      });
      const outcomes = new Set(
        findings.map(({ rule, outcome }) => `${rule} ${outcome}`),
      );
      expect(outcomes).toContain('OBS-04 pass');
      expect(outcomes).toContain('OBS-09 pass');
      // Pipelines of GitLab are not read, and so nothing is said for them.
      expect(
        findings
          .filter(({ outcome }) => outcome === 'unknown')
          .map(({ rule, subject }) => `${rule} ${subject}`),
      ).toEqual(dialect === 'gitlab' ? ['PIPE-05 .gitlab-ci.yml'] : []);
      expect(outcomes.has('PIPE-05 pass')).toBe(dialect !== 'gitlab');
      expect(findings.filter(({ outcome }) => outcome === 'fail')).toEqual([]);
    },
  );
});
