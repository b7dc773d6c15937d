import type { ServerResponse } from 'node:http';

/**
 * What every answer says to a browser that comes here by mistake: take it for nothing else than it is, run and frame none of it,
 * keep it nowhere, and tell no other site where it came from. Nothing here is meant for browsers.
 */
const HEADERS = new Map([
  ['x-content-type-options', 'nosniff'],
  ['content-security-policy', "default-src 'none'; base-uri 'none'; frame-ancestors 'none'"],
  ['referrer-policy', 'no-referrer'],
  ['cache-control', 'no-store'],
]);

export function setAnswerHeaders(response: ServerResponse): void {
  response.setHeaders(HEADERS);
}
