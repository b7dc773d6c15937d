import { WhmcsError } from '../../base/index.ts';
import { exitCodes } from '../../config/index.ts';
import { formatAmount } from '../../money/index.ts';
import { findInstallation } from '../../pages/index.ts';
import type { Preview } from '../../runs/index.ts';
import { doubtAbout, readToday, tellDoubt } from '../../today/index.ts';
import type { Command } from '../command-context.ts';
import { ringOnce } from '../ring-once.ts';
import { formatTable } from '../terminal.ts';
import { whyHalted } from '../why-halted.ts';
import { withParts } from '../with-parts.ts';

export interface RunDailyOptions {
  readonly preview: boolean;
  /** WHMCS's local date; today's when absent. Another day than today only with `preview`. */
  readonly date?: string;
}

/** Plans the daily run as WHMCS's cron would, or shows what it would do. */
export const runDailyCommand: Command<RunDailyOptions> = ({ preview, date }, { env, terminal }) =>
  withParts(env, async (parts, config) => {
    const installation = await findInstallation(parts.db);
    const today = await readToday(parts.db);
    if (installation === undefined || today.told === null) {
      const message =
        'The addon has not told the time zone of WHMCS yet. Open the addon page, or wait for cron.';
      throw new WhmcsError('zone-unknown', message);
    }
    const day = { date: date ?? today.date, zone: today.zone };
    if (preview) {
      for (const line of describePreview(await parts.runs.preview(day))) terminal.out(line);
      return exitCodes.ok;
    }
    if (day.date !== today.date) {
      terminal.err(
        `Today is ${today.date} in ${today.zone}. The run of another day can only be looked at, with --preview.`,
      );
      return exitCodes.usage;
    }
    if (installation.state !== 'paired') {
      terminal.err(
        'Addon and service are not paired, so nothing may act. See `creditbridge doctor`.',
      );
      return exitCodes.problem;
    }
    const halted = await whyHalted(parts.db);
    if (halted !== undefined) {
      terminal.err(halted);
      return exitCodes.problem;
    }
    const doubt = today.doubt ?? (await doubtAbout(parts.db, day));
    if (doubt !== null) {
      terminal.err(
        `${tellDoubt(doubt)} Open the addon page; its Overview asks whether the date is right.`,
      );
      return exitCodes.problem;
    }
    const { state, planned, left, waiting } = await parts.runs.plan(day);
    terminal.out(`The run of ${day.date} (${day.zone}) is ${state}. Commands planned: ${planned}.`);
    terminal.out(
      `Ranges of clients left to plan: ${left}. Commands that wait for WHMCS: ${waiting}.`,
    );
    await ringOnce(config, parts, terminal);
    return left === 0 ? exitCodes.ok : exitCodes.problem;
  });

function describePreview(preview: Preview): string[] {
  const { date, commands, outcomes, applied, samples, leftOut } = preview;
  return [
    `Commands that the run of ${date} would write: ${commands}. Nothing was committed.`,
    ...Object.entries(outcomes).map(([outcome, count]) => `  decisions, ${outcome}: ${count}`),
    ...[...applied.values()].map(
      ({ code, hundredths }) => `  credit put on invoices: ${formatAmount(hundredths)} ${code}`,
    ),
    ...leftOut.map(
      ({ clientId }) =>
        `  left out: client #${clientId}, because planning its invoices fails; the log says why`,
    ),
    ...(samples.length === 0 ? [] : ['The first of them:']),
    ...formatTable(
      samples.map(({ rule, clientId, invoiceId, reason }) => [
        `  ${rule}`,
        invoiceId === null ? `client #${clientId}` : `invoice #${invoiceId}`,
        reason,
      ]),
    ),
  ];
}
