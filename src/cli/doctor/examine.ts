import { probeStorage } from '../../app/index.ts';
import { SERVICE_VERSION } from '../../base/index.ts';
import { readFollowing } from '../../books/index.ts';
import type { Config } from '../../config/index.ts';
import { connect, type Db, lookAtNotes, missingRights } from '../../db/index.ts';
import { STRANGERS_PREFIX } from '../../http/index.ts';
import {
  checkHealth,
  commandCounts,
  findInstallation,
  listFaults,
  readBacklog,
  refusedSince,
} from '../../pages/index.ts';
import { readHosts, readPairingRow, SHIM_VERSION } from '../../pairing/index.ts';
import { readToday } from '../../today/index.ts';
import type { Check } from './check.ts';
import { checkBridge } from './check-bridge.ts';
import { checkFollowing } from './check-following.ts';
import { checkNode } from './check-node.ts';
import { checkNotes } from './check-notes.ts';
import { checkPlace } from './check-place.ts';
import { checkRights } from './check-rights.ts';
import { checkRules } from './check-rules.ts';
import { checkServer } from './check-server.ts';
import { checkService } from './check-service.ts';
import { checkStateDirectory } from './check-state-directory.ts';
import { checkStrangers } from './check-strangers.ts';
import { checkOwnTables, checkWhmcsTables } from './check-tables.ts';
import { readBridge, readRights, readServer, readState, readWhmcsTables } from './read-database.ts';

/** Runs all checks. A check that depends on a failed one is left out. */
export async function examine(config: Config): Promise<readonly Check[]> {
  const db = connect(config.databaseUrl, 2);
  try {
    const checks = [
      checkNode(process.version),
      await checkService(config.listen),
      ...(await checkRules(config)),
      await checkStateDirectory(config.stateDirectory),
    ];
    const state = await probeStorage(db);
    if (state.kind === 'trouble') return [...checks, checkOwnTables(state)];

    const server = await readServer(db);
    checks.push(...checkServer(server, Date.now()));
    checks.push(...checkRights(await missingRights(db), await readRights(db, config.databaseUrl)));
    checks.push(...checkNotes(await lookAtNotes(db)));
    checks.push(...checkWhmcsTables(await readWhmcsTables(db, config.databaseUrl)));
    if (state.kind === 'rights-missing') return checks;
    checks.push(checkOwnTables(state));
    if (state.kind !== 'fit') return checks;

    const facts = await readBridge(db);
    if (facts !== undefined) {
      const shimVersion = (await readState(db, SHIM_VERSION)).get('');
      const now = new Date();
      checks.push(...checkBridge({ facts, serviceVersion: SERVICE_VERSION, shimVersion, now }));
    }
    const row = await readPairingRow(db);
    if (row !== undefined) checks.push(checkPlace(row));
    checks.push(...checkFollowing(await readFollowing(db)));
    checks.push(...(await checkPages(db)), checkStrangers(await readState(db, STRANGERS_PREFIX)));
    return checks;
  } finally {
    await db.destroy();
  }
}

/** Refused deliveries of this time are worth a look. */
const REFUSED_DAYS = 7;
const DAY_MS = 86_400_000;
/** Checks that doctor makes itself, in more detail. */
const LOOKED_AT: ReadonlySet<string> = new Set(['Database engine', 'Service']);

/** What the addon page shows under Health: pairing, freeze, backlog, cron, commands, rules. */
async function checkPages(db: Db): Promise<readonly Check[]> {
  const installation = await findInstallation(db);
  if (installation === undefined) return [];
  const now = new Date();
  const checks = checkHealth({
    installation,
    hosts: await readHosts(db),
    backlog: await readBacklog(db),
    commands: await commandCounts(db),
    faults: await listFaults(db),
    // Needs the rules loaded; the addon page, which has them, shows it.
    conflicts: [],
    refused: await refusedSince(db, new Date(now.getTime() - REFUSED_DAYS * DAY_MS)),
    doubt: (await readToday(db)).doubt,
    serviceVersion: SERVICE_VERSION,
    now,
  });
  return checks.filter(({ name, level }) => level !== 'good' || !LOOKED_AT.has(name));
}
