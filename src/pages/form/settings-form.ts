import { type Html, html, nothing } from '../html/html.ts';
import type { CurrencyRow } from '../queries/whmcs.ts';
import { below, type Draft, PREFIX, removal, rowsOf, tickedBelow, variantPath } from './draft.ts';
import type { Choice, Field, Member, ThingKind } from './field.ts';
import { isEmptyItem, type Problems } from './read-draft.ts';

export interface FormContext {
  readonly draft: Draft;
  readonly problems: Problems;
  readonly currencies: readonly CurrencyRow[];
  /** What WHMCS has to choose from, where its names may be read. */
  readonly things: Things;
  /** False: shown, but read-only. */
  readonly editable: boolean;
  /** For a layer: the settings it sets itself; the others come from the layers above. Undefined: all of them. */
  readonly overrides?: ReadonlySet<string>;
}

export type Things = Readonly<Record<ThingKind, readonly Thing[]>>;

export interface Thing {
  readonly id: number;
  readonly title: string;
}

/** The inputs for a rule's settings, made from its schema. Every input has a label; help and faults are tied to it. */
export function settingsFields(field: Field, context: FormContext): Html {
  if (field.kind !== 'group') {
    return html`<div class="cb-fields">${fieldHtml(field, PREFIX, context)}</div>`;
  }
  return html`<div class="cb-fields">${field.members.map((member) =>
    context.overrides === undefined
      ? memberHtml(member, PREFIX, context)
      : overridable(member, context, context.overrides.has(member.name)),
  )}</div>`;
}

/** The name of the box that says that a layer has its own value for a setting. */
export function overrideName(member: string): string {
  return below('own', member);
}

function overridable(member: Member, context: FormContext, own: boolean): Html {
  const name = overrideName(member.name);
  return html`<div class="cb-override" data-cb-override>
<label class="cb-check"><input type="checkbox" name="${name}" value="on"${own && html` checked`}${disabled(context)}> <span>Different from the general setting<span class="cb-hidden">: ${member.field.title}</span></span></label>
${memberHtml(member, PREFIX, context)}</div>`;
}

function memberHtml(member: Member, name: string, context: FormContext): Html {
  return fieldHtml(member.field, below(name, member.name), context);
}

function fieldHtml(field: Field, name: string, context: FormContext): Html {
  const text = context.draft.get(name) ?? '';
  switch (field.kind) {
    case 'boolean':
      return wrap(
        name,
        context,
        html`<label class="cb-switch"><input type="checkbox" role="switch" ${ids(field, name, context)} value="on"${
          text !== '' && html` checked`
        }${disabled(context)}><span>${field.title}</span></label>${help(field, name)}`,
      );
    case 'choice':
      return choiceHtml(field, name, context, text);
    case 'integer': {
      const note = range(field.minimum, field.maximum);
      return labelled(
        field,
        name,
        context,
        withUnit(
          html`<input type="text" inputmode="numeric" class="cb-short" ${ids(field, name, context, note)} value="${text}"${disabled(context)}>`,
          field.unit,
        ),
        note,
      );
    }
    case 'decimal':
      return labelled(
        field,
        name,
        context,
        withUnit(
          html`<input type="text" inputmode="decimal" class="cb-short" ${ids(field, name, context)} value="${text}"${disabled(context)}>`,
          field.unit,
        ),
      );
    case 'text': {
      const attributes = html`${ids(field, name, context)}${
        field.maxLength !== undefined && html` maxlength="${field.maxLength}"`
      }${disabled(context)}`;
      return labelled(
        field,
        name,
        context,
        field.long
          ? html`<textarea rows="5" ${attributes}>${text}</textarea>`
          : html`<input type="text" ${attributes} value="${text}">`,
      );
    }
    case 'json':
      return labelled(
        field,
        name,
        context,
        html`<textarea rows="6" spellcheck="false" class="cb-mono" ${ids(field, name, context)}${disabled(context)}>${text}</textarea>`,
        'As JSON.',
      );
    case 'amounts':
      return amountsHtml(field, name, context);
    case 'several':
      return group(field, name, context, boxes(field.choices, name, context));
    case 'things':
      return thingsHtml(field, name, context);
    case 'list':
      return listHtml(field, name, context);
    case 'group':
      return group(
        field,
        name,
        context,
        html`${field.members.map((member) => memberHtml(member, name, context))}`,
      );
    case 'variants':
      return variantsHtml(field, name, context);
  }
}

