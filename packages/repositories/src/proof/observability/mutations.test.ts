import { defaultDeployConfig } from '../deployConfigs';
import { edited } from '../mutations/edit';
import {
  OBSERVABILITY_MUTATIONS,
  ObservabilityMutation,
} from '../mutations/observability';
import { inFolder, run, which, writeFiles } from '../programs';
import { dashboardProblems } from './__testUtils__/dashboardProblems';
import { inhibitionProblems } from './__testUtils__/inhibitionProblems';
import { configurationProblem, receiversOf } from './__testUtils__/routes';
import { ruleProblems, rulesOf } from './__testUtils__/ruleProblems';

const config = defaultDeployConfig();

/** What is said of the file, before and after. */
function said(mutation: ObservabilityMutation, text: string): string {
  const { caught } = mutation;
  switch (caught.by) {
    case 'rules':
      return ruleProblems(text, 'checkout').join('\n');
    case 'dashboard':
      return dashboardProblems(text, {
        environments: ['dev', 'staging', 'prod'],
        recorded: rulesOf(
          config.read('monitoring/rules/checkout.yaml'),
        ).flatMap(({ record }) => record ?? []),
      }).join('\n');
    case 'inhibition':
      return inhibitionProblems(text).join('\n');
    case 'amtool':
      return configurationProblem(text) ?? '';
    case 'promtool':
      return inFolder(folder => {
        writeFiles(folder, [
          ...config.files.filter(({ path }) =>
            /^(monitoring|scripts)\//.test(path),
          ),
          { path: mutation.file, content: text },
        ]);
        const { code, stdout, stderr } = run('scripts/test-rules.sh', [], {
          cwd: folder,
        });
        return code === 0 ? '' : stdout + stderr;
      });
    default: {
      const [receiver] = receiversOf(text, [caught.alert]);
      return receiver === caught.receiver ? '' : `goes to ${receiver}`;
    }
  }
}

const TOOLS: Partial<Record<ObservabilityMutation['caught']['by'], string>> = {
  promtool: 'promtool',
  amtool: 'amtool',
  route: 'amtool',
};

const provable = OBSERVABILITY_MUTATIONS.filter(({ caught }) => {
  const tool = TOOLS[caught.by];
  return tool === undefined || which(tool) !== undefined;
});

describe('what watches the service, made worse', () => {
  it.each(provable.map(mutation => [mutation.name, mutation] as const))(
    'is caught: %s',
    (_, mutation) => {
      const before = config.read(mutation.file);
      expect(said(mutation, before)).toBe('');
      const found = said(mutation, edited(before, mutation));
      expect(found).toContain(
        'says' in mutation.caught ? mutation.caught.says : 'goes to ',
      );
    },
  );
});
