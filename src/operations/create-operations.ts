import type { Transaction } from 'kysely';
import { z } from 'zod';
import { writeAudit } from '../audit/index.ts';
import { APPROVAL_DAYS } from '../commands/index.ts';
import type { Database, Db } from '../db/index.ts';
import { inTransaction } from '../db/index.ts';
import type { AskLimits, CarryOutAgreed } from '../deciding/index.ts';
import type { LedgerSettings } from '../ledger/index.ts';
import { type Unsettled, unsettledOf } from '../parking/index.ts';
import { allBatches, type EachAlone, type ItemName } from '../periodic/index.ts';
import { type Actor, type Admin, actorName } from './actor.ts';
import { addFinding } from './add-finding.ts';
import { agreeAlone, agreeInShell } from './agree-alone.ts';
import { type Allowed, allowCredit } from './allow-credit.ts';
import { decideApproval, findApproval, overdueApprovals, waitingSince } from './approvals.ts';
import type { Asking, Tools } from './asking.ts';
import { type BrokenTransfer, brokenTransfers } from './broken-transfers.ts';
import { changeRule, type RuleChanged } from './change-rule.ts';
import { type Chosen, choosePreference, type Preference } from './choose-preference.ts';
import { type Corrected, correctDifference, type SeenDifference } from './correct-difference.ts';
import { soleAdmin } from './credit-admins.ts';
import { approve, type Decided, reject, withdraw } from './decide.ts';
import { setDefaultAmounts } from './default-amounts.ts';
import { type FailedCorrection, failedCorrections } from './failed-corrections.ts';
import {
  type Frozen,
  freezeClient,
  type NotFrozen,
  type NotUnfrozen,
  noteFreeze,
  unfreezeClient,
} from './freeze-client.ts';
import { giveBackSurplus, type OverCredited, overCredited } from './give-back-surplus.ts';
import { type LeftAlone, leaveAlone } from './leave-alone.ts';
import { ALONE_HOURS } from './limits.ts';
import { lookAfterParking } from './look-after-parking.ts';
import { type Operation, operation, type RuleOperation, ruleOperation } from './operation.ts';
import { propose } from './propose.ts';
import type { Proposed } from './proposed.ts';
import {
  type NotApproved,
  type NotDecided,
  type NotProposed,
  type Refused,
  Undone,
} from './refusal.ts';
import { repairTransfer } from './repair-transfer.ts';
import type { AskRules } from './rule-gives.ts';
import { type Saved, saveLedgerSettings } from './save-ledger-settings.ts';
import type { ShowAmount } from './show-amount.ts';
import { tellAdmins } from './tell-admins.ts';
import { tellByHand } from './tell-by-hand.ts';
import { tellOfAsked } from './tell-of-asked.ts';
import { undoCorrection } from './undo-correction.ts';
import { useToken } from './use-token.ts';

/** Rows that a sweep reads at once. */
const SWEEP_ROWS = 200;

export interface Asked<Who extends Actor = Admin> extends Asking<Who> {
  /** The once-token of a form: a second click is answered `repeated` and does nothing. */
  readonly token?: string;
}

export interface Repeated {
  readonly outcome: 'repeated';
}

/** What admins do by hand; pages, API, command line and the guided repair all come through here. */
export interface Operations {
  /**
   * Does it, or lets it wait for a second admin when it is above the approval amount.
   *
   * @param id UUIDv7 of this wish, made before it is sent first: the same wish under the same id is done once.
   */
  propose<One extends Operation>(
    one: One,
    asked: Asking & { readonly id?: string },
  ): Promise<Proposed<One['kind']>>;
  /**
   * Takes a difference between WHMCS and the ledger out of WHMCS. What is refused leaves everything as it was.
   *
   * @param asked its token is also the operation's id.
   */
  correct(
    seen: SeenDifference,
    asked: Asking & { readonly token: string },
  ): Promise<Corrected | Refused<NotProposed<'correct'>> | Repeated>;
  approve(id: string, asked: Asking): Promise<Decided<NotApproved>>;
  /** Agrees in the shell of the server, which only counts where nobody else may agree. */
  approveInShell(
    id: string,
    asked: Asking<Actor>,
  ): Promise<Decided<NotApproved | 'others-may-agree'>>;
  reject(id: string, asked: Asking): Promise<Decided<NotDecided | 'own-proposal'>>;
  withdraw(id: string, asked: Asking): Promise<Decided<NotDecided | 'not-the-proposer'>>;
  /** Whoever asks: to stop is always right. */
  freeze(clientId: number, asked: Asked<Actor>): Promise<Frozen<NotFrozen> | Repeated>;
  noteFreeze(clientId: number, asked: Asked): Promise<Frozen<NotUnfrozen> | Repeated>;
  unfreeze(clientId: number, asked: Asked): Promise<Frozen<NotUnfrozen> | Repeated>;
  /** Lets credit go again on an invoice that it was taken off by hand. */
  allowCredit(invoiceId: number, asked: Asked<Actor>): Promise<Allowed | Repeated>;
  /** Keeps credit off an invoice that nobody took any off. */
  leaveAlone(invoiceId: number, asked: Asked<Actor>): Promise<LeftAlone | Repeated>;
  /** What a client wants done with the credit; a client chooses for itself alone. */
  choose(one: Preference, asked: Asked<Actor>): Promise<Chosen | Repeated>;
  /** Changes the settings of a rule, or lets the change wait for a second admin. Its token is also the proposal's id. */
  changeRule(
    one: Omit<RuleOperation, 'kind'>,
    asked: Asked & { readonly token: string },
    /** What belongs to the change, in one transaction with it. */
    alsoDo: (trx: Transaction<Database>) => Promise<void>,
  ): Promise<RuleChanged | Repeated>;
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
  /** Looks after parked credit alone, as soon as something moved. */
  lookAfterParkings(at: Date): Promise<number>;
}

