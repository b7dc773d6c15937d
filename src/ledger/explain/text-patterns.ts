import { z } from 'zod';
import type { LogRow } from '../entry.ts';
import { INVOICE_ID_MAX, withoutMarker } from './named-in.ts';

/** The kinds of text; the evidence decides whether a text counts. */
export const textKinds = [
  'invoice',
  'return',
  'deposit',
  'overpayment',
  'payment-to-credit',
  'refund',
  'downgrade',
  'affiliate',
  'mass-payment',
] as const;
export type TextKind = (typeof textKinds)[number];

/** A text of tblcredit with a place for the invoice's number (`{invoice}`) and for anything else (`{text}`). */
export interface TextPattern {
  readonly kind: TextKind;
  readonly text: string;
}

/** What a description states: the kind, and the invoice it names, if any. */
export interface Said {
  readonly kind: TextKind;
  readonly invoiceId: number | null;
}

export interface TextPatterns {
  /** All possible meanings of a row's text, the built-in patterns first; none that contradicts the sign. */
  read(row: Pick<LogRow, 'description' | 'amountHundredths'>): readonly Said[];
}

/** How WHMCS's own texts begin that are known; each stands alone or has an invoice's number behind it (whmcs.md §2.1). */
const KNOWN: readonly TextPattern[] = [
  { kind: 'invoice', text: 'Invoice Payment' },
  { kind: 'invoice', text: 'Credit Applied to Invoice' },
  { kind: 'return', text: 'Credit Removed' },
  { kind: 'overpayment', text: 'Overpayment' },
  { kind: 'mass-payment', text: 'Mass Invoice Payment Credit for Invoice' },
  { kind: 'return', text: '{text}Reason: Order status changed to Cancelled' },
];

/**
 * The texts that WHMCS writes into its credit log. Beyond the known ones they are guesses, and so are all translations
 * (§8.5). So a text is the weakest evidence and never makes credit refundable.
 */
const BUILT_IN: readonly TextPattern[] = [
  ...KNOWN,
  ...KNOWN.map(({ kind, text }) => ({ kind, text: `${text}{text}#{invoice}` })),
  { kind: 'return', text: '{text}#{invoice}{text}Reason: Order status changed to Cancelled' },
  { kind: 'invoice', text: 'Guthaben verrechnet mit Rechnung #{invoice}' },
  { kind: 'return', text: 'Guthaben entfernt von Rechnung #{invoice}' },
  { kind: 'deposit', text: 'Add Funds Invoice #{invoice}' },
  { kind: 'deposit', text: 'Guthaben aufgeladen, Rechnung #{invoice}' },
  { kind: 'overpayment', text: 'Invoice #{invoice} Overpayment' },
  { kind: 'overpayment', text: 'Überzahlung der Rechnung #{invoice}' },
  { kind: 'mass-payment', text: 'Sammelzahlung für Rechnung #{invoice}' },
  { kind: 'refund', text: 'Credit from Refund of Invoice ID {invoice}' },
  { kind: 'refund', text: 'Gutschrift aus Erstattung der Rechnung {invoice}' },
  { kind: 'downgrade', text: 'Upgrade/Downgrade Credit' },
  { kind: 'downgrade', text: 'Gutschrift aus Produktwechsel' },
  { kind: 'affiliate', text: 'Affiliate Commissions Withdrawal' },
  { kind: 'affiliate', text: 'Auszahlung von Partnerprovisionen' },
];

/** One language has a dozen texts; a provider with ten languages still fits. */
const PATTERNS_MAX = 200;
const TEXT_MAX = 200;

const text = z
  .string('is not a text')
  .trim()
  .min(4, 'is too short to identify anything')
  .max(TEXT_MAX, `has more than ${TEXT_MAX} characters`)
  .superRefine((value, context) => {
    const complain = (message: string) => context.addIssue({ code: 'custom', message });
    const places = value.match(/\{[^{}]*\}?/g) ?? [];
    const strange = places.find((place) => place !== '{invoice}' && place !== '{text}');
    if (strange !== undefined) {
      complain(`has the place ${strange}; only {invoice} and {text} are known`);
    }
    if (places.filter((place) => place === '{invoice}').length > 1) {
      complain('has {invoice} more than once');
    }
    if (places.filter((place) => place === '{text}').length > 2) {
      complain('has {text} more than twice');
    }
    if (/\}\s*\{/.test(value)) complain('has two places without text between them');
    if (value.replace(/\{[^{}]*\}/g, '').replace(/[^\p{L}]/gu, '').length < 3) {
      complain('has too few letters besides its places, so it would match any text');
    }
  });

/** The JSON file named by CREDITBRIDGE_TEXT_PATTERNS: patterns to try after the built-in ones. */
export const textPatternFile = z.strictObject({
  patterns: z
    .array(z.strictObject({ kind: z.enum(textKinds, `is none of ${textKinds.join(', ')}`), text }))
    .max(PATTERNS_MAX, `has more than ${PATTERNS_MAX} entries`),
});

/** Makes a reader of the built-in texts and these. Case and the amount of white space do not matter. */
export function createTextPatterns(more: readonly TextPattern[] = []): TextPatterns {
  const patterns = [...BUILT_IN, ...more].map((pattern) => ({
    ...pattern,
    shape: shapeOf(pattern),
  }));
  return {
    read({ description, amountHundredths }) {
      const line = tidy(withoutMarker(description)).slice(0, LINE_MAX);
      const said = patterns.flatMap(({ kind, shape }) => {
        const found = fitsSign(kind, amountHundredths) ? shape.exec(line) : null;
        if (found === null) return [];
        return [{ kind, invoiceId: invoiceIn(found) }];
      });
      // A pattern that finds the number says more than one of the same kind that does not.
      return said.filter(
        (one) =>
          one.invoiceId !== null ||
          !said.some(({ kind, invoiceId }) => kind === one.kind && invoiceId !== null),
      );
    },
  };
}

/** The invoice's id; null where the text has none, or a number of the provider's own that no id reaches. */
function invoiceIn({ groups }: RegExpExecArray): number | null {
  const number = Number(groups?.['invoice'] ?? 0);
  return number > 0 && number <= INVOICE_ID_MAX ? number : null;
}

/** With two places for `{text}`, matching time grows with the square of this at worst. */
const LINE_MAX = 500;

function shapeOf({ text: pattern }: TextPattern): RegExp {
  const parts = tidy(pattern)
    .split(/(\{invoice\}|\{text\})/)
    .map((part) => {
      if (part === '{invoice}') return '(?<invoice>[1-9]\\d{0,9})';
      return part === '{text}' ? '.*?' : part.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
    });
  return new RegExp(`^${parts.join('')}$`, 'iu');
}

function tidy(line: string): string {
  return line.normalize('NFC').replace(/\s+/g, ' ').trim();
}

/** Only the kind `invoice` takes credit; every other kind adds it. */
function fitsSign(kind: TextKind, amountHundredths: bigint): boolean {
  return kind === 'invoice' ? amountHundredths < 0n : amountHundredths > 0n;
}
