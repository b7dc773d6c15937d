import { z } from 'zod';
import { amountText, parseAmount, positiveAmountText } from './amount.ts';
import { DESCRIPTION_MAX_CHARACTERS, FACT_MAX_CHARACTERS } from './limits.ts';
import { rowId } from './words.ts';

/** The states of a command row. Only the shim changes a row's state. */
export const commandStates = ['open', 'running', 'done', 'refused', 'stale', 'unknown'] as const;
export type CommandState = (typeof commandStates)[number];

/** States in which a row keeps its fact: no other command may answer it. */
export const liveStates = ['open', 'running', 'done', 'unknown'] as const satisfies CommandState[];

/** States in which nothing else may spend the amount that a row holds. */
export const holdingStates = ['open', 'running', 'unknown'] as const satisfies CommandState[];

/** States that no longer change. */
export const settledStates = ['done', 'refused', 'stale'] as const satisfies CommandState[];

/** The name of what a command answers, such as `deposit-bonus:invoice:812`. */
export const fact = z
  .string()
  .regex(/^[a-z][a-z0-9-]*(:[A-Za-z0-9._-]+)+$/)
  .max(FACT_MAX_CHARACTERS);

/** WHMCS's credit settings that a command may set (whmcs.md §1.1). Checkboxes hold `on` or nothing. */
export const creditSettings = [
  'AddFundsEnabled',
  'AddFundsMinimum',
  'AddFundsMaximum',
  'AddFundsMaximumBalance',
  'AddFundsRequireOrder',
  'NoAutoApplyCredit',
  'CreditOnDowngrade',
] as const;
export type CreditSetting = (typeof creditSettings)[number];

/** The statuses of an invoice (whmcs.md §2.8). */
export const invoiceStatuses = [
  'Draft',
  'Unpaid',
  'Paid',
  'Cancelled',
  'Refunded',
  'Collections',
  'Payment Pending',
] as const;
export type InvoiceStatus = (typeof invoiceStatuses)[number];

/**
 * Text that WHMCS stores: its columns are utf8mb3 (whmcs.md §5), so a character beyond the basic plane
 * would be cut off or refused there. The caller removes such characters.
 */
export function storedText(maxCharacters = DESCRIPTION_MAX_CHARACTERS) {
  return z
    .string()
    .min(1)
    .max(maxCharacters)
    .refine((text) => !/[\u{10000}-\u{10FFFF}]/u.test(text), {
      error: 'WHMCS cannot store characters beyond the basic plane.',
    });
}

const shortText = storedText();

const settingChange = z.union([
  z.strictObject({
    setting: z.enum([
      'AddFundsEnabled',
      'AddFundsRequireOrder',
      'NoAutoApplyCredit',
      'CreditOnDowngrade',
    ]),
    value: z.enum(['on', '']),
  }),
  z.strictObject({
    setting: z.enum(['AddFundsMinimum', 'AddFundsMaximum', 'AddFundsMaximumBalance']),
    value: amountText.refine((text) => (parseAmount(text) ?? -1n) >= 0n),
  }),
]);

/** Of a mail to admins: some sentences. */
const ADMIN_MAIL_MAX_CHARACTERS = 2000;

/** Most lines of an invoice that a command makes: a top-up needs one, a correction a few. */
const INVOICE_MAX_LINES = 10;

const invoiceLine = z.strictObject({
  description: shortText,
  amount: positiveAmountText,
  taxed: z.boolean(),
});

/**
 * Actions with the members of their `parameters` (whmcs.md §3.2). An action that only one effect asks for is declared in the
 * file of that effect.
 */
export const commandParameters = {
  AddCredit: z.strictObject({
    clientid: rowId,
    description: shortText,
    amount: positiveAmountText,
    type: z.enum(['add', 'remove']),
  }),
  ApplyCredit: z.strictObject({
    invoiceid: rowId,
    amount: positiveAmountText,
    noemail: z.boolean(),
  }),
  /**
   * Takes credit off an unpaid invoice: WHMCS's ApplyCredit with a negative amount, which it does not document (whmcs.md §2.4).
   * The shim does it only where the trial of returning credit has shown it.
   */
  UnapplyCredit: z.strictObject({ invoiceid: rowId, amount: positiveAmountText }),
  UpdateInvoice: z.strictObject({ invoiceid: rowId, status: z.literal('Cancelled') }),
  CreateInvoice: z
    .strictObject({
      userid: rowId,
      lines: z.array(invoiceLine).min(1).max(INVOICE_MAX_LINES),
      duedate: z.iso.date().optional(),
      paymentmethod: z
        .string()
        .regex(/^[a-z0-9_]{1,32}$/)
        .optional(),
      /** Its lines become AddFunds lines, so that paying it adds credit (whmcs.md §2.3). */
      addfunds: z.boolean(),
      /** Whether WHMCS mails the invoice when it is published. */
      sendinvoice: z.boolean(),
    })
    .refine(({ addfunds, lines }) => !(addfunds && lines.some((line) => line.taxed)), {
      error: 'WHMCS does not tax lines that add credit.',
    }),
  CapturePayment: z.strictObject({ invoiceid: rowId }),
  LogActivity: z.strictObject({ description: shortText, clientid: rowId.optional() }),
  /** To the admins who get WHMCS's messages about the system. The shim sends it as plain text, without merge fields. */
  SendAdminEmail: z.strictObject({
    customsubject: shortText,
    custommessage: storedText(ADMIN_MAIL_MAX_CHARACTERS),
  }),
  SetConfigurationValue: settingChange,
} as const;

export type CommandAction = keyof typeof commandParameters;
export type CommandParameters<A extends CommandAction> = z.infer<(typeof commandParameters)[A]>;

/** A command's action with its parameters. */
export type CommandCall = {
  [A in CommandAction]: { readonly action: A; readonly parameters: CommandParameters<A> };
}[CommandAction];

/** Whether a text from a stored row is the name of an action. */
export function isCommandAction(text: string): text is CommandAction {
  return Object.hasOwn(commandParameters, text);
}

/** What the shim checks just before it acts. Any difference makes the command stale. */
export const commandExpects = z.strictObject({
  invoiceStatus: z.enum(invoiceStatuses).optional(),
  invoiceBalanceAtLeast: amountText.optional(),
  invoiceBalanceAtMost: amountText.optional(),
  /** Credit and notes take at least this off the invoice: nobody took credit off since it was decided. */
  invoiceTakenOffAtLeast: amountText.optional(),
  balanceAtLeast: amountText.optional(),
  balanceExactly: amountText.optional(),
  /** Of the client, by its id: WHMCS keeps a figure when the currency is changed, so the amount would mean something else. */
  currency: rowId.optional(),
  noPayments: z.boolean().optional(),
  /** No row of the client in tblcredit above this id: nothing moved since the ledger looked. */
  noCreditLogSince: z.int().nonnegative().optional(),
  /** What the trial of returning credit must have shown with the very version of WHMCS that runs. */
  trial: z.enum(['takes-off', 'cancelling-keeps']).optional(),
});
export type CommandExpects = z.infer<typeof commandExpects>;
