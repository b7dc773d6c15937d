import { openRuns } from './open-runs.ts';

// A process that plans the run of one date, as the service does in its background, and tells what it took. Tests kill it or
// start it twice; the benchmark reads its memory. Arguments: database address, date, seconds a page is held.

const [databaseUrl = '', date = '', leaseSeconds = '15'] = process.argv.slice(2);

const runs = await openRuns(databaseUrl, { leaseSeconds: Number(leaseSeconds) });
process.stdout.write('ready\n');
const began = process.hrtime.bigint();
const reply = await runs.plan({ date, zone: 'Europe/Berlin' });
const milliseconds = Number(process.hrtime.bigint() - began) / 1e6;
const { maxRSS } = process.resourceUsage();
process.stdout.write(`${JSON.stringify({ ...reply, milliseconds, peakMiB: maxRSS / 1024 })}\n`);
await runs.close();
