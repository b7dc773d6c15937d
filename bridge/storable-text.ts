import { DESCRIPTION_MAX_CHARACTERS } from './limits.ts';

/** WHMCS's columns are utf8mb3 (whmcs.md §5): characters beyond the basic plane would be refused or cut. */
const BEYOND_BASIC_PLANE = /[\u{10000}-\u{10FFFF}]/gu;

/** By this the ledger knows a command's own row again, so no text may carry one (README.md, "A command's life"). */
const MARKER = /\[cb:/gi;

/** The text as WHMCS can store it: one line, within its limit, without characters its columns lack and without a marker. */
export function storableText(text: string): string {
  const line = text
    .replace(BEYOND_BASIC_PLANE, '')
    .replace(MARKER, '(cb:')
    .replace(/\s+/g, ' ')
    .trim();
  return line.slice(0, DESCRIPTION_MAX_CHARACTERS) || '-';
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  // WHMCS runs a mail through Smarty, where braces are code (whmcs.md §4.5, merge fields).
  '{': '&#123;',
  '}': '&#125;',
};

/** Plain text as the HTML of a mail: nothing in it is markup or template code. */
export function toMailHtml(text: string): string {
  const escaped = text
    .replace(BEYOND_BASIC_PLANE, '')
    .replace(/[&<>"'{}]/g, (character) => ESCAPES[character] ?? character);
  return `<p>${escaped.trim().replace(/\r?\n/g, '<br>\n')}</p>`;
}
