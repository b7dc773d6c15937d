import { randomUUID } from 'node:crypto';
import type { Response } from 'express';
import { ApiError, apiStatuses } from '../../api/index.ts';
import type { Logger } from '../../base/index.ts';
import { codeOfFault } from '../errors.ts';

export function sendJson(response: Response, status: number, content: unknown): void {
  const body = Buffer.from(JSON.stringify(content));
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': body.length,
  });
  response.end(body);
}

/** Every error has the same shape: a code for programs, a sentence for people. */
export function sendError(response: Response, { code, message, details }: ApiError): void {
  const status = apiStatuses[code];
  if (status === 401) response.setHeader('www-authenticate', 'Bearer realm="creditbridge"');
  sendJson(response, status, { code, message, ...(details !== undefined && { details }) });
}

/** Turns a thrown value into an error of the API; for our own faults it gives only a reference to the log. */
export function errorOf(error: unknown, log: Logger): ApiError {
  if (error instanceof ApiError) return error;
  if (isOfTheSender(error)) {
    return error.status === 413
      ? new ApiError('body-too-large', 'The body is larger than 64 KiB.')
      : new ApiError('request-invalid', 'The body is not valid JSON.');
  }
  if (codeOfFault(error) === 'storage-unavailable') {
    log.warn({ err: error }, 'A call of the API could not be answered now');
    return new ApiError('storage-unavailable', 'The database is not available now. Try again.');
  }
  const reference = randomUUID();
  log.error({ err: error, reference }, 'A call of the API failed through a fault of the service');
  return new ApiError(
    'internal-error',
    `The service's log has the cause, under reference ${reference}.`,
  );
}

/** Whether the body reader threw it: the body is too large, broken or aborted. */
function isOfTheSender(error: unknown): error is Error & { readonly status: number } {
  if (!(error instanceof Error) || !('status' in error)) return false;
  return typeof error.status === 'number' && error.status >= 400 && error.status < 500;
}
