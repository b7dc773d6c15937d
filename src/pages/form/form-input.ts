import { type Html, type HtmlValue, html } from '../html/html.ts';

export interface Input {
  readonly name: string;
  /** Where the same name stands in several forms of a page; else the name is the id. */
  readonly id?: string;
  readonly title: string;
  readonly value: string;
  readonly help?: HtmlValue;
  readonly problem?: string | undefined;
  /** `date` and `number` bring the keyboard and the picker of the browser. */
  readonly type?: 'text' | 'date' | 'number';
  readonly required?: boolean;
  readonly disabled?: boolean;
}

/** A labelled input with its help, and with what is wrong beside it. */
export function textInput(input: Input): Html {
  const { name, value, type = 'text', required, disabled } = input;
  return field(
    input,
    html`<input type="${type}" id="${idOf(input)}" name="${name}" value="${value}"${described(input)}${required === true && html` required`}${disabled === true && html` disabled`}>`,
  );
}

/** An amount in its currency. */
export function amountInput(input: Input & { readonly currency: string }): Html {
  const { name, value, required, disabled } = input;
  return field(
    input,
    html`<span class="cb-amount"><span>${input.currency}</span><input type="text" inputmode="decimal" autocomplete="off" id="${idOf(input)}" name="${name}" value="${value}"${described(input)}${required === true && html` required`}${disabled === true && html` disabled`}></span>`,
  );
}

/** Some lines of text. */
export function areaInput(input: Input): Html {
  const { name, value, required } = input;
  return field(
    input,
    html`<textarea rows="3" id="${idOf(input)}" name="${name}"${described(input)}${required === true && html` required`}>${value}</textarea>`,
  );
}

export function selectInput(
  input: Input & { readonly options: readonly { readonly value: string; readonly text: string }[] },
): Html {
  const { name, value, options, disabled } = input;
  return field(
    input,
    html`<select id="${idOf(input)}" name="${name}"${described(input)}${disabled === true && html` disabled`}>${options.map(
      (option) =>
        html`<option value="${option.value}"${option.value === value && html` selected`}>${option.text}</option>`,
    )}</select>`,
  );
}

function field(input: Input, control: Html): Html {
  const { title, help, problem } = input;
  const id = idOf(input);
  return html`<div class="cb-field${problem !== undefined && ' cb-wrong'}"><label for="${id}">${title}</label>${
    help !== undefined && html`<p class="cb-help" id="${id}-help">${help}</p>`
  }${control}${problem !== undefined && html`<p class="cb-fault" id="${id}-fault">${problem}</p>`}</div>`;
}

function described(input: Input): Html {
  const { help, problem } = input;
  const id = idOf(input);
  const ids = [
    ...(help === undefined ? [] : [`${id}-help`]),
    ...(problem === undefined ? [] : [`${id}-fault`]),
  ];
  return html`${ids.length > 0 && html` aria-describedby="${ids.join(' ')}"`}${problem !== undefined && html` aria-invalid="true"`}`;
}

function idOf({ id, name }: Input): string {
  return id ?? name;
}
