import { type Html, type HtmlValue, html } from './html.ts';

export interface Input {
  readonly name: string;
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
    html`<input type="${type}" id="${name}" name="${name}" value="${value}"${described(input)}${required === true && html` required`}${disabled === true && html` disabled`}>`,
  );
}

/** An amount in its currency. */
export function amountInput(input: Input & { readonly currency: string }): Html {
  const { name, value, required, disabled } = input;
  return field(
    input,
    html`<span class="cb-amount"><span>${input.currency}</span><input type="text" inputmode="decimal" autocomplete="off" id="${name}" name="${name}" value="${value}"${described(input)}${required === true && html` required`}${disabled === true && html` disabled`}></span>`,
  );
}

/** Some lines of text. */
export function areaInput(input: Input): Html {
  const { name, value, required } = input;
  return field(
    input,
    html`<textarea rows="3" id="${name}" name="${name}"${described(input)}${required === true && html` required`}>${value}</textarea>`,
  );
}

export function selectInput(
  input: Input & { readonly options: readonly { readonly value: string; readonly text: string }[] },
): Html {
  const { name, value, options, disabled } = input;
  return field(
    input,
    html`<select id="${name}" name="${name}"${described(input)}${disabled === true && html` disabled`}>${options.map(
      (option) =>
        html`<option value="${option.value}"${option.value === value && html` selected`}>${option.text}</option>`,
    )}</select>`,
  );
}

function field({ name, title, help, problem }: Input, control: Html): Html {
  return html`<div class="cb-field${problem !== undefined && ' cb-wrong'}"><label for="${name}">${title}</label>${
    help !== undefined && html`<p class="cb-help" id="${name}-help">${help}</p>`
  }${control}${problem !== undefined && html`<p class="cb-fault" id="${name}-fault">${problem}</p>`}</div>`;
}

function described({ name, help, problem }: Input): Html {
  const ids = [
    ...(help === undefined ? [] : [`${name}-help`]),
    ...(problem === undefined ? [] : [`${name}-fault`]),
  ];
  return html`${ids.length > 0 && html` aria-describedby="${ids.join(' ')}"`}${problem !== undefined && html` aria-invalid="true"`}`;
}
