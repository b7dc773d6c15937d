import { createParts, describeObstacle, type Parts, probeStorage } from '../app/index.ts';
import { createStderrLogger, StorageError } from '../base/index.ts';
import { type Config, type Environment, readConfig } from '../config/index.ts';

/**
 * Creates the parts of the service for one command, and closes them afterwards.
 *
 * @throws {ConfigurationError}
 * @throws {StorageError} `database-not-fit` when something is missing there; the message says what to do.
 */
export async function withParts<T>(
  env: Environment,
  work: (parts: Parts, config: Config) => Promise<T>,
): Promise<T> {
  const config = readConfig(env);
  const parts = await createParts(config, { log: createStderrLogger('warn'), now: Date.now });
  try {
    const obstacle = describeObstacle(await probeStorage(parts.db));
    if (obstacle !== undefined) throw new StorageError('database-not-fit', obstacle);
    return await work(parts, config);
  } finally {
    await parts.close();
  }
}
