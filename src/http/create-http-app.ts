import type { KeyObject } from 'node:crypto';
import express, { type Express, type Request, type Response, type Router } from 'express';
import { BODY_MAX_BYTES } from '../../bridge/index.ts';
import type { Logger } from '../base/index.ts';
import type { AnswerCallDependencies } from './answer-call.ts';
import { createAnswerCall } from './answer-call.ts';
import type { StrangerCounter } from './count-strangers.ts';
import type { Endpoint } from './define-endpoint.ts';
import { refusalReply } from './errors.ts';
import type { HttpMetrics, Readiness } from './ports.ts';
import { sendEmpty, sendSigned, sendUnsigned } from './send-reply.ts';
import { verifyRequest } from './verify-request.ts';

export interface HttpAppDependencies extends AnswerCallDependencies {
  readonly endpoints: readonly Endpoint[];
  /** The API for programs. */
  readonly api: Router;
  readonly keys: {
    readonly toService: readonly KeyObject[];
    readonly toWhmcs: readonly KeyObject[];
  };
  readonly readiness: Readiness;
  readonly strangers: StrangerCounter;
  readonly metrics: HttpMetrics;
  readonly log: Logger;
  /** Unix milliseconds. */
  readonly now: () => number;
}

/**
 * The HTTP side of the bridge: verifies the raw bytes, parses them, calls the endpoint of their path and signs the reply.
 * Strangers get only a code.
 */
export function createHttpApp(dependencies: HttpAppDependencies): Express {
  const { endpoints, api, readiness } = dependencies;
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.enable('case sensitive routing');
  app.enable('strict routing');

  app.get('/health', (_request, response) => sendHealth(response, undefined));
  app.get('/ready', async (_request, response) =>
    sendHealth(response, await readiness.whyNotReady(), readiness.notices()),
  );
  // `inflate: false`: a compressed body could be larger than it looks, and the shim sends none.
  const rawBody = express.raw({ limit: BODY_MAX_BYTES, type: () => true, inflate: false });
  const receive = createReceive(dependencies);
  for (const endpoint of endpoints) {
    app.post(endpoint.path, rawBody, (request, response) => receive(endpoint, request, response));
    app.all(endpoint.path, (_request, response) => sendEmpty(response, 405, { allow: 'POST' }));
  }
  for (const path of ['/health', '/ready']) {
    app.all(path, (_request, response) => sendEmpty(response, 405, { allow: 'GET, HEAD' }));
  }
  app.use('/api/v1', api);
  app.use((_request, response) => sendEmpty(response, 404));
  app.use(createErrorHandler(dependencies));
  return app;
}

function createReceive(dependencies: HttpAppDependencies) {
  const { keys, strangers, metrics, log, now } = dependencies;
  const answerCall = createAnswerCall(dependencies);
  return async (endpoint: Endpoint, request: Request, response: Response): Promise<void> => {
    const done = metrics.callStarted(endpoint.path);
    const body: Buffer = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
    const verified = verifyRequest(keys.toService, request.headers, body, now());
    if (!verified.ok) {
      strangers.count(verified.code);
      sendUnsigned(response, refusalReply(verified.code));
      done('stranger');
      return;
    }
    const { id } = verified;
    const reply = await answerCall(endpoint, { id, body, log: log.child({ delivery: id }) });
    sendSigned(response, keys.toWhmcs, id, now(), reply);
    done(reply.code);
  };
}

/** Express recognises an error handler by its four parameters. */
function createErrorHandler({ strangers, log }: HttpAppDependencies) {
  return (error: unknown, _request: Request, response: Response, _next: () => void): void => {
    if (response.headersSent) {
      response.destroy();
    } else if (statusOf(error) === 413) {
      strangers.count('body-too-large');
      sendUnsigned(response, refusalReply('body-too-large'));
    } else if (statusOf(error) !== undefined) {
      sendEmpty(response, 400, { connection: 'close' });
    } else {
      log.error({ err: error }, 'A request failed through a fault of the service');
      sendEmpty(response, 500);
    }
  };
}

/** The body reader's status for errors of the sender: too large, aborted, compressed. */
function statusOf(error: unknown): number | undefined {
  const status = error instanceof Error && 'status' in error ? error.status : undefined;
  return typeof status === 'number' && status >= 400 && status < 500 ? status : undefined;
}

/**
 * @param reason why the service cannot work; undefined when it can.
 * @param notices what is wrong elsewhere.
 */
function sendHealth(
  response: Response,
  reason: string | undefined,
  notices: readonly string[] = [],
): void {
  const good = reason === undefined;
  const body = JSON.stringify({
    ...(good ? { status: 'ok' } : { status: 'not-ready', reason }),
    ...(notices.length > 0 && { notices }),
  });
  response.writeHead(good ? 200 : 503, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
  });
  response.end(body);
}
