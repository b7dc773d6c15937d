import { createInterface } from 'node:readline';
import { planInThread } from '../../../src/app/plan-in-thread.ts';
import { openRuns } from '../../support/open-runs.ts';

// The service's part that plans runs, with its thread, alone in a process. Each line it reads is a date to plan; it answers with a line of JSON:
// the milliseconds it took and the most memory the process has had so far.

const [databaseUrl = ''] = process.argv.slice(2);
const planElsewhere = planInThread({
  databaseUrl,
  rules: [],
  ruleTimeoutMs: 5_000,
  logLevel: 'error',
});
const runs = await openRuns(databaseUrl, { planElsewhere });
console.log('ready');
for await (const date of createInterface({ input: process.stdin })) {
  const began = process.hrtime.bigint();
  await runs.plan({ date, zone: 'Europe/Berlin' });
  const milliseconds = Number(process.hrtime.bigint() - began) / 1e6;
  console.log(JSON.stringify({ milliseconds, peakMiB: process.resourceUsage().maxRSS / 1024 }));
}
await runs.close();
