import type { Db } from '../../db/index.ts';
import type { RuleMode, SettingsLayer } from '../../rules/engine/index.ts';
import type { Things } from '../form/settings-form.ts';
import { LAYER_COLUMNS, type LayerRow } from '../queries/rule-layers.ts';

/** One version of a layer; `removed`: from then on the more general layers applied. */
export interface VersionRow extends Omit<LayerRow, 'mode'> {
  readonly mode: RuleMode | 'removed';
}

/** Versions of one layer, newest first. */
export async function layerHistory(
  db: Db,
  rule: string,
  { layer, layerId }: Pick<LayerRow, 'layer' | 'layerId'>,
  limit: number,
): Promise<readonly VersionRow[]> {
  const rows = await db
    .selectFrom('mod_creditbridge_rule_settings_history')
    .select(LAYER_COLUMNS)
    .where('rule', '=', rule)
    .where('layer', '=', layer)
    .where('layer_id', '=', layerId)
    .orderBy('version', 'desc')
    .limit(limit)
    .execute();
  return rows.map(toVersion);
}

/** One version of a layer; undefined when there is none with that number. */
export async function findVersion(
  db: Db,
  rule: string,
  { layer, layerId }: Pick<LayerRow, 'layer' | 'layerId'>,
  version: number,
): Promise<VersionRow | undefined> {
  const row = await db
    .selectFrom('mod_creditbridge_rule_settings_history')
    .select(LAYER_COLUMNS)
    .where('rule', '=', rule)
    .where('layer', '=', layer)
    .where('layer_id', '=', layerId)
    .where('version', '=', version)
    .executeTakeFirst();
  return row === undefined ? undefined : toVersion(row);
}

function toVersion(
  row: Omit<VersionRow, 'layer' | 'mode'> & { readonly layer: string; readonly mode: string },
): VersionRow {
  return {
    ...row,
    layer: row.layer as SettingsLayer,
    mode: row.mode as VersionRow['mode'],
  };
}

export interface ClientGroupRow {
  readonly id: number;
  readonly name: string;
}

/** Client groups offered in a list; an installation has a handful. */
const GROUPS_MAX = 200;

export async function listClientGroups(db: Db): Promise<readonly ClientGroupRow[]> {
  return db
    .selectFrom('tblclientgroups')
    .select(['id', 'groupname as name'])
    .orderBy('groupname')
    .limit(GROUPS_MAX)
    .execute();
}

/** More than any list of products has. */
const PRODUCTS_MAX = 2_000;

export type Products = Pick<Things, 'product' | 'product-group'>;

/** Product groups and products, each with its group, by their names. */
export async function listProducts(db: Db): Promise<Products> {
  const [groups, products] = await Promise.all([
    db
      .selectFrom('tblproductgroups')
      .select(['id', 'name as title'])
      .orderBy('name')
      .limit(PRODUCTS_MAX)
      .execute(),
    db
      .selectFrom('tblproducts as p')
      .leftJoin('tblproductgroups as g', 'g.id', 'p.gid')
      .select(['p.id', 'p.name', 'g.name as group'])
      .orderBy('g.name')
      .orderBy('p.name')
      .limit(PRODUCTS_MAX)
      .execute(),
  ]);
  return {
    'product-group': groups,
    product: products.map(({ id, name, group }) => ({
      id,
      title: group === null ? name : `${name} (${group})`,
    })),
  };
}

/** A hook that came and named no client. */
export interface WithoutClient {
  readonly hook: string;
  readonly times: number;
}

/** How many of the newest deliveries are looked through, however many there are. */
const DELIVERIES_LOOKED_AT = 1000;

/** Which of these hooks lately named no client, so that no rule was asked. */
export async function hooksWithoutClient(
  db: Db,
  hooks: readonly string[],
): Promise<readonly WithoutClient[]> {
  if (hooks.length === 0) return [];
  const newest = db
    .selectFrom('mod_creditbridge_deliveries')
    .select(['type', 'client_id', 'invoice_id'])
    .where('outcome', '=', 'accepted')
    .orderBy('received_at', 'desc')
    .limit(DELIVERIES_LOOKED_AT)
    .as('newest');
  const rows = await db
    .selectFrom(newest)
    .select(({ fn }) => ['type', fn.countAll().as('times')])
    .where('type', 'in', hooks)
    .where('client_id', 'is', null)
    .where('invoice_id', 'is', null)
    .groupBy('type')
    .orderBy('type')
    .execute();
  return rows.map(({ type, times }) => ({ hook: type, times: Number(times) }));
}
