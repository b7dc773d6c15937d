import type { CommandCall, CommandExpects } from '../../bridge/index.ts';
import type { Act, EntryKind } from '../ledger/index.ts';
import { formatAmount } from '../money/index.ts';
import type { Effect, GrantEffect, MailEffect, RemoveEffect } from '../rules/index.ts';
import type { Settled } from '../rules/settle/index.ts';
import { storableText, toMailHtml } from './storable-text.ts';
import { urgencyOf } from './urgency.ts';

/** What WHMCS is asked to do for a decision; the row's bookkeeping is added where it is written. */
export interface Command {
  readonly call: CommandCall;
  readonly expects: CommandExpects;
  readonly amountHundredths: bigint;
  /** What it will take from the client's balance. */
  readonly holdHundredths: bigint;
  readonly urgency: number;
  /** Not before this many seconds from now, unless `afterFact` is settled earlier. */
  readonly delaySeconds: number;
  readonly afterFact: string | null;
  /** What it means to the ledger; null when its entry says that by itself. */
  readonly terms: Terms | null;
}

/** What a command means to the ledger, which meets it again as a row of WHMCS's credit log. */
export interface Terms {
  readonly kind: EntryKind;
  readonly act: Act;
  readonly invoiceId: number | null;
}

type CommandEffect = Exclude<Effect, { readonly kind: 'notify' }>;

/** The command that carries out an effect, with what must still hold when the shim starts it. */
export function commandFor(settled: Settled, effect: CommandEffect): Command {
  const { clientId, amountHundredths } = settled;
  const amount = formatAmount(amountHundredths);
  const urgency = urgencyOf(settled, effect);
  const plain = {
    amountHundredths: 0n,
    holdHundredths: 0n,
    delaySeconds: 0,
    afterFact: null,
    terms: null,
  };
  switch (effect.kind) {
    case 'apply':
      return {
        ...plain,
        call: {
          action: 'ApplyCredit',
          parameters: { invoiceid: effect.invoiceId, amount, noemail: effect.noEmail },
        },
        expects: {
          invoiceStatus: 'Unpaid',
          invoiceBalanceAtLeast: amount,
          balanceAtLeast: amount,
        },
        amountHundredths,
        holdHundredths: amountHundredths,
        urgency,
      };
    case 'grant':
    case 'remove': {
      const takes = effect.kind === 'remove';
      return {
        ...plain,
        call: {
          action: 'AddCredit',
          parameters: {
            clientid: clientId,
            description: storableText(effect.description),
            amount,
            type: takes ? 'remove' : 'add',
          },
        },
        expects: takes ? removalExpects(settled, effect, amount) : {},
        amountHundredths,
        holdHundredths: takes ? amountHundredths : 0n,
        urgency,
        terms: takes ? removalTerms(effect) : grantTerms(settled.rule, effect),
      };
    }
    case 'cancel':
      return {
        ...plain,
        call: {
          action: 'UpdateInvoice',
          parameters: { invoiceid: effect.invoiceId, status: 'Cancelled' },
        },
        expects: { invoiceStatus: 'Unpaid', noPayments: true },
        urgency,
      };
    case 'mail':
      return {
        ...plain,
        call: { action: 'SendEmail', parameters: mailParameters(effect) },
        expects: effect.whileInvoiceIs === null ? {} : { invoiceStatus: effect.whileInvoiceIs },
        urgency,
        delaySeconds: effect.delaySeconds,
        afterFact: effect.afterFact,
      };
  }
}

/**
 * What is taken from one grant must not touch other credit, though the client spends in the same second: the command is stale
 * when anything moved since the ledger looked, and is planned anew from what is left then.
 */
function removalExpects(
  { question }: Settled,
  { from }: RemoveEffect,
  amount: string,
): CommandExpects {
  const { ledger } = question.facts;
  if (from === null || ledger === null) return { balanceAtLeast: amount };
  return {
    balanceExactly: formatAmount(ledger.balanceHundredths),
    noCreditLogSince: ledger.seenLogId,
  };
}

function removalTerms({ from }: RemoveEffect): Terms {
  if (from === null) return { kind: 'manual', act: { do: 'spend', grants: [] }, invoiceId: null };
  return { kind: from.as, act: { do: 'spend', grants: [from.grantId] }, invoiceId: null };
}

function grantTerms(rule: string, effect: GrantEffect): Terms {
  const { grantKind, expiresOn, priority, followsInvoiceId } = effect;
  return {
    kind: grantKind === 'promotional' ? 'bonus' : 'manual',
    act: {
      do: 'grant',
      kind: grantKind,
      startsOn: null,
      expiresOn,
      priority,
      refundable: false,
      followsInvoiceId,
      rule,
      fundsUnfunded: false,
    },
    invoiceId: followsInvoiceId,
  };
}

function mailParameters({
  mail,
}: MailEffect): Extract<CommandCall, { readonly action: 'SendEmail' }>['parameters'] {
  if ('template' in mail) return { messagename: storableText(mail.template), id: mail.id };
  return {
    customtype: mail.about,
    customsubject: withoutTemplate(storableText(mail.subject)),
    custommessage: toMailHtml(mail.text),
    id: mail.id,
  };
}

/** A subject is plain text, where a brace cannot be escaped; WHMCS runs it through Smarty as well (whmcs.md §4.5). */
function withoutTemplate(subject: string): string {
  return subject.replaceAll('{', '(').replaceAll('}', ')');
}
