import { type Html, html } from '../html/html.ts';
import { link, pageFields, type View } from '../html/view.ts';

export interface Choices {
  readonly name: string;
  readonly title: string;
  readonly options: readonly { readonly value: string; readonly text: string }[];
}

/** A form that narrows a list. It is a GET, so that a narrowed list can be linked to. */
export function filterForm(
  view: View,
  page: string,
  choices: readonly Choices[],
  ids: readonly { readonly name: string; readonly title: string }[],
): Html {
  const value = (name: string) => {
    const given = view.request.query[name];
    return typeof given === 'string' ? given : '';
  };
  const narrowed = [...choices, ...ids].some(({ name }) => value(name) !== '');
  return html`<form method="get" action="" class="cb-filter" role="search">${pageFields(view, page)}
${choices.map(
  ({ name, title, options }) =>
    html`<div><label for="f-${name}">${title}</label><select id="f-${name}" name="${name}"><option value="">All</option>${options.map(
      (option) =>
        html`<option value="${option.value}"${option.value === value(name) && html` selected`}>${option.text}</option>`,
    )}</select></div>`,
)}
${ids.map(
  ({ name, title }) =>
    html`<div><label for="f-${name}">${title}</label><input type="text" inputmode="numeric" id="f-${name}" name="${name}" value="${value(name)}" class="cb-short" placeholder="any"></div>`,
)}
<button type="submit" class="cb-button">Show</button>
${narrowed && html`<a href="${link(view, page)}">Show all</a>`}</form>`;
}
