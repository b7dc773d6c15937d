import { type Act, grantTerms, readAct } from '../act.ts';
import type { Explained, LogRow } from '../entry.ts';
import { type EntryKind, entryKinds } from '../kinds.ts';
import type { CommandProof } from './gathered.ts';
import { markerIn } from './named-in.ts';
import type { Proofs } from './proofs.ts';

/**
 * Finds our command that made this row: the one that names it; else, among commands without a known row, the one whose marker
 * the row has or that puts the same credit on the same invoice or takes it off. Client and amount must match the command, and the row must be
 * newer than its start: anybody can type a marker.
 */
export function commandOf(
  row: LogRow,
  named: readonly number[],
  proofs: Proofs,
): CommandProof | undefined {
  const marked = markerIn(row.description);
  const isOwn = (command: CommandProof) =>
    command.clientId === row.clientId && command.amountHundredths === row.amountHundredths;
  const mayBe = (command: CommandProof) =>
    isOwn(command) &&
    command.creditLogId === null &&
    command.afterLogId !== null &&
    command.afterLogId < row.id;

  const all = proofs.commands();
  const told = all.find((command) => command.creditLogId === row.id);
  if (told !== undefined) return isOwn(told) ? told : undefined;
  const byMarker = marked === undefined ? undefined : proofs.command(marked);
  if (byMarker !== undefined) return mayBe(byMarker) ? byMarker : undefined;
  const underWay = all.filter(
    (command) =>
      (command.action === 'ApplyCredit' || command.action === 'UnapplyCredit') &&
      (command.state === 'running' || command.state === 'unknown') &&
      mayBe(command) &&
      command.invoiceId !== null &&
      named.includes(command.invoiceId),
  );
  return underWay.length === 1 ? underWay[0] : undefined;
}

/** Explains the row by the command's terms; without readable terms, by its action. */
export function explainByCommand(row: LogRow, command: CommandProof): Explained {
  const { terms } = command;
  const usual = usualTerms(row, command);
  const kind = terms !== null && Object.hasOwn(entryKinds, terms.kind) ? terms.kind : usual.kind;
  return {
    kind: kind as EntryKind,
    invoiceId: terms?.invoiceId ?? command.invoiceId,
    commandId: command.id,
    adminId: adminIn(terms?.actor ?? ''),
    evidence: 'command',
    reason: terms?.reason || reasonOf(command),
    act: storedAct(row, terms?.act) ?? usual.act,
  };
}

/** The stored act, if it is readable and has the row's direction. */
function storedAct(row: LogRow, text: string | undefined): Act | undefined {
  if (text === undefined) return undefined;
  try {
    const stored = readAct(text);
    const adds = stored.do === 'grant' || stored.do === 'return';
    const takes = stored.do === 'spend' || stored.do === 'take-back' || stored.do === 'reverse';
    // A reversed transfer undoes the entry that took the credit.
    const isUndoing = stored.do === 'correct';
    return isUndoing || (row.amountHundredths > 0n ? adds : takes) ? stored : undefined;
  } catch {
    return undefined;
  }
}

function usualTerms(
  row: LogRow,
  { action, rule }: CommandProof,
): { readonly kind: EntryKind; readonly act: Act } {
  if (row.amountHundredths < 0n) {
    return {
      kind: action === 'ApplyCredit' ? 'invoice' : 'manual',
      act: { do: 'spend', grants: [] },
    };
  }
  if (action === 'UnapplyCredit') return { kind: 'return', act: { do: 'return' } };
  const terms = grantTerms.parse({ kind: 'adjustment', rule });
  return {
    kind: 'manual',
    act: { do: 'grant', ...terms, fundsUnfunded: false },
  };
}

function reasonOf({ rule, action }: CommandProof): string {
  return rule === ''
    ? `Our command ${action}.`
    : `Our command ${action}, asked for by rule ${rule}.`;
}

function adminIn(actor: string): number | null {
  const id = /^admin:([1-9]\d{0,9})$/.exec(actor)?.[1];
  return id === undefined ? null : Number(id);
}
