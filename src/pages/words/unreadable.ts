/**
 * What stands in place of a stored row that no version of ours wrote.
 *
 * @param row names it, such as `Proposal 0197…`.
 * @param remedy what to do: one sentence.
 */
export function unreadable(row: string, remedy: string): string {
  return `${row} cannot be read, because no version of Credit Bridge wrote it. ${remedy}`;
}
