import { rmSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { GenericContainer, getContainerRuntimeClient, Wait } from 'testcontainers';
import type { DatabaseAddress } from './database-server.ts';
import { hostByNumber } from './host-by-number.ts';

/** A database server that others run; `stop` removes it if it was started for us. */
export interface ChosenServer {
  readonly address: DatabaseAddress;
  readonly stop: () => Promise<void>;
}

const IMAGE = process.env['TEST_DATABASE_IMAGE'] ?? 'mariadb:10.11';
const PASSWORD = 'test';

/**
 * Why no database can be started in a container here, or undefined if one can. An image that is not at
 * hand is a reason: tests download nothing of that size unasked.
 */
export async function whyNoContainer(): Promise<string | undefined> {
  const client = await getContainerRuntimeClient().catch(() => undefined);
  if (client === undefined) return 'Docker is not here';
  const image = client.container.dockerode.getImage(IMAGE);
  const isAtHand = await image.inspect().then(
    () => true,
    () => false,
  );
  return isAtHand ? undefined : `the image ${IMAGE} is not here: docker pull ${IMAGE}`;
}

/** Starts `TEST_DATABASE_IMAGE` through testcontainers. Throws testcontainers' errors when Docker is not here. */
export async function startContainerDatabase(): Promise<ChosenServer> {
  const container = await new GenericContainer(IMAGE)
    .withEnvironment({ MARIADB_ROOT_PASSWORD: PASSWORD, MYSQL_ROOT_PASSWORD: PASSWORD })
    .withExposedPorts(3306)
    // The data is thrown away: no disk has to be waited for.
    .withTmpFs({ '/var/lib/mysql': 'rw' })
    .withWaitStrategy(Wait.forListeningPorts())
    .start();
  return {
    address: {
      host: hostByNumber(container.getHost()),
      port: container.getMappedPort(3306),
      rootUser: 'root',
      rootPassword: PASSWORD,
    },
    stop: async () => {
      await container.stop();
      // testcontainers leaves it, and a run leaves nothing.
      rmSync(join(tmpdir(), `testcontainers-node-${userInfo().uid}.lock`), { force: true });
    },
  };
}
