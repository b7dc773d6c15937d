import { z } from 'zod';
import {
  isPlainMail,
  STRING_MAX_CHARACTERS,
  storedText,
  toMailHtml,
} from '../../../bridge/for-rules/index.ts';
import { forbiddenBy } from '../serving/allowance.ts';
import type { Command } from '../serving/command.ts';
import { defineEffect, type Wished } from '../serving/define-effect.ts';
import { fact, id, MAIL_MAX } from '../serving/members.ts';
import { callOf } from '../serving/own-action.ts';
import { withoutAmount } from '../serving/served.ts';
import { urgencies } from '../serving/urgency.ts';

/** For a longer delay, use the daily run. */
const DELAY_MAX_SECONDS = 86_400;
const TITLE_MAX = 255;

const template = z.strictObject({ template: z.string().min(1).max(TITLE_MAX), id });
const ownText = z.strictObject({
  subject: z.string().min(1).max(TITLE_MAX),
  text: z.string().min(1).max(MAIL_MAX),
  about: z.enum(['invoice', 'general']),
  id,
});

const schema = z.strictObject({
  kind: z.literal('mail'),
  mail: z.union([template.readonly(), ownText.readonly()]),
  /** Sent this many seconds from now, or earlier once the command for `afterFact` is settled. */
  delaySeconds: z.int().min(0).max(DELAY_MAX_SECONDS),
  afterFact: fact.nullable(),
  /** Sent only while the invoice has this status; null: with any status. */
  whileInvoiceIs: z.enum(['Unpaid', 'Paid', 'Cancelled']).nullable(),
});

/** WHMCS mails a template, or the given text. */
const sendEmail = {
  name: 'SendEmail',
  parameters: z.union([
    z.strictObject({ messagename: storedText(), id }),
    z.strictObject({
      customtype: z.string().regex(/^[a-z]{1,32}$/),
      customsubject: storedText().refine(isPlainMail),
      custommessage: storedText(STRING_MAX_CHARACTERS).refine(isPlainMail),
      id,
    }),
  ]),
};

/** A mail to the client: a template of WHMCS by name, or our own plain text, which the host escapes. */
export type MailEffect = Readonly<z.output<typeof schema>>;

export const mail = defineEffect({
  schema,
  asks: 'whmcs',
  action: sendEmail,
  movesMoney: false,

  /** By default at once. */
  propose(wish: Wished<MailEffect, 'delaySeconds' | 'afterFact' | 'whileInvoiceIs'>) {
    return {
      kind: 'mail',
      mail: wish.mail,
      delaySeconds: wish.delaySeconds ?? 0,
      afterFact: wish.afterFact ?? null,
      whileInvoiceIs: wish.whileInvoiceIs ?? null,
    };
  },

  asked: () => null,

  merge: (one) => one,

  /** Sent, unless the effect that it reports was refused. */
  serve({ afterFact }, { spendableHundredths, allowances, world }) {
    if (afterFact !== null && world.unfulfilled.has(afterFact)) {
      return withoutAmount(spendableHundredths, 'The effect that the mail reports did not happen.');
    }
    return withoutAmount(spendableHundredths, forbiddenBy(allowances));
  },

  words: {
    name: 'Send a mail',
    verb: 'send',
    participle: 'sent',
    object: ({ client }) => `${client} a mail`,
  },

  command(effect): Command {
    return {
      call: callOf(sendEmail, parameters(effect)),
      expects: effect.whileInvoiceIs === null ? {} : { invoiceStatus: effect.whileInvoiceIs },
      amountHundredths: 0n,
      holdHundredths: 0n,
      urgency: urgencies.mail,
      delaySeconds: effect.delaySeconds,
      afterFact: effect.afterFact,
      terms: null,
    };
  },
});

function parameters({ mail }: MailEffect): z.output<typeof sendEmail.parameters> {
  if ('template' in mail) return { messagename: mail.template, id: mail.id };
  return {
    customtype: mail.about,
    customsubject: withoutCode(mail.subject),
    custommessage: toMailHtml(mail.text),
    id: mail.id,
  };
}

/**
 * Removes braces from a subject, because WHMCS runs it through Smarty (whmcs.md §4.5), and what could begin a tag: plain text can
 * escape neither.
 */
function withoutCode(subject: string): string {
  return subject
    .replaceAll('{', '(')
    .replaceAll('}', ')')
    .replaceAll('<', '‹')
    .replaceAll('>', '›');
}
