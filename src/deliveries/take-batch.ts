import {
  COMMAND_DEPTH_MAX,
  type DeliveryResult,
  hookOf,
  isRefusalCode,
  itemRefusals,
} from '../../bridge/index.ts';
import { depthsOf, isAnyMovable } from '../commands/index.ts';
import {
  type Answers,
  type Batch,
  decide,
  type Happened,
  type Planned,
  recordFaults,
  type SettingsCache,
  writeDecisions,
  writeFreezes,
} from '../deciding/index.ts';
import { isVisible, type Located, type Occurrence, occurrencesOf } from '../events/index.ts';
import type { Engine } from '../rules/engine/index.ts';
import { joinPreferences, type StoredSettings } from '../settings/index.ts';
import { locate } from '../whmcs/index.ts';
import {
  type Amendment,
  addDeliveries,
  addOrCount,
  amendDeliveries,
  countDuplicates,
  type KnownDelivery,
  knownDeliveries,
  type StoredOutcome,
} from './delivery-rows.ts';
import { lookFirst } from './first-look.ts';
import type { ReadableItem, UnreadableItem } from './read-item.ts';
import { type CheckoutChoice, rememberChoices } from './remember-choices.ts';

export interface TakenItem {
  readonly read: ReadableItem | UnreadableItem;
  /** An admin has it decided again although it is known. */
  readonly isReplay: boolean;
}

/** The outcome of an item, before it is written. */
interface Fate {
  readonly taken: TakenItem;
  readonly known: KnownDelivery | undefined;
  readonly outcome: StoredOutcome;
  readonly code: string;
  readonly message: string;
  readonly looks: number;
  readonly depth: number;
  readonly occurrences: readonly Occurrence[];
}

const NAMES_NOBODY = 'It names no client whom WHMCS has, so no rule was asked.';
const PAGE_QUESTION = 'ClientAreaPage';
/** The third look decides with the rows it finds (bridge/README.md). */
const LOOKS_MAX = 3;

export interface TakenBatch {
  readonly results: readonly DeliveryResult[];
  /** 1 when there is a command for the shim to move on, 0 otherwise. */
  readonly waiting: 0 | 1;
  readonly settings: StoredSettings;
}

export interface Deciding {
  readonly engine: Engine;
  readonly settings: SettingsCache;
}

/**
 * Takes items inside one transaction: stores each with its outcome, and writes everything the rules want. Results are in the
 * order of the items, which all have different ids. Usually this takes three packets: the rows that the items concern; the
 * items, the lock and the facts; the decisions with the COMMIT. When no rule listens, the last two are one.
 *
 * @param copies ids of items that the batch holds once more.
 */
export async function takeBatch(
  batch: Batch,
  commit: () => Promise<void>,
  items: readonly TakenItem[],
  copies: readonly string[],
  { engine, settings: cache }: Deciding,
): Promise<TakenBatch> {
  const { trx, at } = batch;
  const [known, { settingsVersion, movables }, { depths, located }] = await Promise.all([
    knownOf(batch, items),
    lookFirst(trx),
    lookAround(batch, items),
  ]);
  const settings = await cache.ofVersion(trx, settingsVersion);
  const results = new Map<string, DeliveryResult>();
  const open: TakenItem[] = [];
  for (const taken of items) {
    const before = known.get(taken.read.id);
    const repeat = before === undefined || taken.isReplay ? undefined : judgeRepeat(taken, before);
    if (repeat === undefined) open.push(taken);
    else results.set(taken.read.id, repeat);
  }
  const repeats = items.filter(({ read }) => results.has(read.id));
  const reused = repeats.filter(({ read }) => results.get(read.id)?.code === 'id-reused');
  await storeReused(batch, reused);

  const fates = open.map((taken) => foreseeOne(taken, known.get(taken.read.id), depths, located));
  const conclude = async () => {
    const happened = fates.flatMap((fate) => happenedOf(fate, located));
    const decision = await decide(batch, happened, settings, engine);
    await recordFaults(trx, decision.faults, at);
    await writeFreezes(batch, decision.planned);
    const writesCommand = decision.planned.some(({ command }) => command !== null);
    const [written, isWaiting] = await Promise.all([
      writeDecisions(batch, decision.planned, decision.locked),
      decision.planned.some(canStart)
        ? movables.mayAct
        : isAnyMovable(trx, { ...movables, open: movables.open || writesCommand }),
      countDuplicates(trx, copies),
      commit(),
    ]);
    return { answers: decision.answers(written.facts), waiting: isWaiting ? 1 : 0 } as const;
  };
  const [, , { answers, waiting }] = await Promise.all([
    countDuplicates(
      trx,
      repeats.map(({ read }) => read.id),
    ),
    store(batch, fates),
    conclude(),
  ]);
  for (const fate of fates) results.set(fate.taken.read.id, resultOf(fate, answers));
  return { results: items.flatMap(({ read }) => results.get(read.id) ?? []), waiting, settings };
}

