import { formatAmount, parseAmount } from '../../../bridge/index.ts';
import { below, type Draft, PREFIX, removal, rowsOf, tickedBelow, variantPath } from './draft.ts';
import type { Field, Member } from './field.ts';
import { pointForComma } from './point-for-comma.ts';

/** Sentences about inputs, by the input's name. */
export type Problems = ReadonlyMap<string, string>;

export interface ReadDraft {
  /** As to be stored; what could not be read is left out, and `problems` says so. */
  readonly settings: unknown;
  readonly problems: Problems;
  /** Where each value came from, so that what the schema finds wrong can be shown beside its input. */
  readonly names: ReadonlyMap<string, string>;
}

/** Nothing was given; its member is left out. */
const ABSENT = Symbol('absent');

/**
 * Reads what was typed. It only turns text into values; whether they are allowed is the schema's to say.
 *
 * @param members for a layer that overrides only some of the settings: those it sets.
 */
export function readDraft(field: Field, draft: Draft, members?: ReadonlySet<string>): ReadDraft {
  const problems = new Map<string, string>();
  const names = new Map<string, string>();
  const reader = new Reader(draft, problems, names);
  const narrowed =
    members !== undefined && field.kind === 'group'
      ? { ...field, members: field.members.filter(({ name }) => members.has(name)) }
      : field;
  const settings = reader.read(narrowed, PREFIX, '');
  return { settings: settings === ABSENT ? {} : settings, problems, names };
}

class Reader {
  readonly #draft: Draft;
  readonly #problems: Map<string, string>;
  readonly #names: Map<string, string>;

  constructor(draft: Draft, problems: Map<string, string>, names: Map<string, string>) {
    this.#draft = draft;
    this.#problems = problems;
    this.#names = names;
  }

  /** @param path where the value will stand in the settings, as `tiers.0.from`. */
  read(field: Field, name: string, path: string): unknown {
    this.#names.set(path, name);
    const text = this.#draft.get(name) ?? '';
    switch (field.kind) {
      case 'boolean':
        return text !== '';
      case 'amounts':
        return this.#readAmounts(name, path);
      case 'several': {
        const ticked = new Set(tickedBelow(this.#draft, name).map((key) => `${name}/${key}`));
        return field.choices
          .map(({ value }) => value)
          .filter((value) => ticked.has(below(name, String(value))));
      }
      case 'things':
        return tickedBelow(this.#draft, name)
          .filter((key) => /^\d{1,10}$/.test(key))
          .map(Number);
      case 'list':
        return this.#readList(field.item, name, path);
      case 'group':
        return this.#readMembers(field.members, name, path);
      case 'variants': {
        const variant = field.variants.find(
          ({ choice }) => String(choice.value) === this.#draft.get(below(name, field.by)),
        );
        if (variant === undefined) {
          return this.#missing(field, below(name, field.by), 'Choose one.');
        }
        this.#names.set(join(path, field.by), below(name, field.by));
        return {
          [field.by]: variant.choice.value,
          ...this.#readMembers(variant.members, variantPath(name, variant.choice.value), path),
        };
      }
      default:
        return text === '' ? this.#missing(field, name) : this.#readText(field, name, text);
    }
  }

  #readText(field: Field, name: string, text: string): unknown {
    switch (field.kind) {
      case 'choice': {
        const choice = field.choices.find(({ value }) => String(value) === text);
        return choice === undefined ? this.#problem(name, 'Choose one of these.') : choice.value;
      }
      case 'integer':
        return this.#readInteger(field, name, text);
      case 'decimal': {
        const plain = text.replace(',', '.').replace(/\s*%$/, '');
        if (!/^-?\d{1,15}(\.\d{1,10})?$/.test(plain)) {
          return this.#problem(name, `“${text}” is not a number like 12.5.`);
        }
        return field.as === 'number' ? Number(plain) : plain;
      }
      case 'json':
        try {
          return JSON.parse(text);
        } catch {
          return this.#problem(name, 'This is not JSON.');
        }
      default:
        return text;
    }
  }

  #readInteger(field: Field & { readonly kind: 'integer' }, name: string, text: string): unknown {
    if (!/^-?\d{1,15}$/.test(text)) {
      return this.#problem(name, `“${text}” is not a whole number.`);
    }
    const value = Number(text);
    if (field.minimum !== undefined && value < field.minimum) {
      return this.#problem(name, `At least ${field.minimum}.`);
    }
    if (field.maximum !== undefined && value > field.maximum) {
      return this.#problem(name, `At most ${field.maximum}.`);
    }
    return value;
  }

  #readAmounts(name: string, path: string): Readonly<Record<string, string>> {
    const amounts: Record<string, string> = {};
    for (const [key, text] of this.#draft) {
      const currency = key.startsWith(`${name}/`) ? key.slice(name.length + 1) : '';
      if (/^\d{1,10}$/.test(currency) && text !== '') {
        this.#names.set(join(path, currency), key);
        const amount = parseAmount(pointForComma(text.replace(/\s+/g, '')));
        if (amount === undefined) {
          this.#problem(key, `“${text}” is not an amount like 10.00.`);
        } else {
          amounts[currency] = formatAmount(amount);
        }
      }
    }
    return amounts;
  }

  #readList(item: Field, name: string, path: string): readonly unknown[] {
    const values: unknown[] = [];
    for (const row of rowsOf(this.#draft, name)) {
      const at = below(name, row);
      if (this.#draft.get(removal(at)) === undefined && !isEmptyItem(this.#draft, item, at)) {
        values.push(this.read(item, at, join(path, values.length)));
      }
    }
    return values;
  }

  #readMembers(members: readonly Member[], name: string, path: string): Record<string, unknown> {
    const values: Record<string, unknown> = {};
    for (const member of members) {
      const value = this.read(member.field, below(name, member.name), join(path, member.name));
      if (value !== ABSENT) {
        values[member.name] = value;
      }
    }
    return values;
  }

  #missing(field: Field, name: string, sentence = 'This is needed.'): unknown {
    if (field.empty === 'null') {
      return null;
    }
    return field.empty === 'omit' ? ABSENT : this.#problem(name, sentence);
  }

  #problem(name: string, sentence: string): typeof ABSENT {
    this.#problems.set(name, sentence);
    return ABSENT;
  }
}

function join(path: string, part: string | number): string {
  return path === '' ? String(part) : `${path}.${part}`;
}

/** Whether nothing was typed into a row of a list: it is none then. */
export function isEmptyItem(draft: Draft, item: Field, name: string): boolean {
  return item.kind === 'choice' ? (draft.get(name) ?? '') === '' : isEmptyRow(draft, item, name);
}

/** A row counts as empty when nothing was typed; a ticked box or a preselected choice alone fills no row. */
function isEmptyRow(draft: Draft, item: Field, name: string): boolean {
  switch (item.kind) {
    case 'boolean':
    case 'choice':
      return true;
    case 'group':
      return item.members.every((member) =>
        isEmptyRow(draft, member.field, below(name, member.name)),
      );
    case 'variants':
      return item.variants.every(({ choice, members }) =>
        members.every((member) =>
          isEmptyRow(draft, member.field, below(variantPath(name, choice.value), member.name)),
        ),
      );
    default:
      return ![...draft].some(
        ([key, text]) => (key === name || key.startsWith(`${name}/`)) && text !== '',
      );
  }
}
