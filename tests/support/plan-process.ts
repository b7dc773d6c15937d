import { v7 as newId } from 'uuid';
import { connect, createRunStore, loadSettings } from '../../src/db/index.ts';
import { createSettingsCache } from '../../src/deliveries/index.ts';
import { createLogger } from '../../src/logger.ts';
import { createEngine } from '../../src/rules/engine/index.ts';
import { createRuns } from '../../src/runs/index.ts';
import { loadFacts, locate } from '../../src/whmcs/index.ts';

// A process that plans the run of one date, as the service does in its background, and tells what it took. Tests kill it or
// start it twice; the benchmark reads its memory. Arguments: database address, date, seconds a page is held.

const [databaseUrl = '', date = '', leaseSeconds = '30'] = process.argv.slice(2);

const db = connect(databaseUrl);
const log = createLogger('warn');
const engine = await createEngine({ rules: [], timeoutMs: 5_000 });
const runs = createRuns({
  store: createRunStore(db, { locate, loadFacts, newId, now: Date.now }),
  settings: createSettingsCache({ loadSettings: () => loadSettings(db) }),
  engine,
  log,
  newId,
  now: Date.now,
  whmcsVersion: async () => '8.13.1',
  leaseSeconds: Number(leaseSeconds),
});
process.stdout.write('ready\n');
const began = process.hrtime.bigint();
const reply = await runs.plan({ date, zone: 'Europe/Berlin' });
const milliseconds = Number(process.hrtime.bigint() - began) / 1e6;
const { maxRSS } = process.resourceUsage();
process.stdout.write(`${JSON.stringify({ ...reply, milliseconds, peakMiB: maxRSS / 1024 })}\n`);
await runs.close();
await engine.close();
await db.destroy();
