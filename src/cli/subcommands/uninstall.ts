import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { exitCodes } from '../../config/index.ts';
import { removalStatements } from '../../db/index.ts';
import type { Command } from '../command-context.ts';
import { findOwnerUrl } from '../owner-url.ts';
import { readUnsettled } from '../uninstall/read-unsettled.ts';
import { removalSteps } from '../uninstall/removal-steps.ts';
import { writeExport } from '../uninstall/write-export.ts';
import { withApi } from '../with-api.ts';

export interface UninstallOptions {
  /** A new folder for what Credit Bridge knows. */
  readonly export?: string;
}

/** Keeps what Credit Bridge knows, and prints how to remove it. Removes nothing. */
export const uninstallCommand: Command<UninstallOptions> = async ({ export: into }, context) => {
  const { settings, terminal } = context;
  if (into === undefined) {
    terminal.err(
      'The ledger and the audit are in no other place, so they are kept first. Name a new folder: creditbridge uninstall --export /var/backups/creditbridge-export',
    );
    return exitCodes.usage;
  }
  return withApi(context, async (api, { db }, config) => {
    const { money, rest } = await readUnsettled(db);
    if (money.length > 0) {
      for (const line of money) terminal.err(line);
      return exitCodes.problem;
    }
    const folder = resolve(into);
    const code = await writeExport(folder, api, terminal);
    if (code !== exitCodes.ok) return code;
    const sqlFile = join(folder, 'remove.sql');
    const statements = (await removalStatements(db)).map((one) => `${one};\n`).join('');
    await writeFile(sqlFile, statements, { flag: 'wx' });

    for (const line of rest) terminal.err(line);
    terminal.out(
      `What Credit Bridge knows is in ${folder}. Keep it. Nothing was removed; this removes it:\n`,
    );
    const { stateDirectory, rules } = config;
    for (const line of removalSteps({
      ownerUrl: findOwnerUrl(context),
      settingsFile: settings.path,
      stateDirectory,
      rules,
      sqlFile,
    })) {
      terminal.out(line);
    }
    terminal.out(`\n${statements}`);
    return rest.length > 0 ? exitCodes.problem : exitCodes.ok;
  });
};
