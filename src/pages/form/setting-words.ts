import type { Choice, Field, Member } from './field.ts';

/** What stands where a setting has no value. */
export const NO_VALUE = '–';

/** A stored setting as its form shows it: choices by title, currencies by code. A value that does not fit its field is shown as JSON. */
export function settingWords(
  field: Field,
  value: unknown,
  currencyCodes: ReadonlyMap<number, string>,
): string {
  const words = wordsOf(field, value, currencyCodes);
  return words === '' ? NO_VALUE : words;
}

function wordsOf(field: Field, value: unknown, codes: ReadonlyMap<number, string>): string {
  if (field.kind === 'choice') {
    return titleOf(field.choices, value);
  }
  if (value === undefined || value === null) {
    return '';
  }
  switch (field.kind) {
    case 'boolean':
      return value === true ? 'yes' : 'no';
    case 'integer':
    case 'decimal':
      return unitWords(String(value), field.unit);
    case 'text':
      return String(value);
    case 'amounts':
      return members(value)
        .map(([id, amount]) => `${String(amount)} ${codes.get(Number(id)) ?? `(currency #${id})`}`)
        .join(', ');
    case 'several':
      return listed(value)
        .map((one) => titleOf(field.choices, one))
        .join('; ');
    case 'things':
      return listed(value)
        .map((one) => `#${String(one)}`)
        .join(', ');
    case 'list':
      return Array.isArray(value)
        ? value.map((item) => wordsOf(field.item, item, codes)).join('; ')
        : JSON.stringify(value);
    case 'group':
      return groupWords(field.members, value, codes);
    case 'variants': {
      const chosen = new Map(members(value)).get(field.by);
      const variant = field.variants.find(({ choice }) => choice.value === chosen);
      const rest = groupWords(variant?.members ?? [], value, codes);
      return [variant?.choice.title ?? String(chosen), rest]
        .filter((part) => part !== '')
        .join(', ');
    }
    case 'json':
      return JSON.stringify(value);
  }
}

/** `From 50.00 USD, Percentage 10 %`; members without a value are left out. */
function groupWords(
  fields: readonly Member[],
  value: unknown,
  codes: ReadonlyMap<number, string>,
): string {
  const values = new Map(members(value));
  return fields
    .map(({ name, field }) => ({ field, words: wordsOf(field, values.get(name), codes) }))
    .filter(({ words }) => words !== '')
    .map(({ field, words }) => `${field.title} ${words}`)
    .join(', ');
}

function titleOf(choices: readonly Choice[], value: unknown): string {
  const known = choices.find((choice) => choice.value === value);
  return known?.title ?? (value === undefined || value === null ? '' : String(value));
}

function unitWords(figure: string, unit: string): string {
  if (unit === '') return figure;
  return `${figure} ${figure === '1' && unit === 'days' ? 'day' : unit}`;
}

function listed(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function members(value: unknown): readonly (readonly [string, unknown])[] {
  return typeof value === 'object' && value !== null ? Object.entries(value) : [];
}
