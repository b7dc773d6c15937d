import {
  type Command,
  homeOf,
  type Notice,
  type Settled,
  type StoreWrite,
} from '../rules/settle/index.ts';

export type { Command, Notice, Terms } from '../rules/settle/index.ts';

/** The command that carries out a decision; null when it needs no command. */
export function commandFor(settled: Settled): Command | null {
  const { outcome, effect } = settled;
  if (outcome !== 'effect' || effect === null) return null;
  const home = homeOf(effect);
  return home.asks === 'whmcs' ? home.command(effect, settled) : null;
}

/** The notice to the admins that carries out a decision; null for other decisions. */
export function noticeFor({ outcome, effect }: Settled): Notice | null {
  if (outcome !== 'effect' || effect === null) return null;
  const home = homeOf(effect);
  return home.asks === 'admins' ? home.notice(effect) : null;
}

/** What a decision writes into our own tables: of a reservation what it uses, and what its effect is. */
export function storeWritesFor({
  outcome,
  effect,
  uses,
  amountHundredths,
  trace: { because },
}: Settled): readonly StoreWrite[] {
  if (outcome !== 'effect' || effect === null) return [];
  const home = homeOf(effect);
  return [
    ...(home.asks === 'store' ? [home.write(effect, { amountHundredths, because })] : []),
    ...uses.map((use): StoreWrite => ({ write: 'use', ...use })),
  ];
}
