/** The name of what an operation answers, so that asking again does nothing. */
export function operationFact(id: string, part: '' | 'to' | 'back' = ''): string {
  return `operation:${id}${part === '' ? '' : `:${part}`}`;
}
