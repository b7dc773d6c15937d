import type { Logger } from '../base/index.ts';
import { newId } from '../base/index.ts';
import { entriesOf } from '../books/index.ts';
import { lockClients } from '../commands/index.ts';
import type { Config } from '../config/index.ts';
import { connect, connectInPackets, type Db, inTransaction } from '../db/index.ts';
import {
  activeRules,
  createAskLimits,
  createCarryOutAgreed,
  createSettingsCache,
  createTell,
  isHeard,
  type Tally,
  type Tell,
  type When,
} from '../deciding/index.ts';
import {
  createManifests,
  createReceiver,
  type Receiver,
  type ReceiverDependencies,
} from '../deliveries/index.ts';
import { createMoneyBack } from '../follow/index.ts';
import { directionOf, type RecordedEntry } from '../ledger/index.ts';
import { createOperations, type Operations } from '../operations/index.ts';
import { createPages, type Pages } from '../pages/index.ts';
import { judgeClients, tellReservedSpent } from '../parking/index.ts';
import { createEachAlone, type ItemName, idsSetAside } from '../periodic/index.ts';
import { createPreviews, type PreviewRunner, runKept } from '../preview/index.ts';
import { createReconciliation, createTellMissed, type Reconciliation } from '../reconcile/index.ts';
import { createEngine, type Engine } from '../rules/engine/index.ts';
import {
  createAskedGrants,
  createRunSettings,
  createRunStore,
  createRuns,
  type DailyRuns,
  expiredGrants,
  foundInLedger,
  isArrival,
  LEDGER_POINTS,
  type Planner,
  planRun,
  refundedGrants,
  tellDueGrants,
} from '../runs/index.ts';
import type { Today } from '../today/index.ts';
import { doubtAbout, readToday } from '../today/index.ts';
import { amountIn, currencyDecimals, locate } from '../whmcs/index.ts';

/** The parts that the service and the command line share. Nothing here listens or calls out. */
export interface Parts {
  readonly db: Db;
  readonly engine: Engine;
  readonly receiver: Receiver;
  readonly runs: DailyRuns;
  readonly pages: Pages;
  readonly operations: Operations;
  readonly reconciliation: Reconciliation;
  /** Tells the rules about added credit. Repeating the same entries changes nothing. */
  announce(entries: readonly RecordedEntry[]): Promise<void>;
  /** Retries the entries that `announce` set aside. */
  announceAgain(): Promise<void>;
  /** Puts expired grants and grants of refunded deposits before the rules; returns the number of new commands. */
  tellDueGrants(): Promise<number>;
  /** Looks for money that went back to payers, and puts the bonuses that follow it before the rules. */
  lookForMoneyBack(at: Date): Promise<void>;
  /** Compares all grants with the money that is there now. */
  lookAtAllMoney(at: Date): Promise<void>;
  close(): Promise<void>;
}

export interface PartsOptions {
  readonly log: Logger;
  /** Unix milliseconds. */
  readonly now: () => number;
  readonly onResult?: ReceiverDependencies['onResult'];
  /** Called after each commit of this thread, with what was decided. */
  readonly onDecided?: (tally: Tally) => void;
  /** Called when commands were decided without a hook, whose reply would carry them. */
  readonly onCommands?: () => void;
  /** Plans daily runs outside this thread, so that nothing here waits for them; absent: plans in this thread. */
  readonly planRun?: Planner;
  /** Works on previews outside this thread; absent: in this thread. */
  readonly runPreview?: PreviewRunner;
}

/**
 * Assembles the parts on one database: rules in their threads, deliveries, daily run and pages. Nothing connects before
 * the first query.
 *
 * @throws {RuleError} when the built-in rules cannot be loaded.
 */
