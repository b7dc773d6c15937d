import type { z } from 'zod';
import type { ApiCall } from './api-call.ts';
import { ApiError } from './api-error.ts';
import type { ApiEndpoint } from './define-api-endpoint.ts';

/** What was sent: texts of an address and JSON, or the same from a command line. */
export interface Sent {
  readonly params: unknown;
  readonly query: unknown;
  readonly body: unknown;
}

/**
 * Reads what was sent by the endpoint's schemas.
 *
 * @throws {ApiError} `request-invalid`; its details name each place.
 */
export function readCall(
  endpoint: ApiEndpoint,
  { params, query, body }: Sent,
): Pick<ApiCall<unknown, unknown, unknown>, keyof Sent> {
  return {
    params: read(endpoint.params, params, 'the address'),
    query: read(endpoint.query, query, 'the query'),
    body: endpoint.body && read(endpoint.body, body, 'the body, which is JSON'),
  };
}

function read(schema: z.ZodType, value: unknown, where: string): unknown {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.map(({ path, message }) => ({
    at: path.map(String).join('.'),
    message,
  }));
  const first = issues[0];
  throw new ApiError(
    'request-invalid',
    `Something is wrong in ${where}: ${first?.at === '' ? '' : `${first?.at}: `}${first?.message}`,
    { issues },
  );
}
