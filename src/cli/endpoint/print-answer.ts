import type { CliForm, JsonAnswer, Table, Told } from '../../api/index.ts';
import { exitCodes } from '../../config/index.ts';
import { formatTable, type Terminal } from '../terminal.ts';

/** Prints an answer: JSON for programs, lines and tables for people, and how a list goes on. Returns the exit code. */
export function printAnswer(
  { body, isRepeat }: JsonAnswer,
  { tell = tellAnything, isProblem }: CliForm<unknown>,
  json: boolean,
  terminal: Terminal,
): number {
  if (json) {
    terminal.out(JSON.stringify(body, null, 2));
  } else {
    if (isRepeat) terminal.out('This was asked for before; nothing was done again.');
    for (const line of tell(body).flatMap(linesOf)) terminal.out(line);
    const next = isRecord(body) ? body['next'] : undefined;
    if (typeof next === 'string') terminal.err(`There may be more: --cursor ${next}`);
  }
  return isProblem?.(body) === true ? exitCodes.problem : exitCodes.ok;
}

function linesOf(told: string | Table): readonly string[] {
  if (typeof told === 'string') return [told];
  const { head, rows } = told;
  if (rows.length === 0) return ['Nothing here.'];
  return formatTable(head.length === 0 ? rows : [head, ...rows]);
}

/** Every member with its name; a list of records is a table below. */
function tellAnything(answer: unknown): Told {
  if (!isRecord(answer)) return [textOf(answer)];
  const members = Object.entries(answer).filter(([name]) => name !== 'next');
  const lists = members.flatMap(([name, value]) => (isList(value) ? [[name, value] as const] : []));
  const single = members.filter(([, value]) => !isList(value));
  const records = single.filter(([, value]) => isRecord(value) && !isCurrency(value));
  const plain = single.filter(([, value]) => !isRecord(value) || isCurrency(value));
  return [
    ...(plain.length === 0 ? [] : [rowsOf(plain)]),
    ...records.flatMap(([name, value]) => [`${name}:`, ...tellAnything(value)]),
    ...lists.flatMap(([name, rows]) => [`${name}:`, tableOf(rows)]),
  ];
}

function rowsOf(members: readonly (readonly [string, unknown])[]): Table {
  return { head: [], rows: members.map(([name, value]) => [name, textOf(value)]) };
}

function tableOf(records: readonly Readonly<Record<string, unknown>>[]): Table {
  const head = Object.keys(records[0] ?? {});
  return { head, rows: records.map((record) => head.map((name) => textOf(record[name]))) };
}

function textOf(value: unknown): string {
  if (value === null || value === undefined) return '–';
  if (isCurrency(value)) return value.code;
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isList(value: unknown): value is readonly Readonly<Record<string, unknown>>[] {
  return Array.isArray(value) && value.every(isRecord);
}

function isCurrency(value: unknown): value is { readonly code: string } {
  return isRecord(value) && typeof value['code'] === 'string' && 'id' in value;
}
