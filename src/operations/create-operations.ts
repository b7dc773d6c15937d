import { z } from 'zod';
import { type LedgerSettings, ledgerSettings } from '../ledger/index.ts';
import { allBatches, type EachAlone, type ItemName } from '../periodic/index.ts';
import { type Actor, type Admin, actorName } from './actor.ts';
import { type Corrected, correctDifference, type SeenDifference } from './correct-difference.ts';
import { approve, type Decided, reject, withdraw } from './decide.ts';
import { type Frozen, freezeClient, unfreezeClient } from './freeze-client.ts';
import { type Operation, operation } from './operation.ts';
import type { BrokenTransfer, FailedCorrection, OperationsPage, OperationsStore } from './ports.ts';
import { type Asking, type Proposed, propose } from './propose.ts';
import { type Refused, refused, Undone } from './refusal.ts';
import { repairTransfer } from './repair-transfer.ts';
import type { ShowAmount } from './show-amount.ts';
import { undoCorrection } from './undo-correction.ts';

/** Rows that a sweep reads at once. */
const SWEEP_ROWS = 200;

export interface Asked<Who extends Actor = Admin> extends Asking<Who> {
  /** The once-token of a form: a second click is answered `repeated` and does nothing. */
  readonly token?: string;
}

export interface Repeated {
  readonly outcome: 'repeated';
}

export type Saved = { readonly outcome: 'saved' } | Refused;

/** What admins do by hand; pages, API, command line and the guided repair all come through here. */
export interface Operations {
  /**
   * Does it, or lets it wait for a second admin when it is above the approval amount.
   *
   * @param id UUIDv7 of this wish, made before it is sent first: the same wish under the same id is done once.
   */
  propose(one: Operation, asked: Asking & { readonly id?: string }): Promise<Proposed>;
  /**
   * Takes a difference between WHMCS and the ledger out of WHMCS. What is refused leaves everything as it was.
   *
   * @param asked its token is also the operation's id.
   */
  correct(
    seen: SeenDifference,
    asked: Asking & { readonly token: string },
  ): Promise<Corrected | Refused | Repeated>;
  approve(id: string, asked: Asking): Promise<Decided>;
  reject(id: string, asked: Asking): Promise<Decided>;
  withdraw(id: string, asked: Asking): Promise<Decided>;
  /** Whoever asks: to stop is always right. */
  freeze(clientId: number, asked: Asked<Actor>): Promise<Frozen | Repeated>;
  unfreeze(clientId: number, asked: Asked): Promise<Frozen | Repeated>;
  /** How grants are drawn from now on; entries of before keep the version they were written under. */
  saveLedgerSettings(
    settings: LedgerSettings,
    asked: Asked & { readonly basedOn: number },
  ): Promise<Saved | Repeated>;
  /**
   * Ends proposals whose time is over and looks after transfers whose second half failed and after corrections that
   * came to nothing. What fails at one of them is tried again at the next sweep, and stops none of the others.
   *
   * @returns how many were looked after.
   */
  sweep(at: Date): Promise<Swept>;
}

export interface Swept {
  readonly expired: number;
  readonly transfers: number;
  readonly corrections: number;
}

export interface OperationsDependencies {
  readonly store: OperationsStore;
  readonly newId: () => string;
  readonly show: ShowAmount;
  readonly eachAlone: EachAlone;
}

/** Facts are in the order of time by it, which the sweep goes by. */
const operationId = z.uuidv7();

