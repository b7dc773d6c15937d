import type { Done } from '../answer-post.ts';
import type { OnceOutcome } from '../ports.ts';

/** Where to go after an act, and what to say there; a repeated form says that it was done before. */
export function redirect(
  page: string,
  outcome: OnceOutcome,
  said: string,
  parameters: Readonly<Record<string, string | number>> = {},
): Done {
  const query = Object.entries(parameters)
    .map(([name, value]) => `&${name}=${encodeURIComponent(String(value))}`)
    .join('');
  return {
    kind: 'redirect',
    to: `page=${page}${query}&said=${outcome === 'repeated' ? 'repeated' : said}`,
  };
}
