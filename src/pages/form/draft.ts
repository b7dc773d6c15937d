import type { FormValue } from '../../../bridge/index.ts';
import type { Field, Member } from './field.ts';

/**
 * What stands in the inputs of a settings form: text by the input's name. Stored settings and a posted form both become
 * one, so that a form with mistakes shows again exactly what was typed.
 */
export type Draft = ReadonlyMap<string, string>;

export const PREFIX = 's';

/** The name of an input below another. PHP would change dots, spaces and brackets in names, so they do not occur. */
export function below(name: string, part: string | number): string {
  return `${name}/${String(part).replace(/[^A-Za-z0-9_-]/g, (c) => `~${c.codePointAt(0)?.toString(16)}~`)}`;
}

/** The row of a list that is to be taken away. */
export function removal(row: string): string {
  return `${row}/~remove`;
}

/** The inputs of one variant; they may have the same names as those of another. */
export function variantPath(name: string, value: unknown): string {
  return `${name}/~${below('', String(value)).slice(1)}`;
}

/** What was typed into a posted form. */
export function draftOfForm(form: Readonly<Record<string, FormValue>>): Draft {
  const texts = Object.entries(form).filter(
    (entry): entry is [string, string] =>
      entry[0].startsWith(`${PREFIX}/`) && typeof entry[1] === 'string',
  );
  return new Map(texts.map(([name, text]) => [name, text.trim()]));
}

/** Stored settings as they stand in the inputs. What does not fit its field is left out: the schema has changed. */
export function draftOfSettings(field: Field, settings: unknown): Draft {
  const draft = new Map<string, string>();
  write(draft, field, PREFIX, settings);
  return draft;
}

function write(draft: Map<string, string>, field: Field, name: string, value: unknown): void {
  if (value === undefined || value === null) {
    if (field.kind === 'choice' && value === null) {
      draft.set(name, 'null');
    }
    return;
  }
  switch (field.kind) {
    case 'boolean':
      if (value === true) {
        draft.set(name, 'on');
      }
      return;
    case 'choice':
    case 'integer':
    case 'decimal':
    case 'text':
      draft.set(name, String(value));
      return;
    case 'amounts':
      for (const [currency, amount] of entries(value)) {
        draft.set(below(name, currency), String(amount));
      }
      return;
    case 'several':
    case 'things':
      for (const item of Array.isArray(value) ? value : []) {
        draft.set(below(name, String(item)), 'on');
      }
      return;
    case 'list':
      for (const [index, item] of (Array.isArray(value) ? value : []).entries()) {
        write(draft, field.item, below(name, index), item);
      }
      return;
    case 'group':
      writeMembers(draft, field.members, name, value);
      return;
    case 'variants': {
      const chosen = new Map(entries(value)).get(field.by);
      draft.set(below(name, field.by), String(chosen));
      const variant = field.variants.find(({ choice }) => choice.value === chosen);
      writeMembers(draft, variant?.members ?? [], variantPath(name, chosen), value);
      return;
    }
    case 'json':
      draft.set(name, JSON.stringify(value, null, 2));
      return;
  }
}

function writeMembers(
  draft: Map<string, string>,
  members: readonly Member[],
  name: string,
  value: unknown,
): void {
  const values = new Map(entries(value));
  for (const member of members) {
    write(draft, member.field, below(name, member.name), values.get(member.name));
  }
}

function entries(value: unknown): readonly (readonly [string, unknown])[] {
  return typeof value === 'object' && value !== null ? Object.entries(value) : [];
}

/** The boxes below a name that are ticked, by what they stand for. */
export function tickedBelow(draft: Draft, name: string): readonly string[] {
  return [...draft]
    .filter(([key, text]) => key.startsWith(`${name}/`) && text !== '')
    .map(([key]) => key.slice(name.length + 1));
}

/** The rows a list has in the draft, by their numbers; gaps are where rows were taken away. */
export function rowsOf(draft: Draft, name: string): readonly number[] {
  const rows = new Set<number>();
  for (const key of draft.keys()) {
    if (key.startsWith(`${name}/`)) {
      const [row = ''] = key.slice(name.length + 1).split('/');
      if (/^\d{1,3}$/.test(row)) {
        rows.add(Number(row));
      }
    }
  }
  return [...rows].toSorted((a, b) => a - b);
}
