import { z } from 'zod';
import { type CommandParameters, toMailHtml } from '../../../bridge/index.ts';
import { forbiddenBy } from '../serving/allowance.ts';
import type { Command } from '../serving/command.ts';
import { defineEffect, type Wished } from '../serving/define-effect.ts';
import { fact, id, MAIL_MAX } from '../serving/members.ts';
import { withoutAmount } from '../serving/served.ts';
import { urgencies } from '../serving/urgency.ts';

/** A mail later than a day from now is a matter for the daily run. */
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
  /** Not before this many seconds from now, unless the command for `afterFact` is settled earlier. */
  delaySeconds: z.int().min(0).max(DELAY_MAX_SECONDS),
  afterFact: fact.nullable(),
  /** Sent only while the invoice has this status; null: whatever it is. */
  whileInvoiceIs: z.enum(['Unpaid', 'Paid', 'Cancelled']).nullable(),
});

/** A mail to the client: a template of WHMCS by name, or a text of our own (plain text; the host escapes it). */
export type MailEffect = Readonly<z.output<typeof schema>>;

export const mail = defineEffect({
  schema,
  asks: 'whmcs',

  /** At once, unless a delay or another fact is named. */
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

  /** Sent, unless what it would tell of came to nothing. */
  serve({ afterFact }, { spendableHundredths, allowances, world }) {
    if (afterFact !== null && world.unfulfilled.has(afterFact)) {
      return withoutAmount(spendableHundredths, 'What the mail would tell of did not happen.');
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
      call: { action: 'SendEmail', parameters: parameters(effect) },
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

function parameters({ mail }: MailEffect): CommandParameters<'SendEmail'> {
  if ('template' in mail) return { messagename: mail.template, id: mail.id };
  return {
    customtype: mail.about,
    customsubject: withoutTemplate(mail.subject),
    custommessage: toMailHtml(mail.text),
    id: mail.id,
  };
}

/** A subject is plain text, where a brace cannot be escaped; WHMCS runs it through Smarty as well (whmcs.md §4.5). */
function withoutTemplate(subject: string): string {
  return subject.replaceAll('{', '(').replaceAll('}', ')');
}
