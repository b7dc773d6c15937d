import { countNeglectedCommands } from '../commands/index.ts';
import type { Db } from '../db/index.ts';
import { readHosts } from '../pairing/index.ts';
import { readToday } from '../today/index.ts';
import { type HealthFacts, NEGLECTED_SECONDS } from './health.ts';
import { tokensExpiring } from './queries/api-tokens.ts';
import { commandCounts } from './queries/commands.ts';
import { readBacklog, refusedSince } from './queries/health.ts';
import { lastRefusedCalls } from './queries/refused-calls.ts';
import { listFaults } from './queries/rule-faults.ts';

const REFUSED_DAYS = 7;
const DAY_MS = 86_400_000;

/** What the database tells about the health of an installation; the rest, only the process that has the rules loaded knows. */
export async function readHealth(
  db: Db,
  now: Date,
): Promise<Omit<HealthFacts, 'installation' | 'conflicts' | 'serviceVersion' | 'ledger'>> {
  const [backlog, commands, neglected, faults, refused, hosts, expiring, refusedCalls, today] =
    await Promise.all([
      readBacklog(db),
      commandCounts(db),
      countNeglectedCommands(db, new Date(now.getTime() - NEGLECTED_SECONDS * 1000)),
      listFaults(db),
      refusedSince(db, new Date(now.getTime() - REFUSED_DAYS * DAY_MS)),
      readHosts(db),
      tokensExpiring(db, now),
      lastRefusedCalls(db),
      readToday(db),
    ]);
  return {
    backlog,
    commands,
    neglected,
    faults,
    refused,
    hosts,
    expiring,
    refusedCalls,
    doubt: today.doubt,
    now,
  };
}
