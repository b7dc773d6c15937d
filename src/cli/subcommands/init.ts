import { ConfigurationError } from '../../base/index.ts';
import {
  exitCodes,
  isThere,
  ownerFile,
  readEnvFile,
  type SettingsFile,
  SYSTEM_FILE,
} from '../../config/index.ts';
import { grantStatements } from '../../db/index.ts';
import type { Command } from '../command-context.ts';
import { type Answers, gatherAnswers, type InitOptions } from '../init/gather-answers.ts';
import { lookAtWhmcs, PREFIX, type WhmcsDatabase } from '../init/look-at-whmcs.ts';
import { writeSettings } from '../init/write-settings.ts';
import { accountOf, createStatement } from '../set-up-account.ts';
import type { Terminal } from '../terminal.ts';

/** Systemd makes it for the unit; a shell has to be told. */
const STATE_DIRECTORY = '/var/lib/creditbridge';

/**
 * Writes the settings of a new installation, after a look at the database. Where no account may make that of the service, it prints
 * the statements. Replaces nothing: where settings are already, it says which.
 */
export const initCommand: Command<InitOptions> = async (options, context) => {
  const { terminal } = context;
  const path = placeFor(context.settings);
  const already = [path, ownerFile(path)].filter(isThere);
  if (already.length > 0) {
    for (const file of already) terminal.err(describeFile(file));
    terminal.err('Nothing was changed. Edit what is there, or remove it and run this again.');
    return exitCodes.problem;
  }
  const answers = await gatherAnswers(options, context);
  const whmcs = await look(answers, terminal);
  if (whmcs?.isWhole === false) return exitCodes.database;
  const settings =
    path === SYSTEM_FILE
      ? { CREDITBRIDGE_STATE_DIRECTORY: STATE_DIRECTORY, ...answers.settings }
      : answers.settings;
  for (const line of writeSettings(path, { ...answers, settings })) terminal.err(line);
  if (answers.ownerUrl !== '') {
    terminal.err(
      'Next: `creditbridge migrate --grants` creates the tables, and the account of the service with its rights.',
    );
    return exitCodes.ok;
  }
  const account = accountOf(answers.settings['CREDITBRIDGE_DATABASE_URL'] ?? '', options.host);
  for (const statement of [createStatement(account), ...grantStatements(account)]) {
    terminal.out(`${statement};`);
  }
  terminal.err(
    'Next: `creditbridge migrate` creates the tables. Then have an administrator of the database run the statements above, which make the account of the service. On WHMCS 9 run `creditbridge grants` once more afterwards. With an administrator’s address, `creditbridge migrate --grants` does all of it.',
  );
  return exitCodes.ok;
};

function placeFor({ path, isNamed }: SettingsFile): string {
  const isRoot = process.getuid?.() === 0;
  return isRoot && !isNamed ? SYSTEM_FILE : path;
}

/** Which settings a file has; their values may be secret. */
function describeFile(path: string): string {
  try {
    const names = Object.keys(readEnvFile(path));
    return `${path} is there already, with ${names.join(', ') || 'no setting'}.`;
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    return `${path} is there already. ${error.problems.join(' ')}`;
  }
}

/** Looks at the database with the owner's account, and says what it is like; undefined where that is not possible yet. */
async function look(
  { settings, ownerUrl, isNewAccount }: Answers,
  terminal: Terminal,
): Promise<WhmcsDatabase | undefined> {
  const isOwner = ownerUrl !== '';
  if (!isOwner && isNewAccount) {
    terminal.err('The database was not tried: the account is made by the statements below.');
    return undefined;
  }
  const whmcs = await lookAtWhmcs(
    isOwner ? ownerUrl : (settings['CREDITBRIDGE_DATABASE_URL'] ?? ''),
  );
  const { server, found, missing, isActivated } = whmcs;
  terminal.err(
    `Database: ${server}; ${found} of WHMCS’s ${found + missing.length} tables seen, with the prefix ${PREFIX}.`,
  );
  // Without rights an account sees no table, and the service's account may have none yet.
  if (!isOwner) return undefined;
  if (missing.length > 0) terminal.err(whyNotWhmcs(whmcs));
  else if (!isActivated) {
    terminal.err(
      'The addon is not activated there yet: do that under Configuration > System Settings > Addon Modules before `creditbridge migrate`.',
    );
  }
  return whmcs;
}

function whyNotWhmcs({ missing, otherPrefix }: WhmcsDatabase): string {
  const lacks = `It lacks ${missing.join(', ')}.`;
  return otherPrefix === undefined
    ? `${lacks} Name the database of WHMCS, which configuration.php calls $db_name. Nothing was written.`
    : `${lacks} It has tables that begin with “${otherPrefix}” instead; WHMCS’s begin with ${PREFIX}, and Credit Bridge knows no other. Nothing was written.`;
}
