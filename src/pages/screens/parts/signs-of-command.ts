import { readWhmcsAmount } from '../../../../bridge/index.ts';
import type { Movements, WitnessedNow } from '../../../operations/index.ts';
import type { CommandDetail } from '../command-page.sql.ts';
import type { Witnesses } from './witnesses.ts';

/** One of the changes that a command makes in WHMCS; undefined where the figure moved otherwise, or is not known. */
export interface Sign {
  readonly what: 'balance' | 'log' | 'invoice' | 'status';
  readonly isThere: boolean | undefined;
}

/** `part` is what harms: saying "done" loses the rest, and saying "not done" does the first part again. */
export type Extent = 'all' | 'part' | 'none' | 'unclear';

/** Actions that move credit, each with a row of the credit log (php-shim/README.md). */
const MOVING: readonly string[] = ['AddCredit', 'ApplyCredit', 'UnapplyCredit'];

/** What the command adds to the client's balance, below zero where it takes; undefined where it moves no credit. */
export function movedBy(command: CommandDetail): bigint | undefined {
  if (!MOVING.includes(command.action)) return undefined;
  return command.holdHundredths > 0n ? -command.amountHundredths : command.amountHundredths;
}

/**
 * Which changes of the command are there: each must have come in full since it began. Other movements of the same client in
 * between make a sign unclear, never a wrong one.
 */
export function signsOf(
  command: CommandDetail,
  seen: Witnesses,
  now: WitnessedNow,
  movements: Movements | undefined,
): readonly Sign[] {
  const amount = movedBy(command);
  if (amount === undefined || movements === undefined) return [];
  const balance = change(seen.balance, now.balanceHundredths);
  const isLogged = movements.rows.some(({ amountHundredths }) => amountHundredths === amount);
  const signs: Sign[] = [
    { what: 'balance', isThere: came(balance, amount) },
    { what: 'log', isThere: isLogged || (movements.more ? undefined : false) },
  ];
  if (command.action === 'UnapplyCredit') {
    const open = change(seen.invoice?.balance, now.invoice?.balanceHundredths);
    return [...signs, { what: 'invoice', isThere: came(open, amount) }];
  }
  if (command.action !== 'ApplyCredit') return signs;
  const credit = change(seen.invoice?.credit, now.invoice?.creditHundredths);
  const invoice: Sign = { what: 'invoice', isThere: came(credit, -amount) };
  return [...signs, invoice, ...statusSigns(-amount, seen, now, invoice.isThere === true)];
}

/** Credit that covers an invoice pays it. Paid without this credit, it was paid by other means. */
function statusSigns(
  amount: bigint,
  seen: Witnesses,
  now: WitnessedNow,
  hasCredit: boolean,
): readonly Sign[] {
  const open =
    typeof seen.invoice?.balance === 'string' ? readWhmcsAmount(seen.invoice.balance) : undefined;
  if (open === undefined || open > amount || now.invoice === null) return [];
  const isPaid = now.invoice.status === 'Paid';
  return [{ what: 'status', isThere: isPaid && !hasCredit ? undefined : isPaid }];
}

export function extentOf(signs: readonly Sign[]): Extent {
  const has = (wanted: Sign['isThere']) => signs.some(({ isThere }) => isThere === wanted);
  if (has(true) && has(false)) return 'part';
  if (has(undefined) || signs.length === 0) return 'unclear';
  return has(true) ? 'all' : 'none';
}

function change(
  before: string | null | undefined,
  after: bigint | null | undefined,
): bigint | undefined {
  if (typeof before !== 'string' || typeof after !== 'bigint') return undefined;
  const hundredths = readWhmcsAmount(before);
  return hundredths === undefined ? undefined : after - hundredths;
}

function came(change: bigint | undefined, expected: bigint): boolean | undefined {
  if (change === expected) return true;
  return change === 0n ? false : undefined;
}
