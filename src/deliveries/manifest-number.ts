import { createHash } from 'node:crypto';
import type { Manifest } from '../../bridge/index.ts';
import type { Db } from '../db/index.ts';
import { inTransaction } from '../db/index.ts';

const NUMBER = 'manifest-number';
const CONTENT = 'manifest-sha256';

/**
 * Returns the number of this set of hooks: 1 for the first set, one more for each change. All replicas share it through the
 * state table.
 */
export async function manifestNumberFor(db: Db, hooks: Manifest['hooks']): Promise<number> {
  const content = createHash('sha256').update(JSON.stringify(hooks)).digest('hex');
  return inTransaction(db, async (trx) => {
    // An update of nothing locks known rows for writing at once. INSERT IGNORE would lock them for reading only, and two
    // transactions that then want to write would wait for each other.
    await trx
      .insertInto('mod_creditbridge_state')
      .values([
        { name: NUMBER, value: '0' },
        { name: CONTENT, value: '' },
      ])
      .onDuplicateKeyUpdate((eb) => ({ value: eb.ref('value') }))
      .execute();
    const rows = await trx
      .selectFrom('mod_creditbridge_state')
      .select(['name', 'value'])
      .where('name', 'in', [NUMBER, CONTENT])
      .forUpdate()
      .execute();
    const state = new Map(rows.map(({ name, value }) => [name, value]));
    const number = Number(state.get(NUMBER) ?? '0');
    if (state.get(CONTENT) === content) return number;
    const changes = [
      { name: NUMBER, value: String(number + 1) },
      { name: CONTENT, value: content },
    ];
    for (const { name, value } of changes) {
      await trx
        .updateTable('mod_creditbridge_state')
        .set({ value })
        .where('name', '=', name)
        .execute();
    }
    return number + 1;
  });
}
