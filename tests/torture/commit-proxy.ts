import { createServer, type Socket, connect as tcpConnect } from 'node:net';

/** `unheard`: the server never gets the COMMIT. `unanswered`: it commits, and nobody hears of it. */
export type CommitCut = 'unheard' | 'unanswered';

/** What a packet on the wire begins with: three bytes length, one number; then 3 for a query, and its text. */
const HEADER_BYTES = 4;
const COMMIT = Buffer.from('\x03COMMIT');

export interface CommitProxy {
  readonly port: number;
  /** How many connections were cut. */
  cuts(): number;
  stop(): Promise<void>;
}

/** Stands between PHP and the database, and cuts the first connection that sends COMMIT. */
export async function startCommitProxy(databasePort: number, cut: CommitCut): Promise<CommitProxy> {
  let cuts = 0;
  const sockets = new Set<Socket>();
  const proxy = createServer((client) => {
    const server = tcpConnect(databasePort, '127.0.0.1');
    const end = () => {
      client.destroy();
      server.destroy();
    };
    let isCut = false;
    for (const socket of [client, server]) {
      socket.setNoDelay(true);
      sockets.add(socket);
      socket.on('error', end).on('close', () => {
        sockets.delete(socket);
        end();
      });
    }
    client.on('data', (bytes: Buffer) => {
      const isCommit = cuts === 0 && bytes.indexOf(COMMIT) === HEADER_BYTES;
      if (isCommit) {
        cuts += 1;
        isCut = true;
      }
      if (isCommit && cut === 'unheard') end();
      else server.write(bytes);
    });
    server.on('data', (bytes: Buffer) => {
      if (isCut) end();
      else client.write(bytes);
    });
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  const address = proxy.address();
  if (address === null || typeof address === 'string')
    throw new TypeError('A TCP port is missing.');
  return {
    port: address.port,
    cuts: () => cuts,
    async stop() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => proxy.close(resolve));
    },
  };
}
