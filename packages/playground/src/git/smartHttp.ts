import { spawn } from 'child_process';
import { createGunzip } from 'zlib';
import type { Request, Response } from 'express';
import { GitRepositories } from './GitRepositories';

/**
 * Clone, fetch and push, by handing the request to git's own CGI program.
 */
export async function serveGit(
  request: Request,
  response: Response,
  options: {
    repositories: GitRepositories;
    path: string;
    user: string | undefined;
  },
): Promise<void> {
  const { repositories, path, user } = options;
  const query = new URL(request.originalUrl, 'http://localhost').search.slice(
    1,
  );
  const child = spawn('git', ['http-backend'], {
    env: {
      PATH: process.env.PATH,
      HOME: repositories.directory,
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_PROJECT_ROOT: repositories.directory,
      GIT_HTTP_EXPORT_ALL: '1',
      PATH_INFO: path,
      QUERY_STRING: query,
      REQUEST_METHOD: request.method,
      CONTENT_TYPE: request.headers['content-type'] ?? '',
      REMOTE_ADDR: request.socket.remoteAddress ?? '',
      ...(user ? { REMOTE_USER: user } : {}),
      ...(request.headers['git-protocol']
        ? { GIT_PROTOCOL: String(request.headers['git-protocol']) }
        : {}),
    },
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  child.stdin.on('error', () => {});
  // git wants the length of a plain body, and reads to the end where there is none; a compressed one is unpacked here.
  const body =
    request.headers['content-encoding'] === 'gzip'
      ? request.pipe(createGunzip())
      : request;
  body.pipe(child.stdin);
  response.on('close', () => child.kill());
  await new Promise<void>((resolve, reject) => {
    let head = Buffer.alloc(0);
    let headDone = false;
    child.on('error', reject);
    child.stdout.on('data', (chunk: Buffer) => {
      if (headDone) {
        response.write(chunk);
        return;
      }
      head = Buffer.concat([head, chunk]);
      const end = head.indexOf('\r\n\r\n');
      if (end >= 0) {
        headDone = true;
        writeHead(response, head.subarray(0, end).toString('utf8'));
        response.write(head.subarray(end + 4));
      }
    });
    child.on('close', () => {
      if (!headDone) {
        response.status(500);
      }
      response.end();
      resolve();
    });
  });
}

function writeHead(response: Response, head: string): void {
  let status = 200;
  for (const line of head.split('\r\n')) {
    const colon = line.indexOf(':');
    const [name, value] = [
      line.slice(0, colon).trim(),
      line.slice(colon + 1).trim(),
    ];
    if (name.toLowerCase() === 'status') {
      status = Number(value.split(' ')[0]);
    } else {
      response.setHeader(name, value);
    }
  }
  response.status(status);
}