/**
 * Whether the shim can start its command at once, as it nearly always can: unless another command of the client is running at this
 * moment, and then the shim that runs it takes this one after it.
 */
function canStart({ command, settled }: Planned): boolean {
  if (command === null || command.delaySeconds > 0 || command.afterFact !== null) return false;
  return settled.question.facts.client.frozenBecause === null;
}

/**
 * The first attempt assumes that every item is new, as nearly all are; a duplicate key retries with a look-up.
 */
async function knownOf(
  { trx, isFirstTry }: Batch,
  items: readonly TakenItem[],
): Promise<ReadonlyMap<string, KnownDelivery>> {
  if (isFirstTry && !items.some(({ isReplay }) => isReplay)) return new Map();
  return knownDeliveries(
    trx,
    items.map(({ read }) => read.id),
  );
}

/** Returns the answer to a known item; undefined when it must be judged (again). */
function judgeRepeat({ read }: TakenItem, known: KnownDelivery): DeliveryResult | undefined {
  if (!known.sha256.equals(read.sha256)) {
    const code = 'id-reused';
    return { id: read.id, outcome: 'refused', code, message: itemRefusals[code] };
  }
  if (known.outcome === 'not-visible-yet') return undefined;
  // Its whole call was refused, for a reason that is gone now: the item itself was never judged.
  if (known.outcome === 'refused' && isRefusalCode(known.code)) return undefined;
  return { id: read.id, outcome: 'duplicate' };
}

/** Stores the second content of an id under its own id, for the admin. */
async function storeReused({ trx, at }: Batch, reused: readonly TakenItem[]): Promise<void> {
  const rows = reused.map(({ read }) => ({
    ...deliveryOf(read),
    id: idOfContent(read.sha256),
    outcome: 'refused' as const,
    code: 'id-reused',
    message: `${itemRefusals['id-reused']} Its id was ${read.id}.`,
  }));
  if (rows.length === 0) return;
  await addOrCount(trx, rows, at);
}

/** Makes a UUID (version 8) from a hash: the same content gives the same id. */
function idOfContent(sha256: Buffer): string {
  const hex = sha256.toString('hex');
  const parts = [hex.slice(0, 8), hex.slice(8, 12), `8${hex.slice(13, 16)}`];
  return [...parts, `8${hex.slice(17, 20)}`, hex.slice(20, 32)].join('-');
}

interface Surroundings {
  readonly depths: ReadonlyMap<string, number>;
  readonly located: Located;
}

/** Reads WHMCS's rows and our commands that are needed to judge the items. */
async function lookAround({ trx }: Batch, items: readonly TakenItem[]): Promise<Surroundings> {
  const readable = items.flatMap(({ read }) => (read.kind === 'readable' ? read : []));
  const [depths, located] = await Promise.all([
    depthsOf(
      trx,
      items.flatMap(({ read }) => read.causedBy ?? []),
    ),
    locate(
      trx,
      readable.map(({ item, subject }) => ({ hook: item.type, subject })),
    ),
  ]);
  return { depths, located };
}

function foreseeOne(
  taken: TakenItem,
  known: KnownDelivery | undefined,
  depths: ReadonlyMap<string, number>,
  located: Located,
): Fate {
  const { read } = taken;
  const looks = known?.outcome === 'not-visible-yet' ? known.looks + 1 : 1;
  const depth = read.causedBy === null ? 0 : (depths.get(read.causedBy) ?? 0) + 1;
  const fate = { taken, known, looks, depth, occurrences: [] };
  if (read.kind === 'unreadable') {
    return { ...fate, outcome: 'refused', code: read.code, message: read.message };
  }
  if (depth > COMMAND_DEPTH_MAX) {
    const code = 'too-deep-chain';
    return { ...fate, outcome: 'refused', code, message: itemRefusals[code] };
  }
  const visible = isVisible(read.item.type, read.subject, located);
  if (!visible && looks < LOOKS_MAX && !taken.isReplay) {
    return { ...fate, outcome: 'not-visible-yet', code: 'not-visible-yet', message: read.note };
  }
  const occurrences = occurrencesOf(
    { deliveryId: read.id, hook: read.item.type, data: read.data, subject: read.subject },
    located,
  );
  const never = `The change was not visible in ${looks} looks; decided with the rows that were there.`;
  // Hooks of the catalogue name nobody for a reason: a cron, a guest.
  const isOwn = hookOf(read.item.type) === undefined;
  const nobody = isOwn && occurrences.length === 0 ? NAMES_NOBODY : '';
  return {
    ...fate,
    outcome: 'accepted',
    code: visible ? '' : 'never-visible',
    message: [visible ? '' : never, nobody, read.note].filter(Boolean).join(' '),
    occurrences,
  };
}

