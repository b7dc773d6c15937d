import { v7 as newId } from 'uuid';
import { createLogger } from '../../src/base/logger.ts';
import { connect, connectInPackets, type Db } from '../../src/db/index.ts';
import { createSettingsCache, createTell, type Tell } from '../../src/deciding/index.ts';
import { createManifests, createReceiver, type Receiver } from '../../src/deliveries/index.ts';
import type { Engine } from '../../src/rules/engine/index.ts';
import type { ServiceDatabase } from './service-database.ts';

/** A receiver as the service has it, with connections of its own: two of them are two replicas. */
export interface TestReceiver extends Receiver {
  /** Puts before the rules what no hook told of. */
  readonly tell: Tell;
  readonly db: Db;
  close(): Promise<unknown>;
}

export function createTestReceiver(
  database: ServiceDatabase,
  engine: Engine,
  now: () => number = Date.now,
): TestReceiver {
  const db = connect(database.serviceUrl);
  const packets = connectInPackets(database.serviceUrl);
  const batches = { packets, newId, now };
  const settings = createSettingsCache(db);
  const receiver = createReceiver({
    ...batches,
    db,
    engine,
    settings,
    manifests: createManifests({ engine, db }),
    log: createLogger('silent'),
  });
  const tell = createTell({ ...batches, engine, settings });
  return { ...receiver, tell, db, close: () => Promise.all([packets.close(), db.destroy()]) };
}

/** Turns a rule on for the whole installation, as the addon page does. */
export async function turnOn(
  { root }: Pick<ServiceDatabase, 'root'>,
  rule: string,
  settings: unknown,
  mode: 'off' | 'observe' | 'on' = 'on',
): Promise<void> {
  await root.query(
    `INSERT INTO mod_creditbridge_state (name, value) VALUES ('settings-version', '1')
     ON DUPLICATE KEY UPDATE value = CAST(value AS UNSIGNED) + 1`,
  );
  await root.query(
    `REPLACE INTO mod_creditbridge_rule_settings
       (rule, layer, layer_id, mode, settings, version, changed_by, changed_at)
     SELECT ?, 'installation', 0, ?, ?, value, 'admin:1', UTC_TIMESTAMP(6)
     FROM mod_creditbridge_state WHERE name = 'settings-version'`,
    [rule, mode, JSON.stringify(settings)],
  );
}
