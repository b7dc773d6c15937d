import { sql } from 'kysely';
import { z } from 'zod';
import { type Db, readStored } from '../../db/index.ts';
import type { RuleMode, SettingsLayer } from '../../rules/engine/index.ts';
import type { Previewed } from '../previewed.ts';
import type { Draft } from '../with-drafts.ts';
import { parseResult } from './stored-result.ts';

/** What a preview looks at: `past`, the last 90 days; `tomorrow`, the next daily run. */
export const previewSpan = z.enum(['past', 'tomorrow']);
export type PreviewSpan = z.infer<typeof previewSpan>;

/** `running`, or how it ended: with a result, by *Stop*, because nobody looked, or by a fault. */
export type PreviewState = 'running' | 'done' | 'stopped' | 'left' | 'failed';

interface TriedDraft extends Draft {
  /** By their top-level names. */
  readonly settings: Readonly<Record<string, unknown>>;
}

/** A preview that an admin asked for, as every replica sees it. */
export interface KeptPreview {
  readonly id: string;
  readonly adminId: number;
  readonly draft: TriedDraft;
  readonly span: PreviewSpan;
  readonly state: PreviewState;
  /** Parts of the clients that are done, and all of them; 0 before the first is known. */
  readonly done: number;
  readonly of: number;
  /** Only when it is done; undefined when what is stored cannot be read. */
  readonly result: Previewed | undefined;
  /** Why it failed, in a sentence. */
  readonly says: string;
  /** `YYYY-MM-DD HH:MM:SS.ffffff`, UTC. */
  readonly askedAt: string;
}

/** Nobody has looked for so long: nobody waits for it. */
const LEFT_AFTER_SECONDS = 60;
/** One that has not told its progress for so long has lost its service. */
const DEAD_AFTER_SECONDS = 60;
/** In all replicas: each keeps a processor busy. */
const RUNNING_MAX = 4;

const SAYS_MAX_CHARACTERS = 500;
const DEAD = 'The service that worked on it has ended. Run it again.';

/** What an admin asks for. */
export interface AskedPreview extends Pick<KeptPreview, 'id' | 'adminId' | 'span'> {
  readonly draft: Draft;
}

/** What became of the wish to start one. `running`: this admin has one; `busy`: others have as many as may run. */
export type Started =
  | { readonly outcome: 'started' }
  | { readonly outcome: 'running'; readonly preview: KeptPreview }
  | { readonly outcome: 'busy' };

/** Writes down a preview that is to begin now. An admin has one at a time, in all replicas together. */
export async function insertPreview(
  db: Db,
  { id, adminId, draft, span }: AskedPreview,
): Promise<Started> {
  await endDead(db);
  const { rows } = await sql<{ count: number | bigint }>`
    SELECT COUNT(*) AS count FROM mod_creditbridge_previews WHERE running_for IS NOT NULL`.execute(
    db,
  );
  const isBusy = Number(rows[0]?.count ?? 0) >= RUNNING_MAX;
  if (!isBusy) {
    const { rule, layer, layerId, mode, settings } = draft;
    // The unique key lets one of two that begin at once through.
    await sql`
      INSERT IGNORE INTO mod_creditbridge_previews
        (id, admin_id, rule, layer, layer_id, mode, settings, span, asked_at, looked_at, beat_at)
      VALUES (${id}, ${adminId}, ${rule}, ${layer}, ${layerId}, ${mode}, ${JSON.stringify(settings)}, ${span},
        UTC_TIMESTAMP(6), UTC_TIMESTAMP(6), UTC_TIMESTAMP(6))`.execute(db);
  }
  const running = await db
    .selectFrom('mod_creditbridge_previews')
    .selectAll()
    .where('running_for', '=', adminId)
    .executeTakeFirst();
  if (running?.id === id) return { outcome: 'started' };
  return running === undefined
    ? { outcome: 'busy' }
    : { outcome: 'running', preview: fromRow(running) };
}

/** The preview with this id, and that somebody looks at it. */
export async function lookAtPreview(db: Db, id: string): Promise<KeptPreview | undefined> {
  await endDead(db);
  await sql`
    UPDATE mod_creditbridge_previews SET looked_at = UTC_TIMESTAMP(6)
    WHERE id = ${id} AND state = 'running'`.execute(db);
  return findPreview(db, id);
}

/** The preview with this id; undefined when there is none any more. */
export async function findPreview(db: Db, id: string): Promise<KeptPreview | undefined> {
  const row = await db
    .selectFrom('mod_creditbridge_previews')
    .selectAll()
    .where('id', '=', id)
    .executeTakeFirst();
  return row === undefined ? undefined : fromRow(row);
}