function choiceHtml(
  field: Field & { readonly kind: 'choice' },
  name: string,
  context: FormContext,
  text: string,
): Html {
  // A few choices are shown as radio buttons, a long list as a select.
  if (field.choices.length <= RADIOS_MAX && field.title !== '') {
    return group(
      field,
      name,
      context,
      radios(field.choices, name, text, field.empty !== 'fault', context),
    );
  }
  return labelled(
    field,
    name,
    context,
    html`<select ${ids(field, name, context)}${disabled(context)}>${
      (field.empty !== 'fault' || field.title === '') && html`<option value="">–</option>`
    }${field.choices.map(
      ({ value, title }) =>
        html`<option value="${String(value)}"${text === String(value) && html` selected`}>${title}</option>`,
    )}</select>`,
  );
}

const RADIOS_MAX = 6;

function radios(
  choices: readonly Choice[],
  name: string,
  text: string,
  optional: boolean,
  context: FormContext,
): Html {
  const all: readonly Choice[] = optional
    ? [{ value: '', title: 'Not set', help: '' }, ...choices]
    : choices;
  return html`<div class="cb-radios">${all.map(
    ({ value, title, help: about }) =>
      html`<label class="cb-radio"><input type="radio" name="${name}" value="${String(value)}"${
        text === String(value) && html` checked`
      }${disabled(context)}><span>${title}${about !== '' && html`<small>${about}</small>`}</span></label>`,
  )}</div>`;
}

function amountsHtml(field: Field, name: string, context: FormContext): Html {
  return group(
    field,
    name,
    context,
    html`<div class="cb-amounts">${context.currencies.map((currency) => {
      const at = below(name, currency.id);
      return html`<div><label class="cb-amount"><span>${currency.code}</span><input type="text" inputmode="decimal" ${ids(undefined, at, context)} value="${
        context.draft.get(at) ?? ''
      }" placeholder="not set"${disabled(context)}></label>${fault(at, context)}</div>`;
    })}</div>`,
  );
}

/** What was chosen and is gone from WHMCS stays to be seen, so that an admin can take it off. */
function thingsHtml(
  field: Field & { readonly kind: 'things' },
  name: string,
  context: FormContext,
): Html {
  const things = context.things[field.of];
  const known = new Set(things.map(({ id }) => String(id)));
  const gone = tickedBelow(context.draft, name).filter((id) => !known.has(id));
  const choices = [
    ...things.map(({ id, title }) => ({ value: id, title, help: '' })),
    ...gone.map((id) => ({ value: id, title: `#${id}, which WHMCS no longer has`, help: '' })),
  ];
  return group(
    field,
    name,
    context,
    choices.length === 0
      ? html`<p class="cb-quiet">WHMCS has none.</p>`
      : boxes(choices, name, context),
  );
}

function boxes(choices: readonly Choice[], name: string, context: FormContext): Html {
  return html`<div class="cb-boxes">${choices.map(({ value, title }) => {
    const at = below(name, String(value));
    return html`<label class="cb-check"><input type="checkbox" name="${at}" value="on"${
      (context.draft.get(at) ?? '') !== '' && html` checked`
    }${disabled(context)}> <span>${title}</span></label>`;
  })}</div>`;
}

function listHtml(
  field: Field & { readonly kind: 'list' },
  name: string,
  context: FormContext,
): Html {
  // A form that is shown again has the row in which nothing was typed.
  const rows = rowsOf(context.draft, name).filter(
    (row) => !isEmptyItem(context.draft, field.item, below(name, row)),
  );
  const extra = rows.length === 0 ? 0 : Math.max(...rows) + 1;
  const full = field.maxItems !== undefined && rows.length >= field.maxItems;
  const row = (index: number, isNew: boolean) => {
    const at = below(name, index);
    return html`<li class="cb-row"${isNew && html` data-cb-new-row`}>
<div class="cb-row-fields">${itemHtml(field, index, at, context)}</div>
${
  context.editable &&
  (isNew
    ? html`<p class="cb-quiet">Fill this in to add one.</p>`
    : html`<label class="cb-check"><input type="checkbox" name="${removal(at)}" value="on"> Remove</label>`)
}</li>`;
  };
  return group(
    field,
    name,
    context,
    html`<ol class="cb-rows" data-cb-rows="${name}">${rows.map((index) => row(index, false))}${
      context.editable && !full && row(extra, true)
    }</ol>`,
  );
}

