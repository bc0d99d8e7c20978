import net from 'node:net';
import { Complaint } from './log.mjs';

/** Ports of the portal and, after it, of the parts of the playground. */
export const PORTS = 7;

export function portFromEnvironment() {
  const text = process.env.PORT ?? '7007';
  const port = Number(text);
  if (!Number.isInteger(port) || port < 1024 || port > 65535 - PORTS) {
    throw new Complaint(
      `PORT is '${text}'; it must be a number from 1024 to ${65535 - PORTS}`,
    );
  }
  return port;
}

/** Says before any work starts that a port is taken. */
export async function requireFreePorts(first) {
  const taken = [];
  for (let port = first; port < first + PORTS; port++) {
    if (!(await isFree(port))) {
      taken.push(port);
    }
  }
  if (taken.length > 0) {
    throw new Complaint(
      `${
        taken.length === 1
          ? `Port ${taken[0]} is`
          : `Ports ${taken.join(', ')} are`
      } taken. The portal needs ${first} and the playground ${first + 1} to ${
        first + PORTS - 1
      }: stop what listens there, or choose others with PORT=8100 npm start.`,
    );
  }
}

function isFree(port) {
  return new Promise(resolve => {
    const server = net.createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
