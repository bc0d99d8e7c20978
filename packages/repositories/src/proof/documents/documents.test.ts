import fs from 'fs';
import path from 'path';
import { remainingSteps } from '../../remainingSteps';
import { CLI_VERSION } from '../../templateValues/pipelines';
import { deployConfigs } from '../deployConfigs';

const configs = deployConfigs().map(config => [config.name, config] as const);

/** Anchors that a git host gives to the headings of a document. */
function anchorsOf(text: string): string[] {
  return [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading]) =>
    heading
      .toLowerCase()
      .replace(/[^a-z0-9 -]/g, '')
      .replaceAll(' ', '-'),
  );
}

describe('documents of the deploy-config repository', () => {
  it.each(configs)('lead to files that are there: %s', (_, { files }) => {
    const paths = new Set(files.map(file => file.path));
    const folders = new Set(
      files.flatMap(file => [path.posix.dirname(file.path)]),
    );
    const broken = files
      .filter(file => file.path.endsWith('.md'))
      .flatMap(file =>
        [...file.content.matchAll(/\]\(([^)\s]+)\)/g)]
          .map(([, link]) => link)
          .filter(link => !/^[a-z]+:/.test(link))
          .filter(link => {
            const [target] = link.split('#');
            const found = path.posix.join(
              path.posix.dirname(file.path),
              target,
            );
            return !paths.has(found) && !folders.has(found);
          })
          .map(link => `${file.path}: ${link}`),
      );
    expect(broken).toEqual([]);
  });

  it.each(configs)(
    'name scripts and files that are there: %s',
    (_, { files }) => {
      const paths = new Set(files.map(file => file.path));
      const missing = files
        .filter(file => /\.(md|ya?ml|sh)$/.test(file.path))
        .flatMap(file =>
          [...file.content.matchAll(/\bscripts\/[a-z/-]+\.sh\b/g)]
            .map(([script]) => script)
            .filter(script => !paths.has(script)),
        );
      expect(missing).toEqual([]);
    },
  );

  it.each(configs)('have a chapter for every alert: %s', (_, config) => {
    const runbook = config.read('docs/runbooks/checkout.md');
    const anchors = anchorsOf(runbook);
    const links = [
      ...config
        .read('monitoring/rules/checkout.yaml')
        .matchAll(/runbook_url: (\S+)#(\S+)/g),
    ];
    expect(links.length).toBeGreaterThan(5);
    for (const [, address, anchor] of links) {
      expect(address).toMatch(
        /^https:\/\/.+\/main\/docs\/runbooks\/checkout\.md$/,
      );
      expect(anchors).toContain(anchor);
    }
  });

  it.each(configs)('tell where it runs: %s', (_, config) => {
    const runbook = config.read('docs/runbooks/checkout.md');
    for (const { name, cluster, namespace, targets } of config.intent
      .environments) {
      for (const place of targets ?? [{ cluster, namespace }]) {
        expect(runbook).toContain(
          `| ${name} | ${place.cluster} | ${place.namespace} |`,
        );
      }
    }
  });
});

describe('what remains to be done', () => {
  it.each(configs)('is the same list in the repository: %s', (_, config) => {
    const steps = remainingSteps(config.intent);
    const document = config.read('docs/remaining-steps.md');
    expect(document.match(/^- \[ \]/gm)).toHaveLength(steps.length);
    for (const { title, text } of steps) {
      expect(document).toContain(`**${title}.** ${text}`);
    }
    expect(new Set(steps.map(({ id }) => id)).size).toBe(steps.length);
  });

  it.each(configs)('is what was chosen, and no more: %s', (_, { intent }) => {
    const ids = remainingSteps(intent).map(({ id }) => id);
    expect(ids.includes('bootstrap')).toBe(intent.cloud === 'aws');
    expect(ids.includes('vault-values')).toBe(
      (intent.service.secrets ?? []).length > 0,
    );
    expect(ids.includes('environment-reviewers')).toBe(
      intent.prodGate?.includes('github-environment') ?? false,
    );
    expect(ids.includes('app')).toBe(intent.scm?.dialect === 'github');
  });

  it.each(configs)('leads to secrets that are used: %s', (_, config) => {
    const list = config.read('docs/remaining-steps.md');
    const used = config.files
      .filter(({ path: file }) =>
        /^\.(github|gitea)\/|^\.gitlab-ci|^docs\/deliver\./.test(file),
      )
      .flatMap(({ content }) => [
        ...[...content.matchAll(/(?:secrets|vars)\.([A-Z_]+)/g)],
        ...[...content.matchAll(/password=\$([A-Z_]+)/g)],
      ])
      .map(([, name]) => name);
    expect(used.filter(name => !list.includes(name))).toEqual([]);
  });
});

describe('the rules that the scripts fetch', () => {
  it('are those of this repository', () => {
    const manifest = fs.readFileSync(
      path.resolve(__dirname, '../../../../cli/package.json'),
      'utf8',
    );
    expect(JSON.parse(manifest)).toMatchObject({
      name: '@envmatrix/cli',
      version: CLI_VERSION,
    });
  });
});
