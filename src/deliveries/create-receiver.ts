import { z } from 'zod';
import {
  BATCH_MAX_ITEMS,
  type DeliveriesReply,
  type DeliveryResult,
  type IdentifiedItem,
  type Manifest,
} from '../../bridge/index.ts';
import type { Logger } from '../base/index.ts';
import { Fault } from '../base/index.ts';
import {
  type Db,
  databaseTrouble,
  lookAtNotes,
  type NotesColumn,
  readStored,
} from '../db/index.ts';
import {
  activeRules,
  type BatchDependencies,
  decideInBatch,
  ownHooksNamed,
} from '../deciding/index.ts';
import type { StoredSettings } from '../settings/index.ts';
import { createBatchGate } from './batch-gate.ts';
import { addOrCount, storedItem } from './delivery-rows.ts';
import type { Manifests } from './manifests.ts';
import { type ReadableItem, readItem, type UnreadableItem } from './read-item.ts';
import { type RefusedCall, refusedRows } from './refused-rows.ts';
import { type Deciding, type TakenItem, takeBatch } from './take-batch.ts';

export interface ReceiverDependencies extends Deciding, BatchDependencies {
  readonly db: Db;
  readonly manifests: Manifests;
  readonly log: Logger;
  /** Called for each item after its batch is committed. */
  readonly onResult?: (hook: string, outcome: DeliveryResult['outcome']) => void;
}

export interface Receiver {
  /**
   * Takes the items of one call, in order, and returns the outcome of each. An item that fails in the service gets the answer
   * `retry`; the others go on.
   *
   * @throws {StorageError} when none of them could be stored.
   */
  receive(items: readonly IdentifiedItem[]): Promise<DeliveriesReply>;
  /**
   * Decides a stored delivery again, with today's facts; effects whose fact is already answered are not repeated.
   *
   * @returns undefined when the delivery does not exist, or its item is pruned or cannot be read.
   */
  replay(deliveryId: string): Promise<DeliveryResult | undefined>;
  /** Stores a correctly signed call that was refused as a whole, for the admin. */
  storeRefused(call: RefusedCall): Promise<void>;
  /** Returns the hooks that the shim should register. */
  current(): Promise<Manifest>;
}

/** Batches at the same time: while some wait for the disk, others read and decide (measured: eight are no faster). */
const BATCHES_MAX = 4;

/** A batch's result for one of its items. */
interface Taken {
  readonly result: DeliveryResult;
  readonly waiting: number;
  readonly settings: StoredSettings;
}

