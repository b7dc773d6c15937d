import type { RequestListener } from 'node:http';
import type { Registry } from 'prom-client';
import { sendEmpty } from './send-reply.ts';

/**
 * Answers `GET /metrics` for Prometheus, on its own address, never on the bridge's.
 *
 * @param refresh updates the figures that need a query.
 */
export function createMetricsApp(
  registry: Registry,
  refresh: () => Promise<void>,
): RequestListener {
  return async (request, response) => {
    if (request.url !== '/metrics') return sendEmpty(response, 404);
    if (request.method !== 'GET') return sendEmpty(response, 405, { allow: 'GET' });
    try {
      await refresh();
      const text = await registry.metrics();
      response.writeHead(200, { 'content-type': registry.contentType });
      response.end(text);
    } catch {
      sendEmpty(response, 500);
    }
  };
}
