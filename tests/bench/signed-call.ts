import { type Agent, request } from 'node:http';
import { type Address, parseSecret, sign } from '../../bridge/index.ts';
import type { CallTarget } from './start-bench-service.ts';

export interface SignedCall {
  readonly path: string;
  readonly body: string;
  readonly headers: Readonly<Record<string, string | number>>;
}

/** A call as the shim makes it, signed now. */
export function createCall(
  { installation, secrets }: CallTarget,
  to: Address,
  content: object,
  id: string,
): SignedCall {
  const timestamp = Math.floor(Date.now() / 1000);
  const body = JSON.stringify({ protocol: 1, to, installation, ...content });
  return {
    path: to.replace('POST ', ''),
    body,
    headers: {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
      'webhook-id': id,
      'webhook-timestamp': String(timestamp),
      'webhook-signature': sign([parseSecret(secrets.toService)], id, timestamp, body),
    },
  };
}

/**
 * Sends a call and gives the body of its answer.
 *
 * @throws {Error} when the service answers with another status than 200.
 */
export function postCall(
  { url }: CallTarget,
  { path, body, headers }: SignedCall,
  agent: Agent,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const call = request(url + path, { method: 'POST', headers, agent }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8');
        if (response.statusCode === 200) resolve(text);
        else reject(new Error(`The service answered ${response.statusCode}: ${text}`));
      });
    });
    call.on('error', reject);
    call.end(body);
  });
}
