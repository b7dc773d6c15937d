import { readSnapshot } from '../../../bridge/index.ts';
import { probeStorage } from '../../app/index.ts';
import { SERVICE_VERSION } from '../../base/index.ts';
import { readFollowing } from '../../books/index.ts';
import type { Config } from '../../config/index.ts';
import { connect, type Db, lookAtNotes, missingRights } from '../../db/index.ts';
import { STRANGERS_PREFIX } from '../../http/index.ts';
import { checkAudit } from '../../operations/index.ts';
import { checkHealth, findInstallation, readHealth } from '../../pages/index.ts';
import { readPairingRow, SHIM_VERSION } from '../../pairing/index.ts';
import type { Check } from './check.ts';
import { checkAudit as auditChecks } from './check-audit.ts';
import { checkBooks } from './check-books.ts';
import { checkBridge } from './check-bridge.ts';
import { checkConnection } from './check-connection.ts';
import { checkFollowing } from './check-following.ts';
import { checkNode } from './check-node.ts';
import { checkNotes } from './check-notes.ts';
import { checkPlace } from './check-place.ts';
import { checkRights } from './check-rights.ts';
import { checkRules } from './check-rules.ts';
import { checkServed } from './check-served.ts';
import { checkServer } from './check-server.ts';
import { checkService } from './check-service.ts';
import { checkStateDirectory, checkStateFile } from './check-state-directory.ts';
import { checkStrangers } from './check-strangers.ts';
import { checkSurroundings } from './check-surroundings.ts';
import { checkOwnTables, checkWhmcsTables } from './check-tables.ts';
import { readBooks } from './read-books.ts';
import { readBridge, readRights, readServer, readState, readWhmcsTables } from './read-database.ts';
import type { ReportFacts } from './write-report.ts';

/** Runs all checks, and gathers what the report tells. A check that depends on a failed one is left out. */
export async function examine(config: Config): Promise<ReportFacts> {
  const db = connect(config.databaseUrl, 2);
  try {
    const checks = [
      checkNode(process.version),
      await checkService(config.listen),
      ...(await checkRules(config)),
      await checkStateDirectory(config.stateDirectory),
      checkConnection(config.databaseUrl),
      ...(await checkServed(config.whmcsUrl)),
    ];
    const state = await probeStorage(db);
    if (state.kind === 'trouble') return { checks: [...checks, checkOwnTables(state)] };

    const server = await readServer(db);
    checks.push(...checkServer(server, Date.now()));
    checks.push(...checkRights(await missingRights(db), await readRights(db, config.databaseUrl)));
    const notes = await lookAtNotes(db);
    checks.push(...checkNotes(notes));
    checks.push(...checkWhmcsTables(await readWhmcsTables(db, config.databaseUrl)));
    if (state.kind === 'rights-missing') return { checks, server, notes };
    checks.push(checkOwnTables(state));
    if (state.kind !== 'fit') return { checks, server, notes };

    const bridge = await examineBridge(db);
    checks.push(...bridge.checks);
    checks.push(...auditChecks(await checkAudit(db)));
    const row = await readPairingRow(db);
    if (row !== undefined) checks.push(checkPlace(row));
    const books = await readBooks(db, notes !== 'absent');
    const following = await readFollowing(db);
    checks.push(...checkBooks(books), ...checkFollowing(following));
    if (row !== undefined && following?.state === 'following') {
      checks.push(...checkStateFile(config.stateDirectory, row.installation));
    }
    checks.push(...(await checkPages(db)), checkStrangers(await readState(db, STRANGERS_PREFIX)));
    return { ...bridge, checks, server, notes, books };
  } finally {
    await db.destroy();
  }
}

/** What shim and service have told each other; nothing before the addon was activated. */
async function examineBridge(db: Db): Promise<ReportFacts> {
  const facts = await readBridge(db);
  if (facts === undefined) return { checks: [] };
  const shimVersion = (await readState(db, SHIM_VERSION)).get('');
  const snapshot = readSnapshot(facts.whmcs);
  const { schemaNumber, trial } = facts;
  return {
    checks: [
      ...checkBridge({ facts, serviceVersion: SERVICE_VERSION, shimVersion, now: new Date() }),
      ...(snapshot === undefined ? [] : checkSurroundings(snapshot, trial)),
    ],
    schemaNumber,
    trial,
    ...(shimVersion === undefined ? {} : { shimVersion }),
    ...(snapshot === undefined ? {} : { snapshot }),
  };
}

/** Checks that doctor makes itself, in more detail. */
const LOOKED_AT: ReadonlySet<string> = new Set(['Database engine', 'Service']);

const NOT_ACTIVATED: Check = {
  name: 'Pairing',
  level: 'bad',
  says: 'The tables of the addon are there, but it was never activated to its end.',
  remedy: 'Activate it in WHMCS under Configuration > System Settings > Addon Modules.',
};

/** What the addon page shows under Health: pairing, freeze, backlog, cron, commands, rules. */
async function checkPages(db: Db): Promise<readonly Check[]> {
  const installation = await findInstallation(db);
  if (installation === undefined) return [NOT_ACTIVATED];
  const checks = checkHealth({
    ...(await readHealth(db, new Date())),
    installation,
    // Needs the rules loaded; the addon page, which has them, shows it.
    conflicts: [],
    serviceVersion: SERVICE_VERSION,
  });
  return checks.filter(({ name, level }) => level !== 'good' || !LOOKED_AT.has(name));
}
