import { exitCodes } from '../../config/index.ts';
import { showClient } from '../../privacy/index.ts';
import type { Command } from '../command-context.ts';
import { withParts } from '../with-parts.ts';

/** Prints every row that is kept about a client, one JSON object per line. */
export const privacyShowCommand: Command<{ readonly clientId: number }> = (
  { clientId },
  { env, terminal },
) =>
  withParts(env, async ({ db }) => {
    let rows = 0;
    for await (const { table, row } of showClient(db, clientId)) {
      terminal.out(JSON.stringify({ table, ...row }, withoutBytes));
      rows++;
    }
    terminal.err(`Rows about client #${clientId}: ${rows}.`);
    return exitCodes.ok;
  });

/** Amounts are too large for JSON's numbers, and hashes are bytes. */
function withoutBytes(_name: string, value: unknown): unknown {
  if (typeof value === 'bigint') return String(value);
  const isBytes =
    typeof value === 'object' && value !== null && 'type' in value && value.type === 'Buffer';
  return isBytes && 'data' in value && Array.isArray(value.data)
    ? Buffer.from(value.data).toString('hex')
    : value;
}
