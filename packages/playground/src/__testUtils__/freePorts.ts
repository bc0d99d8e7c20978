import net from 'net';

const PORTS = 7;

/** Where the last search ended, so that tests of one process do not meet. */
let next = 20_000 + (process.pid % 20_000);

export function isFree(port: number): Promise<boolean> {
  return new Promise(resolve => {
    const server = net.createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

/** The first of as many free ports in a row as a portal and its playground need. */
export async function freePorts(): Promise<number> {
  for (;;) {
    const first = next;
    next += PORTS;
    const free = await Promise.all(
      Array.from({ length: PORTS }, (_, index) => isFree(first + index)),
    );
    if (free.every(Boolean)) {
      return first;
    }
  }
}
