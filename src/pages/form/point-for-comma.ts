/** A comma before one or two last digits is a decimal comma; anything else would be a guess. */
export function pointForComma(text: string): string {
  return text.replace(/,(\d{1,2})$/, '.$1');
}
