import fs from 'fs';
import path from 'path';

export interface Recording {
  request: {
    method: string;
    path: string;
    authenticated: boolean;
    body?: unknown;
  };
  response: {
    status: number;
    headers: Record<string, string>;
    body?: unknown;
  };
}

/** What Gitea answered. */
export function recording(name: string): Recording {
  return JSON.parse(
    fs.readFileSync(
      path.join(__dirname, '../__fixtures__/recordings', `${name}.json`),
      'utf8',
    ),
  );
}
