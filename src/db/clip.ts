/** Shortens a text to the width of its column, in characters, and marks the cut with "…". */
export function clip(text: string, width: number): string {
  // A text has at most as many characters as code units, and nearly all are short.
  if (text.length <= width) return text;
  const characters = [...text];
  return characters.length <= width ? text : `${characters.slice(0, width - 1).join('')}…`;
}
