import type { Book, Loads } from '../../src/ledger/index.ts';

/** Of a whole book, what a store loads: all that is open, and what `loads` names. */
export function partOfBook(whole: Book, loads: Loads): Book {
  const spends = new Set<bigint>();
  const grants = new Set<bigint>();
  // The draw-downs of these are loaded.
  const spendsWithRows = new Set<bigint>();
  const grantsWithRows = new Set<bigint>(loads.entries);
  for (const [id, grant] of whole.grants) if (grant.remainingHundredths > 0n) grants.add(id);
  for (const [sequence, spend] of whole.spends) {
    if (spend.unfundedHundredths > 0n) spends.add(sequence);
    if (spend.invoiceId !== null && loads.invoiceIds.includes(spend.invoiceId)) {
      spends.add(sequence);
      spendsWithRows.add(sequence);
    }
  }
  for (const entry of loads.entries) {
    spends.add(entry);
    spendsWithRows.add(entry);
    grants.add(entry);
  }
  for (const row of whole.drawDowns) {
    if (loads.entries.includes(row.by) || loads.entries.includes(row.spend)) {
      grantsWithRows.add(row.grantId);
    }
  }
  const drawDowns = whole.drawDowns.filter(
    (row) => grantsWithRows.has(row.grantId) || spendsWithRows.has(row.spend),
  );
  for (const row of drawDowns) {
    grants.add(row.grantId);
    if (grantsWithRows.has(row.grantId)) spends.add(row.spend);
  }
  return {
    grants: new Map([...whole.grants].filter(([id]) => grants.has(id))),
    spends: new Map([...whole.spends].filter(([sequence]) => spends.has(sequence))),
    drawDowns,
  };
}
