import type { Config } from '../../config.ts';
import {
  connect,
  createDoctorStore,
  probeStorage,
  SHIM_VERSION,
  STRANGERS_PREFIX,
} from '../../db/index.ts';
import { SERVICE_VERSION } from '../../version.ts';
import type { Check } from './check.ts';
import { checkBridge } from './check-bridge.ts';
import { checkNode } from './check-node.ts';
import { checkRights } from './check-rights.ts';
import { checkServer } from './check-server.ts';
import { checkService } from './check-service.ts';
import { checkStrangers } from './check-strangers.ts';
import { checkOwnTables, checkWhmcsTables } from './check-tables.ts';

/** Looks at everything that must be right. What cannot be looked at because something before it is wrong is left out. */
export async function examine(config: Config): Promise<readonly Check[]> {
  const db = connect(config.databaseUrl, 2);
  try {
    const store = createDoctorStore(db, config.databaseUrl);
    const checks = [checkNode(process.version), await checkService(config.listen)];
    const state = await probeStorage(db);
    if (state.kind === 'unreachable') return [...checks, checkOwnTables(state)];

    const server = await store.server();
    checks.push(...checkServer(server, Date.now()), ...checkRights(await store.rights()));
    checks.push(...checkWhmcsTables(await store.whmcsTables()), checkOwnTables(state));
    if (state.kind !== 'fit') return checks;

    const facts = await store.bridge();
    if (facts !== undefined) {
      const shimVersion = (await store.state(SHIM_VERSION)).get('');
      const now = new Date();
      checks.push(...checkBridge({ facts, serviceVersion: SERVICE_VERSION, shimVersion, now }));
    }
    checks.push(checkStrangers(await store.state(STRANGERS_PREFIX)));
    return checks;
  } finally {
    await db.destroy();
  }
}