export function createOperations({
  store,
  newId,
  show,
  eachAlone,
}: OperationsDependencies): Operations {
  const once = <T>(asked: Asked<Actor>, work: (page: OperationsPage) => Promise<T>) =>
    store.transaction<T | Repeated>(async (page) => {
      const { token, at } = asked;
      const isNew = token === undefined || (await page.useToken(token, at));
      return isNew ? work(page) : { outcome: 'repeated' };
    });
  return {
    propose: async (one, asked) => {
      // In the schema's own order, so that a repeat is recognised as the same.
      const wish = operation.parse(one);
      const id = operationId.parse(asked.id ?? newId());
      return store.transaction((page) => propose(page, wish, id, asked, show));
    },
    async correct(seen, asked) {
      const id = operationId.parse(asked.token);
      return unlessUndone(once(asked, (page) => correctDifference(page, seen, id, asked, show)));
    },
    approve: (id, asked) =>
      unlessUndone(store.transaction((page) => approve(page, id, asked, show))),
    reject: (id, asked) => store.transaction((page) => reject(page, id, asked)),
    withdraw: (id, asked) => store.transaction((page) => withdraw(page, id, asked)),
    freeze: (clientId, asked) => once(asked, (page) => freezeClient(page, clientId, asked)),
    unfreeze: (clientId, asked) => once(asked, (page) => unfreezeClient(page, clientId, asked)),
    saveLedgerSettings: (settings, asked) =>
      once(asked, (page) => saveLedgerSettings(page, settings, asked)),
    async sweep(at) {
      const limit = SWEEP_ROWS;
      return {
        expired: await eachAlone.each(
          { name: 'approval', nameOf: nameOfApproval },
          allBatches((after) => store.overdueApprovals(at, { after, limit }), '', String),
          (id) => store.transaction((page) => expire(page, id, at)),
        ),
        transfers: await eachAlone.each(
          { name: 'transfer', nameOf: nameOfTransfer },
          allBatches((after) => store.brokenTransfers(at, { after, limit }), '', idOf),
          (one) => store.transaction((page) => repairTransfer(page, one, at)),
        ),
        corrections: await eachAlone.each(
          { name: 'correction', nameOf: nameOfCorrection },
          allBatches(
            (after) => store.failedCorrections(at, { after, limit }),
            0n,
            ({ entry }) => entry,
          ),
          (one) => store.transaction((page) => undoCorrection(page, one, at)),
        ),
      };
    },
  };
}

const idOf = ({ operationId: id }: BrokenTransfer) => id;

function nameOfApproval(id: string): ItemName {
  return { id, clientId: null, invoiceId: null, what: `The end of proposal ${id}` };
}

function nameOfTransfer({ operationId, fromClientId, toClientId }: BrokenTransfer): ItemName {
  return {
    id: operationId,
    clientId: fromClientId,
    invoiceId: null,
    what: `The way back of a transfer from client #${fromClientId} to client #${toClientId}`,
  };
}

function nameOfCorrection({ operationId, clientId }: FailedCorrection): ItemName {
  return {
    id: operationId,
    clientId,
    invoiceId: null,
    what: `Taking back an accepted difference of client #${clientId}`,
  };
}

/** A refusal that undid its transaction is an answer like any other. */
async function unlessUndone<T>(work: Promise<T>): Promise<T | Refused> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof Undone) return error.refused;
    throw error;
  }
}

const EXPIRY: Actor = { kind: 'service', part: 'expiry' };

async function expire(page: OperationsPage, id: string, at: Date): Promise<void> {
  const decision = { state: 'expired', by: actorName(EXPIRY), reason: '', at } as const;
  if (!(await page.decideApproval(id, decision))) return;
  await page.audit({
    actor: actorName(EXPIRY),
    act: 'operation-expire',
    target: `operation:${id}`,
    details: {},
    at,
  });
}

async function saveLedgerSettings(
  page: OperationsPage,
  settings: LedgerSettings,
  { actor, reason, at, basedOn }: Asked & { readonly basedOn: number },
): Promise<Saved> {
  const read = ledgerSettings.safeParse(settings);
  const kinds = new Set(read.data?.kindOrder);
  const criteria = new Set(read.data?.drawOrder);
  const isWhole =
    read.success &&
    kinds.size === read.data.kindOrder.length &&
    criteria.size === read.data.drawOrder.length;
  if (!isWhole) {
    return refused('settings-invalid', 'Each criterion and each kind stands in its order once.');
  }
  const by = actorName(actor);
  const text = JSON.stringify(read.data);
  if (!(await page.saveLedgerSettings(text, basedOn, { by, reason: reason.trim(), at }))) {
    return refused('settings-changed', 'Somebody changed these settings meanwhile. Look again.');
  }
  await page.audit({
    actor: by,
    act: 'ledger-settings',
    target: 'ledger',
    details: { settings: read.data, basedOn },
    at,
  });
  return { outcome: 'saved' };
}