export interface Swept {
  /** Proposals of the only admin who may agree, whose time to think about them is over. */
  readonly agreed: number;
  readonly expired: number;
  readonly transfers: number;
  readonly corrections: number;
  /** Parked and reserved credit that was looked after. */
  readonly parkings: number;
  /** Invoices with more credit than they need that were looked after. */
  readonly surpluses: number;
}

export interface OperationsDependencies {
  readonly db: Db;
  readonly newId: () => string;
  readonly show: ShowAmount;
  readonly askLimits: AskLimits;
  readonly carryOutAgreed: CarryOutAgreed;
  readonly rules: AskRules;
  readonly eachAlone: EachAlone;
}

/** Facts are in the order of time by it, which the sweep goes by. */
const operationId = z.uuidv7();

export function createOperations({
  db,
  newId,
  show,
  askLimits,
  carryOutAgreed,
  rules,
  eachAlone,
}: OperationsDependencies): Operations {
  const tools: Tools = { newId, show, askLimits, carryOutAgreed, rules };
  const once = <T>(asked: Asked<Actor>, work: (trx: Transaction<Database>) => Promise<T>) =>
    inTransaction<T | Repeated>(db, async (trx) => {
      const { token, at } = asked;
      const isNew = token === undefined || (await useToken(trx, token, at));
      return isNew ? work(trx) : { outcome: 'repeated' };
    });
  const agreeToOld = async (at: Date) => {
    const by = await soleAdmin(db);
    if (by === null) return 0;
    const since = hoursBefore(at, ALONE_HOURS);
    return eachAlone.each(
      { name: 'agreed-alone', nameOf: nameOfApproval },
      allBatches((after) => waitingSince(db, { by, since }, after, SWEEP_ROWS), '', String),
      async (id) => {
        await unlessUndone(inTransaction(db, (trx) => agreeAlone(trx, id, at, tools)));
      },
    );
  };
  const lookAfterParkings = (at: Date) =>
    eachAlone.each(
      { name: 'parking', nameOf: nameOfParking },
      allBatches(
        (after) => unsettledOf(db, after, SWEEP_ROWS),
        '',
        ({ id }) => id,
      ),
      (one) => inTransaction(db, (trx) => lookAfterParking(trx, one, { at, newId, show })),
    );
  return {
    lookAfterParkings,
    propose: async <One extends Operation>(one: One, asked: Asking & { readonly id?: string }) => {
      const wish = operation.parse(one);
      const id = operationId.parse(asked.id ?? newId());
      const proposed = await inTransaction(db, (trx) => propose(trx, wish, id, asked, tools));
      // A wish of one kind is only refused as that kind can be.
      return proposed as Proposed<One['kind']>;
    },
    async correct(seen, asked) {
      const id = operationId.parse(asked.token);
      return unlessUndone<Awaited<ReturnType<Operations['correct']>>>(
        once(asked, (trx) => correctDifference(trx, seen, id, asked, tools)),
      );
    },
    approve: (id, asked) =>
      unlessUndone(inTransaction(db, (trx) => approve(trx, id, asked, tools))),
    approveInShell: (id, asked) =>
      unlessUndone(inTransaction(db, (trx) => agreeInShell(trx, id, asked, tools))),
    reject: (id, asked) => inTransaction(db, (trx) => reject(trx, id, asked, newId)),
    withdraw: (id, asked) => inTransaction(db, (trx) => withdraw(trx, id, asked, newId)),
    freeze: (clientId, asked) => once(asked, (trx) => freezeClient(trx, clientId, asked, newId)),
    noteFreeze: (clientId, asked) => once(asked, (trx) => noteFreeze(trx, clientId, asked, newId)),
    unfreeze: (clientId, asked) =>
      once(asked, (trx) => unfreezeClient(trx, clientId, asked, newId)),
    allowCredit: (invoiceId, asked) =>
      once(asked, (trx) => allowCredit(trx, invoiceId, asked, newId)),
    leaveAlone: (invoiceId, asked) =>
      once(asked, (trx) => leaveAlone(trx, invoiceId, asked, newId)),
    choose: (one, asked) => once(asked, (trx) => choosePreference(trx, one, asked, tools)),
    changeRule: (one, asked, alsoDo) =>
      once(asked, async (trx) => {
        const wish = ruleOperation.parse({ kind: 'rule', ...one });
        const changed = await changeRule(trx, wish, asked.token, asked, tools);
        if (changed.outcome === 'saved') await alsoDo(trx);
        return changed;
      }),
    saveLedgerSettings: (settings, asked) =>
      once(asked, (trx) => saveLedgerSettings(trx, settings, asked, newId)),
    async sweep(at) {
      const swept = {
        agreed: await agreeToOld(at),
        expired: await eachAlone.each(
          { name: 'approval', nameOf: nameOfApproval },
          allBatches((after) => overdueApprovals(db, at, after, SWEEP_ROWS), '', String),
          (id) => inTransaction(db, (trx) => expire(trx, id, at, newId)),
        ),
        transfers: await eachAlone.each(
          { name: 'transfer', nameOf: nameOfTransfer },
          allBatches((after) => brokenTransfers(db, at, after, SWEEP_ROWS), '', idOf),
          (one) => inTransaction(db, (trx) => repairTransfer(trx, one, at, newId)),
        ),
        parkings: await lookAfterParkings(at),
        surpluses: await eachAlone.each(
          { name: 'over-credited', nameOf: nameOfSurplus },
          allBatches(
            (after) => overCredited(db, after, SWEEP_ROWS),
            '',
            ({ fact }) => fact,
          ),
          (one) => inTransaction(db, (trx) => giveBackSurplus(trx, one, { at, newId, show })),
        ),
        corrections: await eachAlone.each(
          { name: 'correction', nameOf: nameOfCorrection },
          allBatches(
            (after) => failedCorrections(db, at, after, SWEEP_ROWS),
            0n,
            ({ entry }) => entry,
          ),
          (one) => inTransaction(db, (trx) => undoCorrection(trx, one, at, newId)),
        ),
      };
      // Last, so that none of the others waits for these.
      await setDefaultAmounts(db, { at, show });
      await tellByHand(db, { at, newId, show });
      await tellOfAsked(db, { at, newId });
      return swept;
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

function nameOfSurplus({ clientId, invoiceId }: OverCredited): ItemName {
  const id = String(invoiceId);
  return { id, clientId, invoiceId, what: `Giving back what invoice #${id} does not need` };
}

function nameOfParking({ id, clientId, invoiceId }: Unsettled): ItemName {
  return { id, clientId, invoiceId, what: `Looking after parked credit of client #${clientId}` };
}

function nameOfCorrection({ operationId, clientId }: FailedCorrection): ItemName {
  return {
    id: operationId,
    clientId,
    invoiceId: null,
    what: `Taking back an accepted difference of client #${clientId}`,
  };
}

/** A refusal that undid its transaction is an answer like any other, and one that the work itself could give. */
async function unlessUndone<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof Undone) return error.refused as T;
    throw error;
  }
}

