import { setTimeout as sleep } from 'node:timers/promises';
import { exitCodes } from '../../config/index.ts';
import { ALIKE_FOR_MS, type FullLook, type Reconciliation } from '../../reconcile/index.ts';
import type { Command } from '../command-context.ts';
import { createProgressBar, type ProgressBar } from '../progress-bar.ts';
import { withParts } from '../with-parts.ts';

export interface ReconcileOptions {
  readonly client?: number;
  readonly wait: boolean;
}

/** How often differences are checked again, and for how long: a little longer than it takes to confirm one. */
const LOOK_AGAIN_MS = 5000;
const WAIT_MAX_MS = ALIKE_FOR_MS + 60_000;

/** Compares all balances and sweeps all invoices once, and reports whether an admin must look. */
export const reconcileCommand: Command<ReconcileOptions> = ({ client, wait }, { env, terminal }) =>
  withParts(env, async ({ reconciliation, lookAtAllMoney }) => {
    const bar = createProgressBar(terminal);
    if (client === undefined) await lookAtAllMoney(new Date());
    let look = await reconciliation.lookAtAll({
      clientId: client,
      onProgress: ({ done, of }) => bar.show(done / of, `${done} of ${of} parts looked at`),
    });
    if (wait) look = await waitFor(look, reconciliation, client, bar);
    bar.end();
    for (const line of describe(look, client, wait)) terminal.out(line);
    return isCoherent(look) ? exitCodes.ok : exitCodes.problem;
  });

/** Looks again until every difference is confirmed or gone. */
async function waitFor(
  first: FullLook,
  reconciliation: Reconciliation,
  clientId: number | undefined,
  bar: ProgressBar,
): Promise<FullLook> {
  const began = Date.now();
  let look = first;
  while (look.isFollowing && look.needs.suspected > 0 && Date.now() - began < WAIT_MAX_MS) {
    const passed = (Date.now() - began) / ALIKE_FOR_MS;
    bar.show(Math.min(1, passed), `waiting whether ${look.needs.suspected} differences last`);
    await sleep(LOOK_AGAIN_MS);
    look = await reconciliation.lookAtAll({ clientId, onlyBalances: true });
  }
  return look;
}

function isCoherent({ isFollowing, isComplete, needs }: FullLook): boolean {
  return isFollowing && isComplete && needs.open + needs.suspected + needs.findings === 0;
}

function describe(look: FullLook, client: number | undefined, waited: boolean): readonly string[] {
  const { isFollowing, isComplete, needs } = look;
  if (!isFollowing) {
    return [
      'The ledger does not follow the credit log, so nothing can be compared. See `creditbridge doctor`.',
    ];
  }
  if (isCoherent(look)) {
    return [
      client === undefined
        ? 'WHMCS and the ledger agree about every client, and nothing needs an admin.'
        : `WHMCS and the ledger agree about client #${client}, and nothing needs an admin.`,
    ];
  }
  return [
    `Balances that differ: ${needs.open}. See Differences on the addon page.`,
    ...(needs.suspected === 0
      ? []
      : [
          `Differences seen once: ${needs.suspected}. They count when they last for five minutes${waited ? '' : '; --wait waits for that'}.`,
        ]),
    `Findings that need an admin: ${needs.findings}.`,
    ...(isComplete
      ? []
      : [
          'Some clients could not be judged: the ledger has not read their newest rows. Is the service running?',
        ]),
  ];
}
