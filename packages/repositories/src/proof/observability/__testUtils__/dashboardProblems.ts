import { z } from 'zod';
import { promQlProblem, seriesIn } from './promQl';

const datasource = z.object({ type: z.string(), uid: z.string() });

const dashboardSchema = z.looseObject({
  uid: z.string().regex(/^[a-z0-9-]{1,40}$/),
  title: z.string().min(1),
  templating: z.looseObject({
    list: z.array(z.looseObject({ name: z.string(), type: z.string() })),
  }),
  annotations: z.looseObject({
    list: z.array(
      z.looseObject({
        name: z.string(),
        enable: z.boolean(),
        datasource,
        expr: z.string().optional(),
        target: z.looseObject({ tags: z.array(z.string()) }).optional(),
      }),
    ),
  }),
  panels: z.array(
    z.looseObject({
      id: z.number().int(),
      title: z.string(),
      gridPos: z.object({
        x: z.number().int().min(0),
        y: z.number().int().min(0),
        w: z.number().int().min(1),
        h: z.number().int().min(1),
      }),
      datasource,
      targets: z.array(z.looseObject({ expr: z.string(), datasource })).min(1),
    }),
  ),
});

type Dashboard = z.infer<typeof dashboardSchema>;
type Panel = Dashboard['panels'][number];

/** What is wrong with a dashboard that Grafana would show all the same, empty. */
export function dashboardProblems(
  text: string,
  known: { environments: readonly string[]; recorded: readonly string[] },
): string[] {
  const parsed = dashboardSchema.safeParse(JSON.parse(text));
  if (!parsed.success) {
    return [parsed.error.message];
  }
  const { annotations, panels } = parsed.data;
  return [
    ...variableProblems(text, parsed.data),
    ...layoutProblems(panels),
    ...panels.flatMap(panel => queryProblems(panel, known.recorded)),
    ...columnProblems(panels, known.environments),
    ...annotations.list.flatMap(({ name, expr }) => {
      const problem = expr === undefined ? undefined : promQlProblem(expr);
      return problem === undefined ? [] : [`${name}: ${problem}`];
    }),
    ...(annotations.list.some(
      ({ enable, target }) => enable && target?.tags.includes('deployment'),
    )
      ? []
      : ['no marker of deployments']),
    ...known.environments
      .filter(
        environment =>
          !annotations.list.some(
            ({ name, enable, expr }) =>
              enable && expr !== undefined && name.endsWith(` ${environment}`),
          ),
      )
      .map(environment => `no marker of new images in ${environment}`),
  ];
}

function variableProblems(text: string, dashboard: Dashboard): string[] {
  const defined = dashboard.templating.list.map(({ name }) => name);
  const used = [...text.matchAll(/\$\{([A-Za-z0-9_]+)\}/g)].map(
    ([, name]) => name,
  );
  return [...new Set(used)]
    .filter(name => !defined.includes(name))
    .map(name => `the variable ${name} is not defined`);
}

function layoutProblems(panels: readonly Panel[]): string[] {
  const problems: string[] = [];
  panels.forEach((panel, index) => {
    const { x, y, w, h } = panel.gridPos;
    if (x + w > 24) {
      problems.push(`${panel.title} stands out at the right`);
    }
    for (const other of panels.slice(index + 1)) {
      const { x: ox, y: oy, w: ow, h: oh } = other.gridPos;
      if (x < ox + ow && ox < x + w && y < oy + oh && oy < y + h) {
        problems.push(`${panel.title} lies over ${other.title}`);
      }
      if (panel.id === other.id) {
        problems.push(`${panel.title} and ${other.title} have one id`);
      }
    }
  });
  return problems;
}

function queryProblems(panel: Panel, recorded: readonly string[]): string[] {
  return panel.targets.flatMap(({ expr }) => {
    const problem = promQlProblem(expr);
    return [
      ...(problem === undefined ? [] : [`${panel.title}: ${problem}`]),
      ...seriesIn(expr)
        .filter(series => !recorded.includes(series))
        .map(
          series => `${panel.title} asks for ${series}, which is not recorded`,
        ),
    ];
  });
}

/** A row for each metric, and in it a column for each environment, which asks for that one alone. */
function columnProblems(
  panels: readonly Panel[],
  environments: readonly string[],
): string[] {
  const rows = new Map<number, Panel[]>();
  for (const panel of panels) {
    const row = rows.get(panel.gridPos.y) ?? [];
    rows.set(panel.gridPos.y, [...row, panel]);
  }
  return [...rows.values()].flatMap(row => {
    const asked = [...row]
      .sort((a, b) => a.gridPos.x - b.gridPos.x)
      .map(
        ({ targets }) =>
          /environment="([^"]*)"/.exec(targets[0].expr)?.[1] ?? 'all',
      );
    return asked.join() === environments.join()
      ? []
      : [`the row of ${row[0].title} asks for ${asked.join(', ')}`];
  });
}
