import { parseArgs } from 'node:util';
import { startDatabaseServer } from '../support/database-server.ts';
import { stopEverything } from '../support/processes.ts';
import { benchDeliveries } from './deliveries/bench-deliveries.ts';
import { benchHooks } from './hooks/bench-hooks.ts';
import { benchPlanning } from './planning/bench-planning.ts';
import { printFindings } from './report.ts';

const HELP = `Measures Credit Bridge beside something else on the same machine, in turns, and prints ratios.

  npm run bench -- [--only hooks|deliveries|planning] [--rows 1000000] [--rounds 5]

  --only    one part instead of all
  --rows    plan a run over so many open invoices, instead of 10000 and 100000
  --rounds  how often each contestant takes its turn; the median counts
`;

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    rows: { type: 'string' },
    rounds: { type: 'string', default: '5' },
    help: { type: 'boolean', default: false },
  },
});

/** Durable commits, and memory enough that nothing but commits waits for the disk. */
const server = values.help
  ? undefined
  : await startDatabaseServer({
      durable: true,
      args: ['--innodb-buffer-pool-size=2G', '--innodb-log-file-size=512M'],
    });
if (server === undefined) {
  console.log(HELP);
} else {
  try {
    const rounds = Number(values.rounds);
    const wants = (part: string) => values.only === undefined || values.only === part;
    if (wants('hooks')) {
      printFindings('What a hook costs a page', await benchHooks(server, rounds));
    }
    if (wants('deliveries')) {
      printFindings('Deliveries decided and committed', await benchDeliveries(server, rounds));
    }
    if (wants('planning')) {
      const sizes = values.rows === undefined ? [10_000, 100_000] : [Number(values.rows)];
      printFindings('Planning a daily run', await benchPlanning(server, { sizes, rounds }));
    }
  } finally {
    await server.stop();
    await stopEverything();
  }
}
