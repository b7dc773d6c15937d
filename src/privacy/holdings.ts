import { type RawBuilder, sql } from 'kysely';
import type { OwnTables, SharedTables } from '../db/index.ts';

/** Rows about clients in one of our tables, and what of them goes with the client. */
export interface Holding {
  readonly table: keyof OwnTables | keyof SharedTables;
  /** The tables to read, ours as `t`. */
  readonly from: RawBuilder<unknown>;
  /** The number of the client. */
  readonly client: RawBuilder<unknown>;
  /** The number is a client's only in these rows. */
  readonly where?: RawBuilder<boolean>;
  /** Only these rows are erased; the others are still needed. */
  readonly isOver?: RawBuilder<boolean>;
  /** Columns with texts of people, and what they become. */
  readonly blanks?: Readonly<Record<string, string | null>>;
  /** `living`: blanked also while the client is in WHMCS. Otherwise the rows still act until then. */
  readonly when: 'living' | 'gone';
  /** The rows are deleted instead. */
  readonly isDeleted?: true;
}

/** What a text says that was erased and must not be empty. */
export const ERASED = 'This was erased, because the client asked for it or was deleted in WHMCS.';

/** An approval that was decided less than a day ago still counts towards what an admin gave that day. */
const DECIDED = sql<boolean>`t.state <> 'pending' AND t.proposed_at < UTC_TIMESTAMP(6) - INTERVAL 1 DAY
  AND (t.decided_at IS NULL OR t.decided_at < UTC_TIMESTAMP(6) - INTERVAL 1 DAY)`;

/**
 * Every text about a client that may hold a name or what somebody wrote. Rules are never given a name, so what they said stays,
 * as do figures, numbers and days. Texts of commands are the shim's to blank. docs/privacy.md says it in words.
 */
export const holdings: readonly Holding[] = [
  {
    table: 'mod_creditbridge_deliveries',
    from: sql`mod_creditbridge_deliveries t`,
    client: sql`t.client_id`,
    blanks: { item: null, message: '' },
    when: 'gone',
  },
  {
    table: 'mod_creditbridge_entries',
    from: sql`mod_creditbridge_entries t`,
    client: sql`t.client_id`,
    blanks: { description: '', reason: '' },
    when: 'living',
  },
  {
    table: 'mod_creditbridge_command_terms',
    from: sql`mod_creditbridge_command_terms t JOIN mod_creditbridge_commands c ON c.id = t.command_id`,
    client: sql`c.client_id`,
    isOver: sql<boolean>`c.state IN ('done', 'stale', 'refused')`,
    blanks: { reason: '' },
    when: 'living',
  },
  {
    table: 'mod_creditbridge_approvals',
    from: sql`mod_creditbridge_approvals t`,
    client: sql`t.client_id`,
    where: sql<boolean>`t.fact IS NULL`,
    isOver: DECIDED,
    when: 'living',
    isDeleted: true,
  },
  {
    // What a rule proposed is not asked about again, so that stays without what an admin wrote.
    table: 'mod_creditbridge_approvals',
    from: sql`mod_creditbridge_approvals t`,
    client: sql`t.client_id`,
    where: sql<boolean>`t.fact IS NOT NULL`,
    isOver: DECIDED,
    blanks: { decision_reason: '' },
    when: 'living',
  },
  {
    table: 'mod_creditbridge_parkings',
    from: sql`mod_creditbridge_parkings t`,
    client: sql`t.client_id`,
    isOver: sql<boolean>`t.settled_at IS NOT NULL`,
    blanks: { reason: ERASED, decision_reason: '' },
    when: 'living',
  },
  {
    table: 'mod_creditbridge_findings',
    from: sql`mod_creditbridge_findings t`,
    client: sql`t.client_id`,
    isOver: sql<boolean>`t.settled_at IS NOT NULL`,
    blanks: { text: ERASED, reason: '' },
    when: 'living',
  },
  {
    table: 'mod_creditbridge_notices',
    from: sql`mod_creditbridge_notices t`,
    client: sql`t.client_id`,
    blanks: { text: ERASED },
    when: 'gone',
  },
  {
    table: 'mod_creditbridge_rule_settings',
    from: sql`mod_creditbridge_rule_settings t`,
    client: sql`t.layer_id`,
    where: sql<boolean>`t.layer = 'client'`,
    when: 'gone',
    isDeleted: true,
  },
  {
    table: 'mod_creditbridge_previews',
    from: sql`mod_creditbridge_previews t`,
    client: sql`t.layer_id`,
    where: sql<boolean>`t.layer = 'client'`,
    when: 'gone',
    isDeleted: true,
  },
  {
    table: 'mod_creditbridge_rule_settings_history',
    from: sql`mod_creditbridge_rule_settings_history t`,
    client: sql`t.layer_id`,
    where: sql<boolean>`t.layer = 'client'`,
    blanks: { settings: '{}', reason: '' },
    when: 'gone',
  },
  {
    table: 'mod_creditbridge_audit',
    from: sql`mod_creditbridge_audit t`,
    client: sql`IF(t.target LIKE 'entry:%',
      (SELECT e.client_id FROM mod_creditbridge_entries e WHERE e.sequence = CAST(SUBSTRING(t.target, 7) AS UNSIGNED)),
      CAST(SUBSTRING(t.target, 8) AS UNSIGNED))`,
    where: sql<boolean>`(t.target LIKE 'client:%' OR t.target LIKE 'entry:%')`,
    // A repeat of what was just done is found by what it says.
    isOver: sql<boolean>`t.at < UTC_TIMESTAMP(6) - INTERVAL 1 DAY`,
    // The chain holds without the text; without the salt nobody can guess it from the digest.
    blanks: { details: '', salt: null },
    when: 'living',
  },
  {
    table: 'mod_creditbridge_preferences',
    from: sql`mod_creditbridge_preferences t`,
    client: sql`t.client_id`,
    when: 'gone',
    isDeleted: true,
  },
  {
    table: 'mod_creditbridge_frozen_clients',
    from: sql`mod_creditbridge_frozen_clients t`,
    client: sql`t.client_id`,
    when: 'gone',
    isDeleted: true,
  },
];

/** The rows of a holding that are about these clients. */
export function aboutClients(
  { client, where }: Pick<Holding, 'client' | 'where'>,
  clients: readonly number[],
): RawBuilder<boolean> {
  const these = sql<boolean>`${client} IN (${sql.join(clients)})`;
  return where === undefined ? these : sql<boolean>`${these} AND ${where}`;
}
