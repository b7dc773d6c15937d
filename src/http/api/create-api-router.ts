import express, { type Request, type Response, Router } from 'express';
import {
  type ApiContext,
  type ApiEndpoint,
  ApiError,
  apiEndpoints,
  createOpenapi,
  IDEMPOTENCY_KEY_PATTERN,
  OF_THE_TOKEN,
  readCall,
  writeCsv,
} from '../../api/index.ts';
import type { Logger } from '../../base/index.ts';
import { newId } from '../../base/index.ts';
import type { HttpMetrics, Readiness } from '../ports.ts';
import { authenticate } from './authenticate.ts';
import { errorOf, sendError, sendJson } from './send-answer.ts';

export interface ApiRouterDependencies {
  readonly context: ApiContext;
  readonly version: string;
  readonly readiness: Pick<Readiness, 'obstacle' | 'noticed'>;
  readonly isStopping: () => boolean;
  readonly metrics: HttpMetrics;
  /** Called for a call whose token is refused, with the reason in a sentence. */
  readonly onRefused: (code: ApiError['code'], sentence: string) => void;
  readonly log: Logger;
}

/** A request with its reason has a few hundred bytes. */
const BODY_MAX_BYTES = 65_536;

const ofTheToken: ReadonlySet<ApiError['code']> = new Set(OF_THE_TOKEN);

const IDEMPOTENCY_KEY = new RegExp(IDEMPOTENCY_KEY_PATTERN);

/**
 * The API for programs, below `/api/v1`. It is for servers: it reads no cookies and allows no other origin, so a page in a
 * browser cannot use it in somebody's name.
 */
export function createApiRouter(dependencies: ApiRouterDependencies): Router {
  const router = Router({ caseSensitive: true, strict: true });
  const openapi = createOpenapi(dependencies.version);
  router.get('/openapi.json', (_request, response) => sendJson(response, 200, openapi));
  const json = express.json({ limit: BODY_MAX_BYTES, inflate: false, strict: true });
  for (const endpoint of apiEndpoints) {
    const path = endpoint.path.replaceAll(/\{(\w+)\}/g, ':$1');
    router[endpoint.method](path, json, async (request, response) =>
      answer(dependencies, endpoint, request, response),
    );
  }
  for (const path of new Set(apiEndpoints.map((endpoint) => endpoint.path))) {
    const methods = apiEndpoints.filter((endpoint) => endpoint.path === path);
    const allow = methods.map(({ method }) => method.toUpperCase()).join(', ');
    router.all(path.replaceAll(/\{(\w+)\}/g, ':$1'), (_request, response) => {
      response.setHeader('allow', allow);
      sendError(response, new ApiError('method-not-allowed', `This address allows only ${allow}.`));
    });
  }
  router.use((_request, response) =>
    sendError(
      response,
      new ApiError('not-found', 'This address does not exist; see openapi.json.'),
    ),
  );
  router.use((error: unknown, _request: Request, response: Response, _next: () => void) => {
    fail(dependencies.log, response, error);
  });
  return router;
}

async function answer(
  { context, readiness, isStopping, metrics, onRefused, log }: ApiRouterDependencies,
  endpoint: ApiEndpoint,
  request: Request,
  response: Response,
): Promise<void> {
  const done = metrics.callStarted(`/api/v1${endpoint.path}`);
  try {
    const obstacle = isStopping() ? 'The service is stopping.' : readiness.obstacle();
    if (obstacle !== undefined) throw new ApiError('not-ready', obstacle);
    const caller = await authenticate(context, endpoint.scope, request);
    const read = readCall(endpoint, request);
    const idempotencyKey = endpoint.takesIdempotencyKey ? readKey(request) : '';
    const said = await endpoint.answer({ ...read, caller, idempotencyKey, id: newId() }, context);
    if (said.kind === 'json') {
      sendJson(response, said.status, said.body);
    } else {
      response.writeHead(200, {
        'content-type': 'text/csv; charset=utf-8; header=present',
        'content-disposition': `attachment; filename="${said.fileName}"`,
      });
      await writeCsv(said.table, response);
    }
    done('ok');
  } catch (error) {
    await readiness.noticed(error);
    if (error instanceof ApiError && ofTheToken.has(error.code)) {
      onRefused(error.code, error.message);
    }
    done(fail(log, response, error));
  }
}

/** Sends an error; aborts a file that is half sent, so that nobody believes it is complete. */
function fail(log: Logger, response: Response, error: unknown): string {
  const refusal = errorOf(error, log);
  if (response.headersSent) response.destroy();
  else sendError(response, refusal);
  return refusal.code;
}

function readKey(request: Request): string {
  const key = request.get('idempotency-key') ?? '';
  if (IDEMPOTENCY_KEY.test(key)) return key;
  throw new ApiError(
    'idempotency-key-missing',
    'This call moves credit, so it needs a header Idempotency-Key, new for each request (such as a UUID): a repeat after a lost answer then has no second effect.',
  );
}
