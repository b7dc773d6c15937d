import { readSnapshot, readTrials } from '../../bridge/index.ts';
import type { Engine, RuleInfo } from '../rules/engine/index.ts';
import type { Installation } from './queries/installation.ts';

/** What an admin should know about a rule's settings on this WHMCS. */
export interface RuleCaution {
  readonly says: string;
  /** The page of the addon where something can be done about it. */
  readonly remedy?: { readonly page: string; readonly text: string };
}

/** The hook at which WHMCS waits for a rule before it mails an invoice. */
const BEFORE_MAIL = 'InvoiceCreationPreEmail';

/** Reads what the rule declares about these settings, and whether one of them rests on a trial that has not passed. */
export async function ruleCautions(
  info: RuleInfo,
  settings: Readonly<Record<string, unknown>>,
  {
    rules,
    installation,
  }: {
    readonly rules: Pick<Engine, 'validateSettings'>;
    readonly installation: Pick<Installation, 'whmcs' | 'trial'>;
  },
): Promise<readonly RuleCaution[]> {
  const version = readSnapshot(installation.whmcs)?.version ?? '';
  const major = Number(/^\d+/.exec(version)?.[0] ?? 0);
  const declared = info.cautions
    .filter(({ sinceMajor }) => major >= sinceMajor)
    .filter(({ setting, is }) => setting === undefined || settings[setting] === is)
    .map(({ says }) => ({ says }));
  const verdict = await rules.validateSettings(info.id, settings);
  const waits = verdict.ok && verdict.inline.includes(BEFORE_MAIL);
  const hasPassed = readTrials(installation.trial, null).mailPassedWith === version;
  return waits && !hasPassed ? [...declared, withoutTrial(version)] : declared;
}

function withoutTrial(version: string): RuleCaution {
  return {
    says: `The trial of credit before the mail has not passed with WHMCS ${version}, so WHMCS does not wait for this rule: it sends the mail first, and the credit follows.`,
    remedy: { page: 'connection', text: 'Run that trial.' },
  };
}
