import type { AuditChain } from '../../operations/index.ts';
import type { Check } from './check.ts';

/** Whether the audit says what was written into it. */
export function checkAudit({ rows, blanked, prunedAt, broken }: AuditChain): readonly Check[] {
  const name = 'Audit';
  if (broken !== undefined) {
    return [
      {
        name,
        level: 'bad',
        says: `Its chain breaks at row ${broken.sequence}: ${broken.why}.`,
        remedy:
          'Somebody changed the audit in the database, or a part of it was restored. Compare it with a backup, and with the lines of Credit Bridge in the activity log of WHMCS.',
      },
    ];
  }
  const pruned = prunedAt === undefined ? '' : `, pruned ${prunedAt.slice(0, 10)}`;
  const erased = blanked === 0 ? '' : `, ${blanked} of them with a blanked text`;
  return [{ name, level: 'good', says: `${rows} rows follow from each other${erased}${pruned}.` }];
}
