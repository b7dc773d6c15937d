import { connect } from '../../../src/db/index.ts';
import { previewPast } from '../../../src/preview/index.ts';
import { createEngine } from '../../../src/rules/engine/index.ts';

// A preview of the past, alone in a process, as the command line makes it. When it is done it answers with a line of JSON: the
// milliseconds it took, the most memory the process has had, and what came out.

const [databaseUrl = ''] = process.argv.slice(2);
const db = connect(databaseUrl);
const engine = await createEngine({ rules: [], timeoutMs: 5_000 });
const began = process.hrtime.bigint();
const { clients, effects, unknown } = await previewPast({
  db,
  engine,
  drafts: [],
  signal: new AbortController().signal,
  onProgress: () => undefined,
});
const milliseconds = Number(process.hrtime.bigint() - began) / 1e6;
const peakMiB = process.resourceUsage().maxRSS / 1024;
const did = Object.entries(Object.groupBy(effects, ({ rule, effect }) => `${rule} ${effect}`));
console.log(
  JSON.stringify({
    milliseconds,
    peakMiB,
    clients,
    effects: did.map(([what, all = []]) => ({
      what,
      count: all.reduce((sum, { count }) => sum + count, 0),
    })),
    unknown,
  }),
);
await engine.close();
await db.destroy();
