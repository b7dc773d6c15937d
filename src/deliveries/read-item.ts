import { createHash } from 'node:crypto';
import { z } from 'zod';
import {
  type DeliveryItem,
  deliveryItem,
  type FieldValue,
  forwardedFields,
  type Hook,
  hookOf,
  type IdentifiedItem,
  type ItemRefusalCode,
  itemRefusals,
} from '../../bridge/index.ts';
import { type Subject, subjectOf } from '../events/index.ts';
import type { OwnHook } from '../rules/index.ts';

interface Common {
  readonly id: string;
  readonly type: string;
  /** Hash of the item as received, to detect a repeat with different content. */
  readonly sha256: Buffer;
  /** JSON with only the data that may leave WHMCS. */
  readonly stored: string;
  readonly causedBy: string | null;
  /** ISO 8601, UTC; null when the item lacks it. */
  readonly firedAt: string | null;
  readonly subject: Subject;
}

/** An item to decide on. */
export interface ReadableItem extends Common {
  readonly kind: 'readable';
  readonly item: DeliveryItem;
  /** The data, parsed by the hook's schema. */
  readonly data: Readonly<Record<string, unknown>>;
  /** A remark for the admin. */
  readonly note: string;
}

export interface UnreadableItem extends Common {
  readonly kind: 'unreadable';
  readonly code: ItemRefusalCode;
  readonly message: string;
}

/** The data of a hook that only a provider's rule knows. */
const unknownData = z.record(z.string(), z.unknown());

/**
 * Reads one item of a batch. It drops members of `data` that the hook does not list before anything is stored: the shim
 * never sends them, so they may hold anything (such as a posted form).
 *
 * @param namedByRules for a hook outside our catalogue, what the rules that listen to it say about it; undefined when none does.
 */
export function readItem(
  raw: IdentifiedItem,
  namedByRules: (hook: string) => readonly OwnHook[] | undefined,
): ReadableItem | UnreadableItem {
  const parsed = deliveryItem.safeParse(raw);
  if (!parsed.success) return unreadable(raw, 'payload-invalid', z.prettifyError(parsed.error));
  const item = parsed.data;
  const hook = hookOf(item.type);
  const named = hook === undefined ? namedByRules(item.type) : [];
  if (named === undefined) return unreadable(raw, 'unknown-type');

  const kept = keepListed(item.type, hook, item.data, fieldsOf(named));
  const data = hook === undefined ? unknownData.safeParse(kept) : hook.data.safeParse(kept);
  if (!data.success) return unreadable(raw, 'payload-invalid', z.prettifyError(data.error));
  const dropped = Object.keys(item.data).length - Object.keys(kept).length;
  return {
    kind: 'readable',
    id: item.id,
    type: item.type,
    sha256: sha256(raw),
    causedBy: item.causedBy ?? null,
    firedAt: item.timestamp,
    item,
    data: data.data,
    stored: JSON.stringify({ ...item, data: kept }),
    subject: subjectOf(item.type, data.data, named),
    note: dropped === 0 ? '' : `Dropped ${dropped} members of data that the hook does not list.`,
  };
}

/** The fields that leave WHMCS because a rule names them. */
export function fieldsOf(named: readonly OwnHook[]): readonly string[] {
  return named.flatMap(({ fields = [], client = [], invoice = [], order = [] }) =>
    [...fields].concat(client, invoice, order),
  );
}

/** A repeated item is the same bytes parsed again, so it has the same JSON. */
function sha256(raw: IdentifiedItem): Buffer {
  return createHash('sha256').update(JSON.stringify(raw)).digest();
}

/**
 * Reads what it can of a broken item. A member that does not have its agreed form could be anything, so it is not
 * stored.
 */
function looselyRead(raw: object): Omit<Common, 'id' | 'sha256'> {
  const members = raw as Readonly<Record<string, unknown>>;
  const { type: hookType, timestamp: moment, causedBy: cause, whmcs: about } = deliveryItem.shape;
  const type = hookType.safeParse(members['type']).data ?? '';
  const kept = keepListed(type, hookOf(type), scalarsOf(members['data']));
  const causedBy = cause.safeParse(members['causedBy']).data ?? null;
  const firedAt = moment.safeParse(members['timestamp']).data ?? null;
  const whmcs = about.safeParse(members['whmcs']).data;
  return {
    type,
    stored: JSON.stringify({ type, timestamp: firedAt ?? undefined, whmcs, data: kept }),
    causedBy,
    firedAt,
    subject: subjectOf(type, kept),
  };
}

function scalarsOf(value: unknown): Readonly<Record<string, FieldValue>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return {};
  const scalars = Object.entries(value).filter(
    (entry): entry is [string, FieldValue] => entry[1] === null || typeof entry[1] !== 'object',
  );
  return Object.fromEntries(scalars);
}

/** Keeps the members that may leave WHMCS: those the hook lists; without a list, those that a provider's rule may get. */
function keepListed(
  type: string,
  hook: Hook | undefined,
  data: Readonly<Record<string, FieldValue>>,
  fields: readonly string[] = [],
): Readonly<Record<string, FieldValue>> {
  if (hook === undefined) return forwardedFields(type, fields, data) ?? {};
  const listed = hook.data.shape;
  return Object.fromEntries(Object.entries(data).filter(([name]) => Object.hasOwn(listed, name)));
}

function unreadable(raw: IdentifiedItem, code: ItemRefusalCode, detail?: string): UnreadableItem {
  const message = detail === undefined ? itemRefusals[code] : `${itemRefusals[code]} ${detail}`;
  return {
    ...looselyRead(raw),
    id: raw.id,
    sha256: sha256(raw),
    kind: 'unreadable',
    code,
    message,
  };
}