/** A preview in a list, without what came out. */
export interface ListedPreview
  extends Pick<KeptPreview, 'id' | 'adminId' | 'span' | 'state' | 'askedAt'> {
  readonly rule: string;
}

/** The newest previews of a rule's layer, and the one that this admin has running. */
export async function listPreviews(
  db: Db,
  { rule, layer, layerId }: Pick<Draft, 'rule' | 'layer' | 'layerId'>,
  { adminId, limit }: { readonly adminId: number; readonly limit: number },
): Promise<readonly ListedPreview[]> {
  const rows = await db
    .selectFrom('mod_creditbridge_previews')
    .select(['id', 'admin_id as adminId', 'rule', 'span', 'state', 'asked_at as askedAt'])
    .where(({ and, eb, or }) =>
      or([
        and([eb('rule', '=', rule), eb('layer', '=', layer), eb('layer_id', '=', layerId)]),
        eb('running_for', '=', adminId),
      ]),
    )
    .orderBy('asked_at', 'desc')
    .limit(limit)
    .execute();
  return rows.map((row) => ({
    ...row,
    span: row.span as PreviewSpan,
    state: row.state as PreviewState,
  }));
}

/** Tells how far it is. False: it is no longer wanted, because it was stopped, or because nobody looks. */
export async function beat(
  db: Db,
  id: string,
  { done, of }: Pick<KeptPreview, 'done' | 'of'>,
): Promise<boolean> {
  await sql`
    UPDATE mod_creditbridge_previews SET state = 'left', ended_at = UTC_TIMESTAMP(6)
    WHERE id = ${id} AND state = 'running'
      AND looked_at < UTC_TIMESTAMP(6) - INTERVAL ${sql.lit(LEFT_AFTER_SECONDS)} SECOND`.execute(
    db,
  );
  const { numAffectedRows } = await sql`
    UPDATE mod_creditbridge_previews SET done = ${done}, of_all = ${of}, beat_at = UTC_TIMESTAMP(6)
    WHERE id = ${id} AND state = 'running'`.execute(db);
  return numAffectedRows === 1n;
}

/** How a preview ends. */
export type Ending =
  | { readonly state: 'done'; readonly result: string }
  | { readonly state: 'stopped' }
  | { readonly state: 'failed'; readonly says: string };

/** Ends a preview that still runs; one that has ended stays as it is. */
export async function endPreview(db: Db, id: string, ending: Ending): Promise<void> {
  const result = ending.state === 'done' ? ending.result : null;
  const says = ending.state === 'failed' ? ending.says.slice(0, SAYS_MAX_CHARACTERS) : '';
  await sql`
    UPDATE mod_creditbridge_previews
    SET state = ${ending.state}, result = ${result}, says = ${says}, ended_at = UTC_TIMESTAMP(6)
    WHERE id = ${id} AND state = 'running'`.execute(db);
}

/** Ends those whose service is gone, so that their admins may start others. */
async function endDead(db: Db): Promise<void> {
  await sql`
    UPDATE mod_creditbridge_previews SET state = 'failed', says = ${DEAD}, ended_at = UTC_TIMESTAMP(6)
    WHERE running_for IS NOT NULL
      AND beat_at < UTC_TIMESTAMP(6) - INTERVAL ${sql.lit(DEAD_AFTER_SECONDS)} SECOND`.execute(db);
}

const SETTINGS = z.record(z.string(), z.unknown());

interface PreviewRow {
  readonly id: string;
  readonly admin_id: number;
  readonly rule: string;
  readonly layer: string;
  readonly layer_id: number;
  readonly mode: string;
  readonly settings: string;
  readonly span: string;
  readonly state: string;
  readonly done: number;
  readonly of_all: number;
  readonly result: string | null;
  readonly says: string;
  readonly asked_at: string;
}

function fromRow(row: PreviewRow): KeptPreview {
  const { id, rule, done, says } = row;
  return {
    id,
    adminId: row.admin_id,
    draft: {
      rule,
      layer: row.layer as SettingsLayer,
      layerId: row.layer_id,
      mode: row.mode as RuleMode,
      settings: readStored(SETTINGS, row.settings) ?? {},
    },
    span: row.span as PreviewSpan,
    state: row.state as PreviewState,
    done,
    of: row.of_all,
    result: row.result === null ? undefined : parseResult(row.result),
    says,
    askedAt: row.asked_at,
  };
}