async function store({ trx, at }: Batch, fates: readonly Fate[]): Promise<void> {
  const added = fates.filter((fate) => fate.known === undefined && isKept(fate));
  const amended = fates.filter(({ known }) => known !== undefined);
  await Promise.all([
    addDeliveries(
      trx,
      added.map((fate) => ({ ...deliveryOf(fate.taken.read), ...rowOf(fate) })),
      at,
    ),
    amendDeliveries(
      trx,
      amended.map((fate): Amendment => ({ id: fate.taken.read.id, ...rowOf(fate) })),
    ),
    rememberChoices(trx, fates.flatMap(choiceOf), at),
    joinPreferences(trx, fates.flatMap(mergeOf)),
  ]);
}

/**
 * A question from a page is not stored, even when it is refused: nothing happened, and every visit asks again
 * (bridge/README.md).
 */
function isKept({ taken: { read } }: Fate): boolean {
  return !read.type.startsWith(PAGE_QUESTION);
}

function rowOf({ outcome, code, message, looks, occurrences, taken }: Fate) {
  const itself = occurrences[0];
  const { clientId, invoiceIds } = taken.read.subject;
  return {
    outcome,
    code,
    message,
    looks,
    clientId: itself?.clientId ?? clientId,
    invoiceId: itself?.invoiceId ?? invoiceIds[0] ?? null,
  };
}

function deliveryOf(read: ReadableItem | UnreadableItem) {
  const { id, type, sha256, stored, causedBy, firedAt, subject } = read;
  return {
    id,
    type,
    sha256,
    causedBy,
    firedAt,
    item: stored,
    looks: 1,
    clientId: subject.clientId,
    invoiceId: subject.invoiceIds[0] ?? null,
  };
}

/** The client's own choice at checkout, which wins over the rules (whmcs.md §2.4). */
function choiceOf({ taken: { read }, occurrences }: Fate): readonly CheckoutChoice[] {
  const order = occurrences.find(({ name }) => name === 'AfterShoppingCartCheckout');
  const applies = order?.data['applycredit'];
  if (order?.invoiceId == null || typeof applies !== 'boolean') return [];
  const { invoiceId, clientId } = order;
  return [{ invoiceId, clientId, choice: applies ? 'use' : 'keep', deliveryId: read.id }];
}

/** The client who is gone, and the one who has all of it now. */
function mergeOf({ taken: { read }, occurrences }: Fate): readonly { from: number; to: number }[] {
  const merge = occurrences.find(({ name }) => name === 'AfterClientMerge');
  const { mergedClientId } = read.subject;
  if (merge === undefined || mergedClientId === null) return [];
  return [{ from: mergedClientId, to: merge.clientId }];
}

function happenedOf(
  { taken: { read }, depth, occurrences }: Fate,
  { invoices }: Located,
): readonly Happened[] {
  if (read.kind === 'unreadable') return [];
  const { id, item, causedBy } = read;
  const { date, zone, version } = item.whmcs;
  const when = { localDate: date, zone, whmcsVersion: version, at: item.timestamp };
  const { answer } = item;
  return occurrences.map((occurrence) => ({
    occurrence,
    when,
    answer,
    deliveryId: id,
    causedBy,
    depth,
    isUnpaid: invoices.get(occurrence.invoiceId ?? 0)?.status === 'Unpaid',
  }));
}

function resultOf(
  { taken: { read }, outcome, code, message }: Fate,
  answers: Answers,
): DeliveryResult {
  return {
    id: read.id,
    outcome,
    ...(code === '' ? {} : { code }),
    ...(message === '' ? {} : { message }),
    ...answers.get(read.id),
  };
}
