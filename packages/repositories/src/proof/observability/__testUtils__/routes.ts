import path from 'path';
import { inFolder, run, writeFiles } from '../../programs';

/** What Alertmanager does with an alert, asked of Alertmanager's own program: the receivers that get it. */
export function receiversOf(
  configuration: string,
  alerts: readonly Readonly<Record<string, string>>[],
): string[] {
  return withConfiguration(configuration, file =>
    alerts.map(labels => {
      const { code, stdout, stderr } = run('amtool', [
        'config',
        'routes',
        'test',
        `--config.file=${file}`,
        ...Object.entries(labels).map(([name, value]) => `${name}=${value}`),
      ]);
      if (code !== 0) {
        throw new Error(`amtool: ${stderr}`);
      }
      return stdout.trim();
    }),
  );
}

/** What Alertmanager says of its configuration: nothing where it takes it. */
export function configurationProblem(
  configuration: string,
): string | undefined {
  return withConfiguration(configuration, file => {
    const { code, stdout, stderr } = run('amtool', ['check-config', file]);
    return code === 0 ? undefined : `${stdout}${stderr}`;
  });
}

function withConfiguration<T>(text: string, work: (file: string) => T): T {
  return inFolder(folder => {
    writeFiles(folder, [{ path: 'alertmanager.yaml', content: text }]);
    return work(path.join(folder, 'alertmanager.yaml'));
  });
}
