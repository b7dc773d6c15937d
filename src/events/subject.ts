/** The rows of WHMCS that a hook names; ids that WHMCS left out or sent as 0 are null. */
export interface Subject {
  readonly clientId: number | null;
  /** The client who was merged into `clientId`, and is gone from WHMCS then. */
  readonly mergedClientId: number | null;
  readonly invoiceIds: readonly number[];
  readonly orderId: number | null;
  readonly transactionId: number | null;
}

/** Each hook of WHMCS has its own name for the same id (whmcs.md §4.3–4.5). `user_id` is a person, not a client. */
const CLIENT_FIELDS = ['userid', 'userId', 'clientid', 'clientId', 'client_id', 'toUserID'];
const INVOICE_FIELDS = ['invoiceid', 'invoiceId', 'InvoiceID', 'newinvoiceid', 'originalinvoiceid'];
const ORDER_FIELDS = ['orderid', 'orderId', 'OrderID'];

/** The related id of a mail is an invoice's when the template is one of WHMCS's for invoices (whmcs.md §3.2). */
const INVOICE_TEMPLATE = /\bInvoice\b/;

/** Ids of WHMCS are unsigned or signed INT (whmcs.md §5); a greater number is no id. */
const ID_MAX = 2 ** 32 - 1;

type Data = Readonly<Record<string, unknown>>;

/** The fields that a provider's rule names for a hook of its own. */
export interface NamedFields {
  readonly client?: string;
  readonly invoice?: string;
  readonly order?: string;
}

/**
 * Reads the ids in the data of a known hook or of a provider's own.
 *
 * @param named what the rules that declare the hook say about it; their fields go before the usual ones.
 */
export function subjectOf(hook: string, data: Data, named: readonly NamedFields[] = []): Subject {
  const mailed = hook === 'EmailPreSend' && INVOICE_TEMPLATE.test(String(data['messagename']));
  const invoiceIds = fieldsOf(named, 'invoice', INVOICE_FIELDS)
    .map((field) => idIn(data, field))
    .concat(mailed ? idIn(data, 'relid') : null)
    .filter((id) => id !== null);
  return {
    clientId: firstId(data, fieldsOf(named, 'client', CLIENT_FIELDS)),
    mergedClientId: hook === 'AfterClientMerge' ? idIn(data, 'fromUserID') : null,
    invoiceIds: [...new Set(invoiceIds)],
    orderId: firstId(data, fieldsOf(named, 'order', ORDER_FIELDS)),
    transactionId: hook === 'AddTransaction' ? idIn(data, 'id') : null,
  };
}

function fieldsOf(
  named: readonly NamedFields[],
  what: keyof NamedFields,
  usual: readonly string[],
): readonly string[] {
  return [...named.flatMap((one) => one[what] ?? []), ...usual];
}

function firstId(data: Data, fields: readonly string[]): number | null {
  for (const field of fields) {
    const id = idIn(data, field);
    if (id !== null) return id;
  }
  return null;
}

function idIn(data: Data, field: string): number | null {
  const value = data[field];
  if (typeof value !== 'number' && typeof value !== 'string') return null;
  if (!/^[0-9]{1,10}$/.test(String(value))) return null;
  const id = Number(value);
  return id > 0 && id <= ID_MAX ? id : null;
}