export async function createParts(
  config: Pick<Config, 'databaseUrl' | 'rules' | 'ruleTimeoutMs'>,
  { log, now, onResult, onDecided, onCommands, planRun: planElsewhere, runPreview }: PartsOptions,
): Promise<Parts> {
  const engine = await createEngine({ rules: config.rules, timeoutMs: config.ruleTimeoutMs });
  const db = connect(config.databaseUrl);
  const nowDate = () => new Date(now());
  const packets = connectInPackets(config.databaseUrl);
  const batches = { packets, newId, now, onDecided };
  const settings = createSettingsCache(db);
  const receiver = createReceiver({
    ...batches,
    db,
    engine,
    settings,
    manifests: createManifests({ engine, db }),
    log,
    ...(onResult === undefined ? {} : { onResult }),
  });

  const eachAlone = createEachAlone({ db, now, log });
  const operations = createOperations({
    rules: engine,
    db,
    newId,
    show: (hundredths, code) => amountIn(code, hundredths),
    askLimits: createAskLimits({ engine, settings }),
    carryOutAgreed: createCarryOutAgreed({ engine, settings }),
    eachAlone,
  });
  const tellRules = createTell({ ...batches, engine, settings });
  const tell: Tell = async (found, at) => {
    const told = await tellRules(found, at);
    if (told.commands > 0) onCommands?.();
    return told;
  };
  /** The day of an event that the service itself finds; null before the addon reports WHMCS's time zone. */
  const when = async (): Promise<When | null> => {
    const today = await readToday(db);
    return today.told === null ? null : whenOn(today, today.date);
  };
  const whenToTake = async (): Promise<When | null> => {
    const today = await readToday(db);
    return today.takeBefore === null ? null : whenOn(today, today.takeBefore);
  };
  const whenOn = ({ zone, whmcsVersion }: Today, localDate: string): When => ({
    localDate,
    zone,
    whmcsVersion,
    at: new Date(now()).toISOString(),
  });
  const listens = async (point: string) =>
    isHeard(point, activeRules(engine.rules(), await settings.current()));
  const tellMissed = createTellMissed({
    locate: (hooks) => db.transaction().execute((trx) => locate(trx, hooks)),
    tell,
    when,
  });
  const judgeArrivals = (entries: readonly RecordedEntry[]) => {
    const came = entries.filter((entry) => directionOf(entry) === 'in');
    const clientIds = [...new Set(came.map(({ clientId }) => clientId))];
    if (clientIds.length === 0) return;
    return inTransaction(db, async (trx) => {
      await lockClients(trx, clientIds);
      await judgeClients(trx, clientIds, { at: nowDate(), newId });
    });
  };
  // Money in doubt is reserved before the rules hear of its credit, and parked as soon as it can be.
  const tellArrivals = async (entries: readonly RecordedEntry[]) => {
    await judgeArrivals(entries);
    await operations.lookAfterParkings(nowDate());
    const { date: today } = await readToday(db);
    await tellReservedSpent(db, entries, { at: nowDate(), today });
    const at = await when();
    if (at === null) return;
    await tellDeposits(entries, at);
    const found = foundInLedger(entries);
    const heard = await Promise.all(LEDGER_POINTS.map(listens));
    if (found.length > 0 && heard.includes(true)) await tell(found, at);
  };
  // The ledger often reads the credit of a deposit before its hook comes. A rule that has it wait is asked before one that spends it.
  // Of an earlier day only the hook tells: it knows which.
  const tellDeposits = async (entries: readonly RecordedEntry[], { localDate }: When) => {
    const ids = entries
      .filter((entry) => entry.kind === 'deposit' && entry.loggedOn === localDate)
      .flatMap((entry) => (isArrival(entry) ? (entry.invoiceId ?? []) : []));
    if (ids.length > 0 && (await listens('AddFunds'))) await tellMissed('InvoicePaid', ids);
  };
  const announcing = { name: 'arrival', nameOf: nameOfArrival };
  // Sets aside entries that fail; `announceAgain` retries them.
  const announce = async (entries: readonly RecordedEntry[]) => {
    await eachAlone.together({ ...announcing, covers: () => false }, [entries], tellArrivals);
  };
  const announceAgain = async () => {
    const sequences = [...(await idsSetAside(db, announcing.name))].map(BigInt);
    await eachAlone.together(announcing, [await entriesOf(db, sequences)], tellArrivals);
  };
  const { begin, mark } = createAskedGrants(db);
  const dueGrants = () =>
    tellDueGrants({
      when: whenToTake,
      tell,
      isHeard: listens,
      eachAlone,
      begin,
      mark,
      expired: (localDate, _, after) => expiredGrants(db, localDate, after),
      refunded: (_, asking, after) => refundedGrants(db, asking, after),
    });
  const moneyBack = createMoneyBack(db);
  const lookForMoneyBack = async (at: Date) => {
    if (await moneyBack.look(at)) await dueGrants();
  };
  const runStore = createRunStore(db, { newId, now, onDecided });
  const runSettings = createRunSettings(settings, engine);
  const planHere: Planner = (run, whmcsVersion, signal) =>
    planRun(run, {
      store: runStore,
      engine,
      settings: runSettings,
      whmcsVersion,
      eachAlone,
      log,
      signal,
    });
  const runs = createRuns({
    tellDueGrants: dueGrants,
    store: runStore,
    planRun: planElsewhere ?? planHere,
    settings: runSettings,
    doubtAbout: (day) => doubtAbout(db, day),
    whmcsVersion: async () => (await readToday(db)).whmcsVersion,
    engine,
    log,
    newId,
  });

  const reconciliation = createReconciliation({
    db,
    newId,
    tellMissed,
    heardPoints: async () => {
      const rules = activeRules(engine.rules(), await settings.current());
      return new Set(rules.flatMap(({ on }) => on));
    },
    zone: async () => (await readToday(db)).zone,
    eachAlone,
    now,
    log,
  });

  const previews = createPreviews({
    db,
    run: runPreview ?? ((id, signal) => runKept({ db, engine, store: runStore, signal }, id)),
    log,
  });
  const pages = createPages({
    db,
    rules: engine,
    operations,
    previews,
    now: nowDate,
    newId,
    decimalsOf: currencyDecimals,
    replay: async (deliveryId) => (await receiver.replay(deliveryId))?.outcome ?? 'gone',
  });

  return {
    db,
    engine,
    receiver,
    runs,
    pages,
    operations,
    announce,
    announceAgain,
    reconciliation,
    tellDueGrants: dueGrants,
    lookForMoneyBack,
    lookAtAllMoney: moneyBack.lookAtAll,
    async close() {
      await previews.close();
      await runs.close();
      await engine.close();
      await packets.close();
      await db.destroy();
    },
  };
}

function nameOfArrival({ sequence, clientId, invoiceId }: RecordedEntry): ItemName {
  return {
    id: String(sequence),
    clientId,
    invoiceId,
    what: `Telling the rules about entry ${sequence}, which moved credit of client #${clientId},`,
  };
}
