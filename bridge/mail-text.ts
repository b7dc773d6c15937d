/** The only code that the text of a mail may hold: WHMCS runs it through Smarty (whmcs.md §4.5). The shim has the same list. */
const FIELDS = [
  'client_name',
  'client_first_name',
  'client_last_name',
  'company_name',
  'invoice_id',
  'invoice_num',
  'signature',
];

const FIELD = new RegExp(`\\{\\$(?:${FIELDS.join('|')})\\}`, 'g');

/** The only markup, by which plain text has its lines. Admins read mails in WHMCS, where a script would act in their name. */
const LINES = /<\/?p>|<br>/g;

/** Whether WHMCS finds nothing in the text to run but those fields, and a browser no markup but those lines. */
export function isPlainMail(text: string): boolean {
  return !/[{}]/.test(text.replace(FIELD, '')) && !text.replace(LINES, '').includes('<');
}
