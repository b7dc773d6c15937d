import { userInfo } from 'node:os';
import {
  type ApiCall,
  type ApiEndpoint,
  ApiError,
  type CliForm,
  readCall,
} from '../../api/index.ts';
import type { Parts } from '../../app/index.ts';
import { newId } from '../../base/index.ts';
import { exitCodes } from '../../config/index.ts';
import { actingAdmin } from '../acting-admin.ts';
import type { CommandContext } from '../command-context.ts';
import type { Terminal } from '../terminal.ts';
import { withApi } from '../with-api.ts';
import type { Parameter } from './parameters-of.ts';
import { printAnswer } from './print-answer.ts';
import { writeFile } from './write-file.ts';

export interface CommandCall {
  readonly endpoint: ApiEndpoint;
  readonly form: CliForm<unknown>;
  /** Every parameter, also those that the command itself decides. */
  readonly all: readonly Parameter[];
  /** What was given, as text; flags as what they stand for. */
  readonly values: ReadonlyMap<Parameter, unknown>;
  /** UUIDv7 of an earlier try. */
  readonly id: string | undefined;
  readonly json: boolean;
  readonly output: string | undefined;
}

/** Calls an endpoint as HTTP does, with the same schemas and errors, and prints its answer. Returns the exit code. */
export async function callEndpoint(call: CommandCall, context: CommandContext): Promise<number> {
  const { endpoint, form, all } = call;
  const { terminal } = context;
  try {
    const read = readCall(endpoint, sentOf(call));
    const id = call.id ?? newId();
    return await withApi(context, async (api, parts) => {
      const caller = await callerOf(endpoint, form, context, parts);
      if (caller.kind === 'nobody') {
        terminal.err(caller.why);
        return exitCodes.problem;
      }
      const said = await endpoint.answer({ ...read, caller, idempotencyKey: id, id }, api);
      return said.kind === 'json'
        ? printAnswer(said, form, call.json, terminal)
        : writeFile(said, call.output, terminal);
    });
  } catch (error) {
    if (error instanceof ApiError) return refuse(error, all, endpoint, terminal);
    throw error;
  }
}

function sentOf({ all, values }: CommandCall) {
  const sent = { params: {}, query: {}, body: {} };
  for (const parameter of all) {
    const value = values.get(parameter) ?? parameter.otherwise;
    if (value !== undefined) put(sent[parameter.in], parameter, asSent(value, parameter));
  }
  return sent;
}

/** JSON has numbers, addresses have texts. What is no number stays as it is, and the schema says so. */
function asSent(value: unknown, { in: where, type }: Parameter): unknown {
  if (where !== 'body') return String(value);
  return type === 'number' && /^-?\d+$/.test(String(value)) ? Number(value) : value;
}

function put(into: Record<string, unknown>, { path }: Parameter, value: unknown): void {
  const [last = '', ...outer] = path.toReversed();
  let inner = into;
  for (const member of outer.toReversed()) {
    const known = inner[member];
    const next = (known ?? {}) as Record<string, unknown>;
    inner[member] = next;
    inner = next;
  }
  inner[last] = value;
}

/** Reading and stopping are done in the name of the shell's user; everything else in the name of an admin. */
async function callerOf(
  { scope }: ApiEndpoint,
  { withoutToken = false }: CliForm<unknown>,
  { env }: CommandContext,
  parts: Parts,
): Promise<ApiCall<unknown, unknown, unknown>['caller'] | Awaited<ReturnType<typeof actingAdmin>>> {
  if (scope === 'read' || withoutToken) return { kind: 'cli', user: userInfo().username };
  return actingAdmin(env, parts, scope);
}

/** Says what the API says, with the names that the command line has for places. */
function refuse(
  { code, message, details }: ApiError,
  all: readonly Parameter[],
  { takesIdempotencyKey }: ApiEndpoint,
  terminal: Terminal,
): number {
  if (code !== 'request-invalid') {
    terminal.err(takesIdempotencyKey ? `Nothing was done. ${message}` : message);
    return exitCodes.problem;
  }
  for (const issue of details?.issues ?? []) {
    const name = all.find(({ path }) => path.join('.') === issue.at)?.name ?? issue.at;
    terminal.err(name === '' ? issue.message : `${name}: ${issue.message}`);
  }
  return exitCodes.usage;
}
