import { cpus, totalmem } from 'node:os';
import { parseArgs } from 'node:util';
import { startDatabaseServer } from '../support/database-server.ts';
import { stopEverything } from '../support/processes.ts';
import { benchCommands } from './commands/bench-commands.ts';
import { benchDeliveries } from './deliveries/bench-deliveries.ts';
import { benchFacts } from './facts/bench-facts.ts';
import { benchHooks } from './hooks/bench-hooks.ts';
import { benchImport } from './import/bench-import.ts';
import { benchMeanwhile } from './meanwhile/bench-meanwhile.ts';
import { benchPlanning } from './planning/bench-planning.ts';
import { benchPreview } from './preview/bench-preview.ts';
import { printFindings } from './report.ts';
import { benchRules } from './rules/bench-rules.ts';

const HELP = `Measures Credit Bridge beside something else on the same machine, in turns, and prints ratios.

  npm run bench -- [--only hooks|deliveries|commands|planning|rules|facts|preview|meanwhile|import] [--rows 1000000] [--rounds 5]

  --only    one part instead of all
  --rows    plan a run, or load facts, over so many open invoices, instead of 10000 and 100000; with all rules, over so many
            clients; preview so many invoices; import so many rows, instead of 2000000
  --rounds  how often each contestant takes its turn; the median counts
`;
const EXIT_USAGE = 64;
const PARTS = [
  'hooks',
  'deliveries',
  'commands',
  'planning',
  'rules',
  'facts',
  'preview',
  'meanwhile',
  'import',
];

interface Options {
  readonly only: string | undefined;
  readonly sizes: readonly number[];
  /** Rows of the credit log. */
  readonly imported: readonly number[];
  readonly rounds: number;
}

const options = readOptions();
if (options === undefined) {
  console.log(HELP);
  process.exitCode = process.argv.includes('--help') ? 0 : EXIT_USAGE;
} else {
  await measure(options);
}

function readOptions(): Options | undefined {
  const { values } = parseArgs({
    strict: false,
    options: {
      only: { type: 'string' },
      rows: { type: 'string' },
      rounds: { type: 'string', default: '5' },
      help: { type: 'boolean' },
    },
  });
  const only = values.only === undefined ? undefined : String(values.only);
  const given = values.rows === undefined ? undefined : String(values.rows).split(',').map(Number);
  const sizes = given ?? [10_000, 100_000];
  const imported = given ?? [2_000_000];
  const rounds = Number(values.rounds);
  const isKnown = only === undefined || PARTS.includes(only);
  const isCount = [...sizes, rounds].every((count) => Number.isInteger(count) && count > 0);
  return values.help === true || !isKnown || !isCount
    ? undefined
    : { only, sizes, imported, rounds };
}

async function measure({ only, sizes, imported, rounds }: Options): Promise<void> {
  // Durable commits, and memory enough that nothing but commits waits for the disk.
  const server = await startDatabaseServer({
    durable: true,
    args: ['--innodb-buffer-pool-size=2G', '--innodb-log-file-size=512M'],
  });
  const gibibytes = (totalmem() / 2 ** 30).toFixed(0);
  console.log(
    `${cpus().length} cores, ${gibibytes} GiB, Node ${process.versions.node}; ratios can be compared, times can't.`,
  );
  const wants = (part: string) => only === undefined || only === part;
  try {
    if (wants('hooks')) {
      printFindings('What a hook costs a page', await benchHooks(server, rounds));
    }
    if (wants('deliveries')) {
      printFindings('Deliveries decided and committed', await benchDeliveries(server, rounds));
    }
    if (wants('commands')) {
      printFindings('Commands carried out', await benchCommands(server, rounds));
    }
    if (wants('planning')) {
      printFindings('Planning a daily run', await benchPlanning(server, { sizes, rounds }));
    }
    if (wants('rules')) {
      printFindings(
        'A daily run with all built-in rules',
        await benchRules(server, { sizes, rounds }),
      );
    }
    if (wants('facts')) {
      printFindings('Facts that rules ask for', await benchFacts(server, { sizes, rounds }));
    }
    if (wants('preview')) {
      printFindings('A preview of the past 90 days', await benchPreview(server, sizes));
    }
    if (wants('meanwhile')) {
      printFindings('Hooks while a run is planned', await benchMeanwhile(server));
    }
    if (wants('import')) {
      printFindings('First import of the credit log', await benchImport(server, imported));
    }
  } finally {
    await server.stop();
    await stopEverything();
  }
}
