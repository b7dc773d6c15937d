import { createServer } from 'node:net';

/**
 * A TCP port that is free on loopback right now.
 *
 * Another process may take it before it is used; whoever starts a server with it looks whether the
 * server came up and asks for another one if it did not.
 */
export async function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => {
        if (address !== null && typeof address === 'object') resolve(address.port);
        else reject(new Error('The system gave no port to listen on.'));
      });
    });
  });
}
