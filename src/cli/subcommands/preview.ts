import { readFileSync } from 'node:fs';
import { writeCsv } from '../../api/index.ts';
import { ConfigurationError, newId } from '../../base/index.ts';
import { exitCodes } from '../../config/index.ts';
import { formatAmount } from '../../money/index.ts';
import {
  type Draft,
  type Previewed,
  previewPast,
  previewTable,
  previewTomorrow,
} from '../../preview/index.ts';
import type { RuleInfo, RuleMode } from '../../rules/engine/index.ts';
import { createRunStore } from '../../runs/index.ts';
import type { Command } from '../command-context.ts';
import { createProgressBar } from '../progress-bar.ts';
import { formatTable } from '../terminal.ts';
import { withParts } from '../with-parts.ts';

export interface PreviewCommandOptions {
  /** The rule that is tried; the stored settings when absent. */
  readonly rule?: string;
  readonly mode: RuleMode;
  /** A file with the rule's settings as JSON; its defaults when absent. */
  readonly settings?: string;
  readonly group?: number;
  readonly client?: number;
  readonly tomorrow: boolean;
  readonly days: number;
  readonly csv: boolean;
}

/** Shows what settings would have done, or would do tomorrow. Commits nothing. */
export const previewCommand: Command<PreviewCommandOptions> = (options, { env, terminal }) =>
  withParts(env, async ({ db, engine }) => {
    const wrong = whatIsWrong(options, engine.rules());
    if (wrong !== undefined) {
      terminal.err(wrong);
      return exitCodes.usage;
    }
    const drafts = draftsOf(options);
    for (const { rule, settings, layer } of drafts) {
      // Those of a group or client are a part, which the rule meets together with the more general ones.
      if (layer !== 'installation') continue;
      const verdict = await engine.validateSettings(rule, settings);
      if (verdict.ok) continue;
      for (const { path, message } of verdict.problems) terminal.err(`${path || rule}: ${message}`);
      return exitCodes.usage;
    }
    const bar = createProgressBar(terminal);
    const leaving = new AbortController();
    const previewing = {
      db,
      engine,
      drafts,
      signal: leaving.signal,
      onProgress: ({ done, of }: { readonly done: number; readonly of: number }) =>
        bar.show(of === 0 ? 1 : done / of, `${done} of ${of} looked at`),
    };
    const previewed = options.tomorrow
      ? await previewTomorrow(previewing, createRunStore(db, { newId, now: Date.now }))
      : await previewPast(previewing, options.days);
    bar.end();
    if (options.csv) {
      const { columns, rows } = previewTable(previewed);
      await writeCsv({ columns, rows: onePage(rows) }, terminal.stdout, { end: false });
    } else for (const line of describe(previewed)) terminal.out(line);
    return exitCodes.ok;
  });

/** What commander cannot see: options that would do nothing, and a rule that is not there. */
function whatIsWrong(
  { rule, settings, group, client }: PreviewCommandOptions,
  rules: readonly Pick<RuleInfo, 'id'>[],
): string | undefined {
  if (rule === undefined) {
    const isForRule = settings !== undefined || group !== undefined || client !== undefined;
    return isForRule
      ? 'What --settings, --group and --client try is one rule: name it with --rule.'
      : undefined;
  }
  if (rules.some(({ id }) => id === rule)) return undefined;
  const known = rules.map(({ id }) => id).toSorted();
  return `There is no rule ${rule}. There are: ${known.join(', ')}.`;
}

async function* onePage<Row>(rows: readonly Row[]) {
  yield rows;
}

function draftsOf({
  rule,
  mode,
  settings,
  group,
  client,
}: PreviewCommandOptions): readonly Draft[] {
  if (rule === undefined) return [];
  const layer = client !== undefined ? 'client' : group !== undefined ? 'group' : 'installation';
  return [{ rule, mode, layer, layerId: client ?? group ?? 0, settings: readSettings(settings) }];
}

function readSettings(file: string | undefined): unknown {
  if (file === undefined) return {};
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new ConfigurationError([`The settings in ${file} cannot be read as JSON: ${why}`]);
  }
}

function describe({
  from,
  to,
  clients,
  invoices,
  effects,
  changed,
  changedClients,
  unknown,
  asOfToday,
}: Previewed): readonly string[] {
  return [
    `From ${from} to ${to}: ${clients} clients, ${invoices} invoices with an effect. Nothing was committed.`,
    ...formatTable([
      ['  rule', 'does', 'how often', 'how much', 'really'],
      ...effects.map(({ rule, effect, currency, count, hundredths, really }) => [
        `  ${rule}`,
        effect,
        String(count),
        `${formatAmount(hundredths)} ${currency.code}`,
        really === null
          ? ''
          : `${formatAmount(really.hundredths)} ${currency.code} (${really.count})`,
      ]),
    ]),
    `Clients who would end with another balance: ${changedClients}.`,
    ...formatTable(
      changed.map(({ clientId, currency, wouldHundredths, elseHundredths }) => [
        `  client #${clientId}`,
        `${formatAmount(wouldHundredths)} ${currency.code}`,
        `instead of ${formatAmount(elseHundredths)}`,
      ]),
    ),
    ...(unknown.length === 0 ? [] : ['What can’t be known, and how often:']),
    ...unknown.map(({ why, count }) => `  ${count} × ${why}`),
    'Taken as it is today:',
    ...asOfToday.map((says) => `  ${says}`),
  ];
}
