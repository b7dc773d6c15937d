import { refuseFuture } from '../../api/index.ts';
import { exitCodes } from '../../config/index.ts';
import type { Command, CommandContext } from '../command-context.ts';
import { formatTable } from '../terminal.ts';
import { withApi } from '../with-api.ts';

/** Shows what clients could still spend at the end of a day. */
export const liabilityCommand: Command<{ readonly day: string; readonly json: boolean }> = (
  { day, json },
  { env, terminal },
) =>
  withApi(env, async (ports, present) => {
    const refusal = await refuseFuture(day, ports);
    if (refusal !== undefined) {
      terminal.err(refusal);
      return exitCodes.usage;
    }
    const found = await ports.ledger.liability(day);
    if (found === undefined) return notAdopted(terminal);
    const liability = present.liability(found);
    if (json) {
      terminal.out(JSON.stringify(liability, null, 2));
      return exitCodes.ok;
    }
    const rows = [
      ['Currency', 'Kind', 'Days old', 'Amount'],
      ...liability.parts.map(({ currency, kind, age, remaining }) => [
        currency.code,
        kind ?? 'not known',
        age,
        remaining,
      ]),
      ...liability.totals.flatMap(({ currency, remaining, unfunded, balance }) => [
        [currency.code, 'together', '', remaining],
        [currency.code, 'taken without a grant', '', unfunded],
        [currency.code, 'balances', '', balance],
      ]),
    ];
    for (const line of formatTable(rows)) terminal.out(line);
    for (const note of liability.notes) terminal.out(note);
    return exitCodes.ok;
  });

export function notAdopted(terminal: CommandContext['terminal']): number {
  terminal.err("WHMCS's credit log is not adopted yet; see `creditbridge adopt`.");
  return exitCodes.problem;
}
