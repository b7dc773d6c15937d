/** HTML that is safe to send: only `html` makes it, and it escapes whatever is not HTML already. */
export class Html {
  readonly #text: string;

  /** Private by convention: call `html`. */
  constructor(text: string) {
    this.#text = text;
  }

  toString(): string {
    return this.#text;
  }
}

/** What may stand in a template. `null`, `undefined` and `false` are nothing, so that `${wide && html`…`}` reads well. */
export type HtmlValue =
  | Html
  | string
  | number
  | bigint
  | false
  | null
  | undefined
  | readonly HtmlValue[];

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function render(value: HtmlValue): string {
  if (value === null || value === undefined || value === false) {
    return '';
  }
  if (value instanceof Html) {
    return value.toString();
  }
  if (Array.isArray(value)) {
    return value.map(render).join('');
  }
  return String(value).replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}

/**
 * A template whose values are escaped, for text and for attributes in quotes. Only values made by `html` itself go in as
 * they are; there is no other way to put markup on a page.
 */
export function html(texts: TemplateStringsArray, ...values: readonly HtmlValue[]): Html {
  let text = texts[0] ?? '';
  for (const [index, value] of values.entries()) {
    text += render(value) + (texts[index + 1] ?? '');
  }
  return new Html(text);
}

/** No HTML at all; for parts that are left out. */
export const nothing = html``;
