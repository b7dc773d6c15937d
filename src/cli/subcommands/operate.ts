import type { Parts } from '../../app/index.ts';
import { exitCodes } from '../../config/index.ts';
import { type ManualOperation, manualOperation } from '../../operations/index.ts';
import { actingAdmin } from '../acting-admin.ts';
import type { Command, CommandContext } from '../command-context.ts';
import { ringOnce } from '../ring-once.ts';
import { withParts } from '../with-parts.ts';

export interface OperateOptions {
  readonly reason: string;
  /** UUIDv7 of an earlier try, so that repeating it does nothing twice. */
  readonly id?: string;
}

export interface AddOptions extends OperateOptions {
  readonly client: number;
  readonly amount: string;
  readonly kind: string;
  readonly starts?: string;
  readonly expires?: string;
  readonly priority: number;
  readonly refundable: boolean;
  readonly description?: string;
}

export const addCreditCommand: Command<AddOptions> = (options, context) =>
  operate(options, context, async () => ({
    kind: 'add',
    clientId: options.client,
    amount: options.amount,
    grantKind: options.kind,
    priority: options.priority,
    refundable: options.refundable,
    startsOn: options.starts ?? null,
    expiresOn: options.expires ?? null,
    description: options.description ?? null,
  }));

export interface DeductOptions extends OperateOptions {
  readonly client: number;
  readonly amount: string;
  readonly grant?: number;
  readonly description?: string;
}

export const deductCreditCommand: Command<DeductOptions> = (options, context) =>
  operate(options, context, async () => ({
    kind: 'deduct',
    clientId: options.client,
    amount: options.amount,
    grantId: options.grant === undefined ? null : String(options.grant),
    description: options.description ?? null,
  }));

export interface TransferOptions extends OperateOptions {
  readonly from: number;
  readonly to: number;
  readonly amount: string;
  readonly grant?: number;
  readonly kind: string;
}

export const transferCreditCommand: Command<TransferOptions> = (options, context) =>
  operate(options, context, async () => ({
    kind: 'transfer',
    clientId: options.from,
    toClientId: options.to,
    amount: options.amount,
    grantId: options.grant === undefined ? null : String(options.grant),
    grantKind: options.kind,
  }));

export interface RevokeOptions extends OperateOptions {
  readonly grant: number;
}

export const revokeGrantCommand: Command<RevokeOptions> = (options, context) =>
  operate(options, context, async ({ ledger }) => {
    const detail = await ledger.grant(BigInt(options.grant));
    if (detail === undefined) return undefined;
    return { kind: 'revoke', clientId: detail.grant.clientId, grantId: String(options.grant) };
  });

async function operate(
  { reason, id }: OperateOptions,
  { env, terminal }: CommandContext,
  wish: (parts: Parts) => Promise<unknown>,
): Promise<number> {
  return withParts(env, async (parts, config) => {
    const actor = await actingAdmin(env, parts, 'propose');
    if (actor.kind === 'nobody') {
      terminal.err(actor.why);
      return exitCodes.problem;
    }
    const wanted = await wish(parts);
    if (wanted === undefined) {
      terminal.err(
        'There is no such grant. `creditbridge explain client <id>` names those there are.',
      );
      return exitCodes.problem;
    }
    const read = manualOperation.safeParse(wanted);
    if (!read.success) {
      for (const { path, message } of read.error.issues) {
        terminal.err(`${path.join('.')}: ${message}`);
      }
      return exitCodes.usage;
    }
    const one: ManualOperation = read.data;
    const asked = { actor, reason, at: new Date() };
    const proposed = await parts.operations.propose(
      one,
      id === undefined ? asked : { ...asked, id },
    );
    switch (proposed.outcome) {
      case 'refused':
        terminal.err(`Nothing was done. ${proposed.message}`);
        return exitCodes.problem;
      case 'exists':
        terminal.out(
          `This was asked for before, as operation ${proposed.id}; nothing was done again.`,
        );
        return exitCodes.ok;
      case 'waits-for-approval':
        terminal.out(
          `${proposed.because} So operation ${proposed.id} waits until ${proposed.expiresAt.toISOString().slice(0, 16).replace('T', ' ')} UTC for another admin to approve it on the addon page, under Approvals. What it takes is held meanwhile.`,
        );
        return exitCodes.ok;
      default:
        terminal.out(
          `WHMCS is asked for it as operation ${proposed.id}. The page of client #${one.clientId} says what became of it.`,
        );
        await ringOnce(config, parts, terminal);
        return exitCodes.ok;
    }
  });
}
