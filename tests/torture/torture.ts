import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { stopEverything } from '../support/processes.ts';
import { ASKING_RULES, startAsking } from './asked-effects.ts';
import { type Ground, openGround } from './ground.ts';
import { startReplicas } from './replicas.ts';
import { type RoundResult, runRound } from './round.ts';
import { createTally, type Tally } from './tally.ts';

const HELP = `Kills PHP, the service and the database at random moments, again and again, on one whole installation, and judges by what
the database's triggers saw whether every command took effect exactly once.

  npm run torture -- [--rounds 500] [--seed 4711]
  npm run torture -- --matrix [-t "AddCredit add"]
  npm run torture -- --versions [9.0 9.0-mutable]

  --rounds  how many rounds; about a second each
  --seed    seed of the first round, each further round has the next number; random by default
  --matrix  the whole crash matrix instead: each command stopped after each of its statements, in every mode;
            with -t only the tests whose names match
  --versions  the suites that meet WHMCS, on each of its versions: 8.13, 9.0, 9.0-mutable, 9.0-upgraded;
            with names only on these
  --help    show this text

Ends with code 1 at the first round that does not hold, and says how to repeat it. Ctrl-C ends it after the round it is at, with the table.
`;
const EXIT_USAGE = 64;
const SEED_MAX = 2 ** 31;
const PROGRESS_ROUNDS = 25;

interface Options {
  readonly rounds: number;
  readonly seed: number;
}

const options = readOptions();
if (options === undefined) {
  console.log(HELP);
  process.exitCode = process.argv.includes('--help') ? 0 : EXIT_USAGE;
} else {
  process.exitCode = await torture(options);
}

function readOptions(): Options | undefined {
  const { values } = parseArgs({
    strict: false,
    options: { rounds: { type: 'string' }, seed: { type: 'string' }, help: { type: 'boolean' } },
  });
  const rounds = Number(values.rounds ?? '500');
  const seed = Number(values.seed ?? randomInt(SEED_MAX));
  const isFit = Number.isInteger(rounds) && rounds > 0 && Number.isInteger(seed) && seed >= 0;
  return values.help === true || !isFit ? undefined : { rounds, seed };
}

async function torture({ rounds, seed }: Options): Promise<number> {
  console.log(`Seed ${seed}, ${rounds} rounds.`);
  const tally = createTally();
  const began = Date.now();
  let isEnough = false;
  process.on('SIGINT', () => {
    isEnough = true;
  });
  let held = 0;
  const ground = await openGround({ rules: ASKING_RULES });
  await startAsking(ground);
  // A second service beside the one that is killed: they share the leader's work, and both ring.
  const replicas = await startReplicas(ground);
  try {
    for (let round = 0; round < rounds && !isEnough; round++) {
      if (!(await holds(ground, { round, seed: seed + round, tally }))) return 1;
      held += 1;
      if ((round + 1) % PROGRESS_ROUNDS === 0) {
        const seconds = ((Date.now() - began) / 1000).toFixed(0);
        console.log(
          `${round + 1} rounds in ${seconds} s: ${tally.total()} commands, ${tally.total('done')} effects, ${tally.total('unknown')} unknown`,
        );
      }
    }
  } finally {
    await replicas.stop();
    await ground.stop();
    await stopEverything();
  }
  const minutes = ((Date.now() - began) / 60_000).toFixed(1);
  console.log(
    `\n${held} rounds from seed ${seed} in ${minutes} minutes: ${tally.total()} commands, ${tally.total('done')} took effect exactly once, ` +
      `${tally.total('unknown')} are honestly unknown, ${tally.total('blocked')} wait behind one of these. No second effect, nothing left unretried.\n`,
  );
  console.log(tally.table());
  return 0;
}

interface Turn {
  readonly round: number;
  readonly seed: number;
  readonly tally: Tally;
}

async function holds(ground: Ground, { round, seed, tally }: Turn): Promise<boolean> {
  let results: readonly RoundResult[];
  try {
    results = await runRound(ground, seed);
  } catch (error) {
    console.error(`\nRound ${round + 1}, seed ${seed}, does not hold:`);
    console.error(error);
    console.error(`Repeat just it: npm run torture -- --rounds 1 --seed ${seed}`);
    return false;
  }
  for (const { step, ending } of results) tally.add(step, ending);
  return true;
}
