import { ChildProcess, spawn } from 'child_process';
import { once } from 'events';
import { connect, Socket } from 'net';

/** Listens, tells its port, and is stopped from outside before it accepts anybody. */
const LISTENER = `
const server = require('net').createServer();
server.listen({ host: '127.0.0.1', port: 0, backlog: 1 }, () => process.stdout.write(String(server.address().port)));
`;

/** How long a connection that is going to be accepted takes at most, on loopback. */
const ACCEPTED_MS = 500;

/**
 * A port of loopback where every further connection hangs before it is there: as at a firewall that says nothing. A process that is
 * stopped listens there, and its queue is full.
 */
export async function neverAccepting(): Promise<{
  url: string;
  close: () => Promise<void>;
}> {
  const child = spawn(process.execPath, ['-e', LISTENER], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const sockets: Socket[] = [];
  const close = async () => {
    sockets.forEach(socket => socket.destroy());
    await ended(child);
  };
  try {
    const [text] = await once(child.stdout, 'data');
    const port = Number(String(text));
    child.kill('SIGSTOP');
    while (await isTaken(port, sockets)) {
      if (sockets.length > 100) {
        throw new Error('The queue of connections does not fill');
      }
    }
    return { url: `http://127.0.0.1:${port}`, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Whether the queue had room for one more. */
async function isTaken(port: number, sockets: Socket[]): Promise<boolean> {
  const socket = connect({ host: '127.0.0.1', port });
  sockets.push(socket);
  // It is destroyed at the end, while it still waits.
  socket.on('error', () => {});
  return await new Promise(resolve => {
    // A machine that was busy may have accepted it, and not have told yet.
    const timer = setTimeout(
      () => setImmediate(() => resolve(!socket.connecting)),
      ACCEPTED_MS,
    );
    socket.once('connect', () => {
      clearTimeout(timer);
      resolve(true);
    });
  });
}

async function ended(child: ChildProcess): Promise<void> {
  const exit = once(child, 'exit');
  child.kill('SIGKILL');
  await exit;
}