/** Turns each verified item into decisions and commands, once. */
export function createReceiver(dependencies: ReceiverDependencies): Receiver {
  const { db, engine, settings, manifests, log, onResult } = dependencies;

  const gate = createBatchGate<TakenItem, Taken>({
    take,
    itemsMax: BATCH_MAX_ITEMS,
    batchesMax: BATCHES_MAX,
  });

  /** Takes a batch; after a fault, takes each item alone, so that only the item at fault fails. */
  async function take(items: readonly TakenItem[]): Promise<readonly Taken[]> {
    try {
      return await takeWhole(items);
    } catch (error) {
      if (isStorageFault(error)) throw error;
      const [only, ...others] = items;
      if (only === undefined || others.length > 0) {
        const taken: Taken[] = [];
        for (const item of items) taken.push(...(await take([item])));
        return taken;
      }
      const { id, type } = only.read;
      log.error({ err: error, delivery: id, hook: type }, 'A delivery could not be decided');
      const result = { id, outcome: 'retry' as const, code: 'internal-error' };
      return [{ result, waiting: 0, settings: await settings.current() }];
    }
  }

  async function takeWhole(items: readonly TakenItem[]): Promise<readonly Taken[]> {
    const { firsts, repeats, strangers } = apart(items);
    const copies = [...repeats].map(({ read: { id } }) => id);
    const { results, ...shared } = await decideInBatch(dependencies, (batch, commit) =>
      takeBatch(batch, commit, firsts, copies, dependencies),
    );
    const byId = new Map(results.map((result) => [result.id, result]));
    const others = new Map(
      strangers.length === 0
        ? []
        : (await takeWhole(strangers)).map((one, index) => [strangers[index], one]),
    );
    return items.map((item) => {
      const first = byId.get(item.read.id);
      if (first === undefined) throw new TypeError(`Delivery ${item.read.id} has no result.`);
      const result = repeats.has(item) ? repeatOf(first) : first;
      return others.get(item) ?? { result, ...shared };
    });
  }

  let lastVersion = '';
  let notes: NotesColumn | undefined;
  /** The first delivery after an upgrade of WHMCS names its version; rights may be given at any time afterwards. */
  async function noticeUpgrade(items: readonly (ReadableItem | UnreadableItem)[]): Promise<void> {
    const version = items
      .flatMap((item) => (item.kind === 'readable' ? item.item.whmcs.version : []))
      .at(-1);
    if (version === undefined || (version === lastVersion && notes !== 'hidden')) return;
    notes = await lookAtNotes(db);
    lastVersion = version;
  }

  async function read(
    items: readonly IdentifiedItem[],
  ): Promise<(ReadableItem | UnreadableItem)[]> {
    const active = activeRules(engine.rules(), await settings.recent());
    return items.map((item) => readItem(item, (hook) => ownHooksNamed(hook, active)));
  }

  function report({ read: { id, type } }: TakenItem, { result }: Taken): void {
    onResult?.(type, result.outcome);
    if (result.outcome !== 'refused') return;
    log.warn({ delivery: id, hook: type, code: result.code }, 'A delivery was refused');
  }

  return {
    async receive(items) {
      const readItems = await read(items);
      await noticeUpgrade(readItems);
      const taken = readItems.map((one) => ({ read: one, isReplay: false }));
      const urgent = taken.some(
        (one) => one.read.kind === 'readable' && one.read.item.answer !== 'deferred',
      );
      const passed = await gate.pass(taken, urgent);
      for (const [index, one] of taken.entries()) {
        const result = passed[index];
        if (result !== undefined) report(one, result);
      }
      const last = passed.at(-1);
      const { number } = await manifests.for(last?.settings ?? (await settings.recent()));
      return {
        results: passed.map(({ result }) => result),
        waiting: last?.waiting ?? 0,
        manifest: number,
      };
    },

    async replay(deliveryId) {
      const stored = await storedItem(db, deliveryId);
      if (stored === undefined || stored === null) return undefined;
      const kept = readStored(z.record(z.string(), z.unknown()), stored);
      if (kept === undefined) return undefined;
      const item = { ...kept, id: deliveryId } as IdentifiedItem;
      const [one] = await read([item]);
      if (one === undefined) return undefined;
      const [taken] = await gate.pass([{ read: one, isReplay: true }], true);
      return taken?.result;
    },

    async storeRefused(call) {
      const rows = refusedRows(call);
      await decideInBatch(dependencies, ({ trx, at }) => addOrCount(trx, rows, at));
    },

    async current() {
      return manifests.for(await settings.current());
    },
  };
}

/**
 * Separates copies. A batch may hold a delivery several times, when the shim sent it on several connections at once.
 * `strangers` have the id of another item in the batch but different content; they are taken after it.
 */
function apart(items: readonly TakenItem[]): {
  readonly firsts: readonly TakenItem[];
  readonly repeats: ReadonlySet<TakenItem>;
  readonly strangers: readonly TakenItem[];
} {
  const firsts = new Map<string, TakenItem>();
  const repeats = new Set<TakenItem>();
  const strangers: TakenItem[] = [];
  for (const item of items) {
    const first = firsts.get(item.read.id);
    if (first === undefined) firsts.set(item.read.id, item);
    else if (first.read.sha256.equals(item.read.sha256)) repeats.add(item);
    else strangers.push(item);
  }
  return { firsts: [...firsts.values()], repeats, strangers };
}

/** Only a stored item may be answered as a duplicate, because the shim then forgets it. */
function repeatOf(first: DeliveryResult): DeliveryResult {
  return first.outcome === 'accepted' ? { id: first.id, outcome: 'duplicate' } : first;
}

/** Whether the database is in trouble or in too much conflict: every item would fail the same way. */
function isStorageFault(error: unknown): boolean {
  if (error instanceof Fault) return error.code === 'transaction-conflict' || error.retry;
  return databaseTrouble(error) !== undefined;
}