function hoursBefore(at: Date, hours: number): Date {
  return new Date(at.getTime() - hours * 3_600_000);
}

const EXPIRY: Actor = { kind: 'service', part: 'expiry' };

async function expire(
  trx: Transaction<Database>,
  id: string,
  at: Date,
  newId: () => string,
): Promise<void> {
  const decision = { state: 'expired', by: actorName(EXPIRY), reason: '', at } as const;
  const approval = await findApproval(trx, id);
  if (!(await decideApproval(trx, id, decision))) return;
  const isOfRule = approval !== undefined && approval.fact !== null;
  const what = `Nobody decided about a proposal within ${APPROVAL_DAYS} days, so it ended and nothing was done`;
  await addFinding(
    trx,
    {
      fact: `proposal-lapsed:${id}`,
      kind: 'proposal-lapsed',
      clientId: approval?.clientId || null,
      text: `${what}. ${isOfRule ? 'The rule does not propose it again; do it by hand' : 'Propose it anew'} if it is still wanted.`,
      open: true,
    },
    at,
  );
  await tellAdmins(
    trx,
    {
      // A rule may propose many at once, so of those one mail a day is enough.
      fact: isOfRule ? `rules-lapsed:${at.toISOString().slice(0, 10)}` : `approval-lapsed:${id}`,
      subject: 'Credit Bridge: a proposal ended without a decision',
      text: `${what}. It stands under Addons > Credit Bridge > Approvals, among the decided ones.`,
    },
    at,
    newId,
  );
  await writeAudit(trx, {
    id: newId(),
    actor: actorName(EXPIRY),
    act: 'operation-expire',
    target: `operation:${id}`,
    details: {},
    at,
  });
}
