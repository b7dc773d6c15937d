import { type Kysely, sql } from 'kysely';
import { z } from 'zod';
import type { Database } from '../db/index.ts';
import type { RuleSetting } from '../rules/engine/index.ts';

export interface StoredSettings {
  /** Grows with every change of settings and with every pause of a rule. */
  readonly version: string;
  readonly settings: readonly RuleSetting[];
  /** Rules that are paused for their faults. */
  readonly paused: ReadonlySet<string>;
  /** Rules that `settings` leaves out, because one of their rows is unreadable. */
  readonly unreadable: ReadonlySet<string>;
}

/** The state row that grows with every change of settings; see `bumpSettingsVersion`. */
export const SETTINGS_VERSION = 'settings-version';

/** Joins the row `v` whose value is the committed version of the settings; there is none before the first change. */
export const SETTINGS_VERSION_JOIN = sql`LEFT JOIN mod_creditbridge_state v ON v.name = ${sql.lit(SETTINGS_VERSION)}`;

const storedLayer = z.object({
  rule: z.string(),
  layer: z.enum(['installation', 'group', 'client']),
  layer_id: z.int(),
  mode: z.enum(['off', 'observe', 'on']),
  version: z.int(),
  settings: z.string().transform((text): unknown => JSON.parse(text)),
});

/** The committed version of the settings; `0` before the first change. */
export async function settingsVersion(db: Kysely<Database>): Promise<string> {
  const row = await db
    .selectFrom('mod_creditbridge_state')
    .select('value')
    .where('name', '=', SETTINGS_VERSION)
    .executeTakeFirst();
  return row?.value ?? '0';
}

/**
 * Loads all layers of all rules, and which rules are paused. It reads the version first, so the version may be older than the
 * rows, never newer; then the next check loads them again. A rule with an unreadable row (changed by hand) is not asked: the
 * missing layer could be the one that turns it off for a client.
 */
export async function loadSettings(db: Kysely<Database>): Promise<StoredSettings> {
  const version = await settingsVersion(db);
  const rows = await db
    .selectFrom('mod_creditbridge_rule_settings')
    .select(['rule', 'layer', 'layer_id', 'mode', 'version', 'settings'])
    .execute();
  const paused = await db
    .selectFrom('mod_creditbridge_rule_faults')
    .select('rule')
    .where('paused_at', 'is not', null)
    .execute();
  const layers: StoredSettings['settings'][number][] = [];
  const unreadable = new Set<string>();
  for (const row of rows) {
    try {
      const { layer_id, ...layer } = readLayer(row);
      layers.push({ ...layer, layerId: layer_id });
    } catch {
      unreadable.add(row.rule);
    }
  }
  return {
    version,
    settings: layers.filter(({ rule }) => !unreadable.has(rule)),
    paused: new Set(paused.map(({ rule }) => rule)),
    unreadable,
  };
}

/** @throws {SyntaxError | z.ZodError} for a row that we never write. */
export function readLayer(row: unknown): z.output<typeof storedLayer> {
  return storedLayer.parse(row);
}
