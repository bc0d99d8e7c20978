import type { Fields } from '../../values';
import { recording, type Recording } from '../recordings';
import type { Answer } from '../request';
import type { ConformanceTarget } from './ConformanceTarget';
import type { Heard } from './comparison';

/** One thing that a server was seen to do. */
export interface ConformanceRow {
  readonly name: string;
  /** What a target does otherwise, a line for each difference; none where it does the same. */
  readonly differences: (
    target: ConformanceTarget,
  ) => Promise<readonly string[]>;
}

/** What was recorded under a name, and what a target answers to the same request; the path may be another. */
export async function exchange(
  target: ConformanceTarget,
  name: string,
  pathOf: (recorded: string) => string = path => path,
): Promise<{ recorded: Heard; answered: Heard }> {
  const { request, response } = recording(name);
  const answer = await target.send({
    ...request,
    path: pathOf(request.path),
    token: tokenFor(name, request),
  });
  return {
    recorded: { ...response, body: response.body ?? onlyLine(response) },
    answered: heard(answer),
  };
}

export function heard({ status, headers, text }: Answer): Heard {
  const isJson = `${headers['content-type']}`.includes('json');
  return { status, headers, body: isJson ? JSON.parse(text) : text };
}

function tokenFor(
  name: string,
  { authenticated }: Recording['request'],
): string | null | undefined {
  if (!authenticated) {
    return null;
  }
  return name === 'error/401-bad-token' ? 'wrong' : undefined;
}

/** A watch that is refused was recorded as a stream of one line. */
function onlyLine({ stream = [] }: Recording['response']): Fields | undefined {
  return stream.length === 1 ? JSON.parse(stream[0].line) : undefined;
}
