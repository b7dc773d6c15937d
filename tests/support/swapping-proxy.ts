import type { AddressInfo } from 'node:net';
import { connect, createServer, type Socket } from 'node:net';
import type { DatabaseAddress } from './database-server.ts';

/** Stands between a driver and a database server. */
export interface SwappingProxy {
  readonly address: DatabaseAddress;
  /** What the session that is given for the next command was left with; undefined: nothing. */
  sessionLeftWith: string | undefined;
  close(): Promise<void>;
}

/** A command begins a new count of packets; what belongs to logging in goes on counting. */
const COUNT_AT = 3;
const COM_QUERY = 3;

/**
 * Starts a proxy that pools as a careless one does: before each command it hands over a session that another client has set in
 * its own way. Commands must fit into one packet of the network.
 */
export async function startSwappingProxy(server: DatabaseAddress): Promise<SwappingProxy> {
  const sockets = new Set<Socket>();
  const listener = createServer((client) => {
    const behind = connect(server.port, server.host);
    let held: Buffer | undefined;
    for (const socket of [client, behind]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        client.destroy();
        behind.destroy();
        sockets.delete(socket);
      });
    }
    client.on('data', (data) => {
      const left = proxy.sessionLeftWith;
      if (data[COUNT_AT] !== 0 || left === undefined) {
        behind.write(data);
        return;
      }
      held = data;
      behind.write(commandOf(left));
    });
    behind.on('data', (data) => {
      if (held === undefined) {
        client.write(data);
        return;
      }
      behind.write(held);
      held = undefined;
    });
  });
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  const { port } = listener.address() as AddressInfo;
  const { socketPath: _, ...direct } = server;
  const proxy: SwappingProxy = {
    address: { ...direct, host: '127.0.0.1', port },
    sessionLeftWith: undefined,
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => listener.close(resolve));
    },
  };
  return proxy;
}

function commandOf(statement: string): Buffer {
  const body = Buffer.from(statement);
  const packet = Buffer.alloc(body.length + 5);
  packet.writeUIntLE(body.length + 1, 0, 3);
  packet[COUNT_AT + 1] = COM_QUERY;
  body.copy(packet, 5);
  return packet;
}
