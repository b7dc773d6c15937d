import { WhmcsError } from '../base/index.ts';
import { type Command, commandFor } from '../commands/index.ts';
import { daysAfter } from '../rules/index.ts';
import type { Settled } from '../rules/settle/index.ts';
import { createRunSettings, previewRun, type RunStore } from '../runs/index.ts';
import { loadSettings } from '../settings/index.ts';
import { readToday } from '../today/index.ts';
import type { PreviewOptions } from './past/preview-past.ts';
import { ZONE_UNKNOWN } from './past/preview-past.ts';
import type { Previewed } from './previewed.ts';
import { createTally } from './tally.ts';
import { withDrafts } from './with-drafts.ts';

/**
 * What tomorrow's daily run would do under these settings, with the invoices, balances and grants of now: the real run, range by range,
 * rolled back.
 *
 * @throws {WhmcsError} `zone-unknown`
 */
export async function previewTomorrow(
  { db, engine, drafts, signal, onProgress }: PreviewOptions,
  store: RunStore,
): Promise<Previewed> {
  const [today, stored] = await Promise.all([readToday(db), loadSettings(db)]);
  if (today.told === null) throw new WhmcsError('zone-unknown', ZONE_UNKNOWN);
  const date = daysAfter(today.date, 1);
  const settings = withDrafts(stored, drafts);
  const tally = createTally();
  const { leftOut } = await previewRun(
    store,
    { date, zone: today.zone },
    {
      engine,
      settings: createRunSettings({ within: async () => settings }, engine),
      whmcsVersion: today.whmcsVersion,
      onRange({ settled, done, of }) {
        signal.throwIfAborted();
        addTo(tally, settled);
        onProgress({ done, of });
      },
    },
  );
  tally.unknown(LEFT_OUT, leftOut.length);
  return tally.result({ from: date, to: date, asOfToday: AS_OF_NOW }, false);
}

const LEFT_OUT =
  'What becomes of a client whose invoices cannot be decided: the run would leave it out, too.';
const AS_OF_NOW = [
  'Balances, invoices and grants: what clients, staff and WHMCS do until then is not known.',
  'Only the daily run: what WHMCS will tell tomorrow is not known.',
];

/** Clients of a range end with what they have and what commands add to it or take from it. */
function addTo(tally: ReturnType<typeof createTally>, settled: readonly Settled[]): void {
  for (const [clientId, own] of Map.groupBy(settled, (one) => one.clientId)) {
    const [first] = own;
    if (first === undefined) continue;
    const { currency, creditHundredths } = first.question.facts.client;
    const effects = own.filter(({ outcome }) => outcome === 'effect');
    const moved = effects.reduce((sum, one) => sum + movedBy(commandFor(one)), 0n);
    for (const one of effects) tally.would(one);
    tally.client(
      {
        clientId,
        currency: { id: currency.id, code: currency.code },
        wouldHundredths: creditHundredths + moved,
        elseHundredths: creditHundredths,
      },
      new Set(effects.map(({ invoiceId }) => invoiceId)).size,
    );
  }
}

/** By how much a command, with what follows it, changes the balance. What takes credit holds it, and only actions on credit have an amount. */
function movedBy(command: Moving | null | undefined): bigint {
  if (command === null || command === undefined) return 0n;
  const { amountHundredths, holdHundredths, next } = command;
  return (holdHundredths > 0n ? -holdHundredths : amountHundredths) + movedBy(next);
}

type Moving = Pick<Command, 'amountHundredths' | 'holdHundredths'> & { readonly next?: Moving };
