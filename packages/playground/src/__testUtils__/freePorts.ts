import net from 'net';

const PORTS = 7;

/**
 * Where the next search begins: tests that run beside each other do not meet, and all stay below the ports that the system gives
 * out by itself.
 */
let next =
  20_000 +
  (Number(process.env.JEST_WORKER_ID ?? 0) % 8) * 1_500 +
  (process.pid % 150) * PORTS;

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
