import net from 'net';

/** Ports of loopback that nobody listens on now. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, () => {
      const server = net.createServer();
      return new Promise<net.Server>(resolve => {
        server.listen(0, '127.0.0.1', () => resolve(server));
      });
    }),
  );
  return Promise.all(
    servers.map(async server => {
      const address = server.address();
      await new Promise(resolve => {
        server.close(resolve);
      });
      if (address === null || typeof address === 'string') {
        throw new Error('No port is free');
      }
      return address.port;
    }),
  );
}