function itemHtml(
  { item, title }: Field & { readonly kind: 'list' },
  index: number,
  name: string,
  context: FormContext,
): Html {
  return item.kind === 'group'
    ? html`${item.members.map((member) => memberHtml(member, name, context))}${fault(name, context)}`
    : html`<label class="cb-hidden" for="${name}">${title} ${index + 1}</label>${fieldHtml(item, name, context)}`;
}

function variantsHtml(
  field: Field & { readonly kind: 'variants' },
  name: string,
  context: FormContext,
): Html {
  const by = below(name, field.by);
  const chosen = context.draft.get(by) ?? '';
  return group(
    field,
    by,
    context,
    html`<div class="cb-variants" data-cb-variants>${field.variants.map(({ choice, members }) => {
      const path = variantPath(name, choice.value);
      return html`<div class="cb-variant">${radios([choice], by, chosen, false, context)}
${members.length > 0 && html`<div class="cb-variant-fields">${members.map((member) => memberHtml(member, path, context))}</div>`}</div>`;
    })}</div>`,
  );
}

function group(field: Field, name: string, context: FormContext, body: Html): Html {
  const described = field.help !== '' && html` aria-describedby="${name}/help"`;
  return wrap(
    name,
    context,
    html`<fieldset${described}><legend>${field.title}</legend>${help(field, name)}${body}</fieldset>`,
  );
}

function labelled(field: Field, name: string, context: FormContext, input: Html, note = ''): Html {
  return wrap(
    name,
    context,
    html`${field.title !== '' && html`<label for="${name}">${field.title}</label>`}${help(field, name, note)}${input}`,
  );
}

function wrap(name: string, context: FormContext, body: Html): Html {
  return html`<div class="cb-field${context.problems.has(name) && ' cb-wrong'}">${body}${fault(name, context)}</div>`;
}

/** The attributes that tie an input to its label, help and fault. */
function ids(field: Field | undefined, name: string, context: FormContext, note = ''): Html {
  const described = [
    ...((field?.help ?? '') !== '' || note !== '' ? [`${name}/help`] : []),
    ...(context.problems.has(name) ? [`${name}/fault`] : []),
  ];
  return html`id="${name}" name="${name}"${
    described.length > 0 && html` aria-describedby="${described.join(' ')}"`
  }${context.problems.has(name) && html` aria-invalid="true"`}`;
}

function help(field: Field, name: string, note = ''): Html {
  const text = [field.help, note].filter((part) => part !== '').join(' ');
  return text === '' ? nothing : html`<p class="cb-help" id="${name}/help">${text}</p>`;
}

function fault(name: string, context: FormContext): Html {
  const problem = context.problems.get(name);
  return problem === undefined
    ? nothing
    : html`<p class="cb-fault" id="${name}/fault">${problem}</p>`;
}

function disabled(context: FormContext): Html {
  return context.editable ? nothing : html` disabled`;
}

function withUnit(input: Html, unit: string): Html {
  return unit === '' ? input : html`<span class="cb-unit">${input}<span>${unit}</span></span>`;
}

/** `From 1 to 30.`; empty where the schema has no bounds, or only those of safe integers. */
function range(minimum: number | undefined, maximum: number | undefined): string {
  const from = minimum === undefined || minimum <= -Number.MAX_SAFE_INTEGER ? undefined : minimum;
  const to = maximum === undefined || maximum >= Number.MAX_SAFE_INTEGER ? undefined : maximum;
  if (from !== undefined && to !== undefined) {
    return `From ${from} to ${to}.`;
  }
  if (from !== undefined) {
    return `At least ${from}.`;
  }
  return to === undefined ? '' : `At most ${to}.`;
}
