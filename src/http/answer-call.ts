import { randomUUID } from 'node:crypto';
import {
  type IdentifiedItem,
  isIdentifiedItem,
  parseBody,
  type RefusalCode,
  refusals,
} from '../../bridge/index.ts';
import type { Logger } from '../base/index.ts';
import { databaseTrouble } from '../db/index.ts';
import type { Receiver } from '../deliveries/index.ts';
import type { Pairing } from '../pairing/index.ts';
import type { Endpoint } from './define-endpoint.ts';
import { codeOfFault, type ReplyCode, refusalReply } from './errors.ts';
import type { Readiness } from './ports.ts';
import { remedyFor } from './refusal-log.ts';
import { createReply, type Reply } from './send-reply.ts';

/** A call with a valid signature. */
export interface VerifiedCall {
  readonly id: string;
  readonly body: Buffer;
  readonly log: Logger;
}

export interface AnswerCallDependencies {
  readonly deliveries: Pick<Receiver, 'storeRefused'>;
  readonly pairing: Pick<Pairing, 'installation'>;
  readonly readiness: Pick<Readiness, 'obstacle' | 'noticed'>;
  /** The only installation to serve; undefined: the one in the settings row. */
  readonly installation: string | undefined;
  readonly isStopping: () => boolean;
  /** Called for a call that is refused until somebody does something, with what that is. */
  readonly onRefused: (code: RefusalCode, remedy: string) => void;
}

/** A restored database may lack earlier decisions; meanwhile the shim keeps its messages. */
const HALTED_REMEDY =
  'Nothing is decided until an admin says under Connection on the addon page whether the database was restored.';

/** A refused call, and whether the admin sees it. */
interface Refused {
  readonly code: RefusalCode;
  readonly detail?: string | undefined;
  readonly items?: readonly IdentifiedItem[];
}

/**
 * Refusals that say nothing about the message: the shim keeps it and sends it again, so a stored row would only repeat
 * the spool.
 */
const UNSTORED: ReadonlySet<RefusalCode> = new Set([
  'not-paired',
  'storage-unavailable',
  'shutting-down',
]);

/**
 * Parses a verified call, checks whether it may be answered, and answers it. Never throws: every fault becomes a reply
 * with a code.
 */
export function createAnswerCall(dependencies: AnswerCallDependencies) {
  return async function answerCall(endpoint: Endpoint, call: VerifiedCall): Promise<Reply> {
    try {
      const answered = await attempt(dependencies, endpoint, call);
      if ('reply' in answered) return answered.reply;
      return await refuse(dependencies, endpoint, call, answered);
    } catch (error) {
      const code = codeOfFault(error);
      if (code === 'internal-error') return internalError(call.log, error);
      call.log.warn({ err: error, code }, 'A call could not be answered now');
      if (code === 'storage-unavailable') turnAway(endpoint, call.body);
      await dependencies.readiness.noticed(error);
      const why = dependencies.readiness.obstacle() ?? databaseTrouble(error)?.sentence;
      return refusalReply(code, why);
    }
  };
}

async function attempt(
  { readiness, pairing, isStopping, installation }: AnswerCallDependencies,
  endpoint: Endpoint,
  { body }: VerifiedCall,
): Promise<{ readonly reply: Reply } | Refused> {
  if (isStopping()) return { code: 'shutting-down' };
  const obstacle = readiness.obstacle();
  if (obstacle !== undefined) {
    turnAway(endpoint, body);
    return { code: 'storage-unavailable', detail: obstacle };
  }
  const parsed = parseBody(body);
  if (!parsed.ok) return { code: parsed.code };

  const known = await pairing.installation();
  const expected = endpoint.needs === 'same-database' ? installation : (installation ?? known?.id);
  const opened = endpoint.open(parsed.value, expected);
  if (!opened.ok) {
    return { code: opened.code, detail: opened.detail, items: itemsOf(parsed.value) };
  }
  if (opened.request.acts && known?.paired !== true) return { code: 'not-paired' };
  if (opened.request.acts && known?.halted !== undefined) {
    return { code: 'storage-unavailable', detail: `${known.halted} ${HALTED_REMEDY}` };
  }
  return { reply: createReply(200, 'ok', await opened.request.answer()) };
}

function turnAway(endpoint: Endpoint, body: Buffer): void {
  if (endpoint.turnAway === undefined) return;
  const parsed = parseBody(body);
  if (parsed.ok) endpoint.turnAway(parsed.value);
}

async function refuse(
  { deliveries, readiness, onRefused }: AnswerCallDependencies,
  { keepsRefused }: Endpoint,
  { id }: VerifiedCall,
  { code, detail, items = [] }: Refused,
): Promise<Reply> {
  // Readiness logs its obstacle itself.
  if (code !== 'shutting-down' && readiness.obstacle() === undefined) {
    onRefused(code, detail ?? remedyFor(code));
  }
  if (keepsRefused && !UNSTORED.has(code)) {
    await deliveries.storeRefused({ id, code, detail: detail ?? refusals[code].meaning, items });
  }
  return refusalReply(code, detail ?? refusals[code].meaning);
}

function internalError(log: Logger, error: unknown): Reply {
  const reference = randomUUID();
  log.error({ err: error, reference }, 'A call failed through a fault of the service');
  const code: ReplyCode = 'internal-error';
  return refusalReply(code, `The service's log has the cause, under reference ${reference}.`);
}

function itemsOf(body: Readonly<Record<string, unknown>>): readonly IdentifiedItem[] {
  const items = body['items'];
  return Array.isArray(items) ? items.filter(isIdentifiedItem) : [];
}
