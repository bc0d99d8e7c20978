import { parser } from '@prometheus-io/lezer-promql';

/** Whether PromQL can be read: the place where it cannot, or nothing. Variables of Grafana stand for what they are replaced with. */
export function promQlProblem(expression: string): string | undefined {
  const text = expression.replace(/\$__(rate_)?interval\b/g, '5m');
  let problem: string | undefined;
  parser.parse(text).iterate({
    enter: node => {
      if (node.type.isError && problem === undefined) {
        problem = `cannot be read at ${node.from}: ${text.slice(
          0,
          node.from,
        )}»${text.slice(node.from)}`;
      }
    },
  });
  return problem;
}

/** Names of the series that an expression asks for. */
export function seriesIn(expression: string): string[] {
  const names: string[] = [];
  parser.parse(expression).iterate({
    enter: node => {
      if (node.name === 'VectorSelector') {
        const name = node.node.getChild('Identifier');
        if (name) {
          names.push(expression.slice(name.from, name.to));
        }
      }
    },
  });
  return names;
}
