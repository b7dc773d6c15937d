import { creditLeftOn } from '../../../books/index.ts';
import { creditOffInvoice, readWaysOff } from '../../../commands/index.ts';
import type { Db } from '../../../db/index.ts';
import { formatAmount, least } from '../../../money/index.ts';
import type { InvoiceNow } from '../../../whmcs/index.ts';
import { amountInput, areaInput } from '../../form/form-input.ts';
import { postForm } from '../../form/post-form.ts';
import { formText } from '../../form/read-query.ts';
import { type Html, html } from '../../html/html.ts';
import { card } from '../../html/parts.ts';
import { moneyText, type View } from '../../html/view.ts';

interface Asked {
  /** How much more credit is on it than it needs. */
  readonly surplus: bigint;
  readonly problems: ReadonlyMap<string, string>;
}

/**
 * How the client's credit can come back from this invoice: a form, or what the admin does in WHMCS. Undefined when it has none.
 * What the invoice does not need is what is to come back.
 */
export async function returnCard(
  db: Db,
  view: View,
  { id: invoiceId, clientId, currencyId, status }: InvoiceNow,
  { surplus, problems }: Asked,
): Promise<Html | undefined> {
  const leftHundredths = await creditLeftOn(db, { invoiceId, clientId });
  if (leftHundredths <= 0n) return undefined;
  const amountHundredths = surplus > 0n ? least(surplus, leftHundredths) : leftHundredths;
  const shown = moneyText(view, amountHundredths, currencyId);
  const off = { invoiceId, clientId, status, amountHundredths, shown };
  const way = creditOffInvoice(off, await readWaysOff(db));
  const said =
    surplus > 0n
      ? html`<p>${shown} more of the client’s credit is on this invoice than it needs: it was lowered after credit was put on it, and WHMCS leaves it there.</p>`
      : html`<p>${shown} of the client’s credit is on this invoice.</p>`;
  if (way.by === 'hand') {
    return card('Give credit back', html`${said}<p>${way.because}</p><p>${way.remedy}</p>`);
  }
  if (!view.mayManage) return undefined;
  return card(
    'Give credit back',
    postForm(view, {
      page: 'invoice',
      parameters: { id: invoiceId },
      act: 'return-credit',
      className: 'cb-form cb-fields',
      body: html`${said}<p>${
        way.call.action === 'UnapplyCredit'
          ? `WHMCS takes it off the invoice${surplus > 0n ? '' : ', which is open by so much more then, and rules leave it off'}.`
          : 'It is added to the client’s credit. Do not set the invoice back to Unpaid: it would count the credit again.'
      } Each grant gets back what was drawn from it, with its kind and last day.</p><input type="hidden" name="client" value="${clientId}">${amountInput(
        {
          name: 'amount',
          title: 'Amount',
          currency: view.currencies.get(currencyId ?? 0)?.code ?? '',
          value: formText(view.request, 'amount') || formatAmount(amountHundredths),
          required: true,
          problem: problems.get('amount'),
        },
      )}${areaInput({
        name: 'reason',
        title: 'Reason',
        value: formText(view.request, 'reason'),
        required: true,
        help: 'Kept with the entry permanently.',
        problem: problems.get('reason'),
      })}<div class="cb-buttons"><button type="submit" class="cb-button">Give it back</button></div>`,
    }),
  );
}
