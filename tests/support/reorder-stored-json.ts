import type { WhmcsDatabase } from './whmcs-database.ts';

/** Stored JSON that statements of the service look into. Its first member has no comma in it: `do` or `kind`. */
const COLUMNS = [
  ['mod_creditbridge_entries', 'act'],
  ['mod_creditbridge_command_terms', 'act'],
  ['mod_creditbridge_approvals', 'operation'],
] as const;

/**
 * From now on the database stores JSON with other blanks, and with its first member last: `{"do":"x","a":1}` becomes
 * `{ "a":1,"do":"x"}`. To the service that must be the same, since nothing promises it an order.
 */
export async function reorderStoredJson({ root }: Pick<WhmcsDatabase, 'root'>): Promise<void> {
  for (const [table, column] of COLUMNS) {
    await root.query(
      `CREATE TRIGGER reorder_${table} BEFORE INSERT ON ${table} FOR EACH ROW
       SET NEW.${column} = IF(LOCATE(',', NEW.${column}) = 0,
         CONCAT('{ ', SUBSTRING(NEW.${column}, 2)),
         CONCAT('{ ', SUBSTRING(NEW.${column}, LOCATE(',', NEW.${column}) + 1,
             CHAR_LENGTH(NEW.${column}) - LOCATE(',', NEW.${column}) - 1),
           ',', SUBSTRING(NEW.${column}, 2, LOCATE(',', NEW.${column}) - 2), '}'))`,
    );
  }
}
