import type {
  CommandCall,
  CommandExpects,
  ReturnVerdict,
} from '../../../bridge/for-rules/index.ts';
import { formatAmount } from '../../money/index.ts';

/** What is known about the ways of credit off an invoice, for the very version of WHMCS that runs. */
export interface WaysOff {
  /** A negative ApplyCredit takes credit off an unpaid invoice. */
  readonly takesOff: boolean;
  /** What cancelling does with the credit of an invoice. */
  readonly cancelling: ReturnVerdict['cancelling'];
}

/** How credit can leave an invoice: by a command, or by hand, in sentences for the admin. */
export type WayOff =
  | { readonly by: 'command'; readonly call: CommandCall; readonly expects: CommandExpects }
  | { readonly by: 'hand'; readonly because: string; readonly remedy: string };

interface CreditOff {
  readonly invoiceId: number;
  readonly clientId: number;
  /** WHMCS's status of the invoice. */
  readonly status: string;
  readonly amountHundredths: bigint;
  /** The amount as the admin reads it, with its currency. */
  readonly shown: string;
}

/**
 * The one place that says whether credit can leave this invoice, how, and if not what the admin does. Everything that wants to
 * give credit back asks here, and gives the command its fact and terms (`{ do: 'return' }`).
 *
 * Off an unpaid invoice only by a negative ApplyCredit, which WHMCS does not document, where a trial has shown it with this
 * very version (whmcs.md §2.4). AddCredit gives back only what a cancelled or refunded invoice had: on any other the invoice
 * would still count the credit, and the client have it twice. The shim checks the trial again just before it acts.
 *
 * That the invoice has so much credit, and that it did not come back already, is for the caller to know (`creditOnInvoice`
 * in `src/books`, the facts `creditOn` of rules).
 */
export function creditOffInvoice(off: CreditOff, ways: WaysOff): WayOff {
  switch (off.status) {
    case 'Unpaid':
      return ways.takesOff ? takingOff(off) : byHand(off, NOT_SHOWN);
    case 'Cancelled':
    case 'Refunded':
      return fromClosed(off, ways);
    default:
      return byHand(
        off,
        `Credit is not taken off an invoice that is ${off.status}: only WHMCS’s own page does that.`,
      );
  }
}

const NOT_SHOWN =
  'No trial has shown with this version of WHMCS that credit can be taken off an unpaid invoice.';
const TRY_IT =
  'Or run the trial of returning credit under Connection, and give it back on the page of the invoice.';

function takingOff({ invoiceId, amountHundredths }: CreditOff): WayOff {
  return {
    by: 'command',
    call: {
      action: 'UnapplyCredit',
      parameters: { invoiceid: invoiceId, amount: formatAmount(amountHundredths) },
    },
    expects: { invoiceStatus: 'Unpaid', trial: 'takes-off' },
  };
}

function fromClosed(off: CreditOff, { cancelling }: WaysOff): WayOff {
  const { invoiceId, clientId, status, amountHundredths, shown } = off;
  switch (cancelling) {
    case 'keeps':
      return {
        by: 'command',
        call: {
          action: 'AddCredit',
          parameters: {
            clientid: clientId,
            description: `Credit returned from invoice #${invoiceId}`,
            amount: formatAmount(amountHundredths),
            type: 'add',
          },
        },
        expects: {
          invoiceStatus: status === 'Refunded' ? 'Refunded' : 'Cancelled',
          trial: 'cancelling-keeps',
        },
      };
    case 'returns':
      return {
        by: 'hand',
        because:
          'This version of WHMCS gives the credit of a cancelled invoice back by itself, so adding it would give it twice.',
        remedy: `Look in the client’s credit log whether ${shown} came back. If not, add it there with Manage Credits.`,
      };
    case 'unclear':
      return {
        by: 'hand',
        because:
          'No trial has shown with this version of WHMCS whether cancelling an invoice gives its credit back by itself.',
        remedy: `Run the trial of returning credit under Connection, and give it back on the page of the invoice. Or look in the client’s credit log whether ${shown} came back, and if not, add it there with Manage Credits.`,
      };
  }
}

function byHand({ invoiceId, status, shown }: CreditOff, because: string): WayOff {
  const remedy = `In WHMCS, open invoice #${invoiceId} and take ${shown} off with Credit → Remove.`;
  return { by: 'hand', because, remedy: status === 'Unpaid' ? `${remedy} ${TRY_IT}` : remedy };
}
