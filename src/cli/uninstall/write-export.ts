import { once } from 'node:events';
import { chmod, mkdir, open } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { type ApiContext, exportEntries, exportGrants } from '../../api/index.ts';
import { newId } from '../../base/index.ts';
import { exitCodes } from '../../config/index.ts';
import type { Db } from '../../db/index.ts';
import { writeFile } from '../endpoint/write-file.ts';
import type { Terminal } from '../terminal.ts';

/** Rows of the audit that are read at once. */
const ROWS_AT_ONCE = 2_000;

/**
 * Writes what Credit Bridge knows and WHMCS does not into a new folder that only its owner may open: the ledger as CSV files, the
 * audit as a JSON object per line, with what its chain can be checked by. Returns the exit code.
 */
export async function writeExport(
  folder: string,
  api: ApiContext,
  terminal: Terminal,
): Promise<number> {
  if (!(await makeNew(folder))) {
    terminal.err(`${folder} is there already, or cannot be made. Name a new folder.`);
    return exitCodes.problem;
  }
  for (const endpoint of [exportEntries, exportGrants]) {
    const caller = { kind: 'cli', user: userInfo().username } as const;
    const call = {
      params: {},
      query: {},
      body: undefined,
      caller,
      idempotencyKey: '',
      id: newId(),
    };
    const answer = await endpoint.answer(call, api);
    if (answer.kind !== 'csv') throw new TypeError(`${endpoint.name} answers no file.`);
    const path = join(folder, answer.fileName);
    const code = await writeFile(answer, path, terminal);
    if (code !== exitCodes.ok) return code;
  }
  const audit = join(folder, 'audit.jsonl');
  terminal.err(`${await writeAudit(api.db, audit)} rows written to ${audit}.`);
  return exitCodes.ok;
}

/** An export from before is never overwritten. */
async function makeNew(folder: string): Promise<boolean> {
  try {
    await mkdir(folder);
    await chmod(folder, 0o700);
    return true;
  } catch {
    return false;
  }
}

async function writeAudit(db: Db, path: string): Promise<number> {
  const file = (await open(path, 'wx')).createWriteStream();
  let count = 0;
  for (let after = 0n; ; ) {
    const rows = await db
      .selectFrom('mod_creditbridge_audit')
      .selectAll()
      .where('sequence', '>', after)
      .orderBy('sequence')
      .limit(ROWS_AT_ONCE)
      .execute();
    const lines = rows.map(({ sequence, salt, digest, link, ...row }) => {
      const [inHex, digestHex, linkHex] = [salt, digest, link].map((bytes) =>
        bytes?.toString('hex'),
      );
      const one = {
        sequence: String(sequence),
        ...row,
        salt: inHex,
        digest: digestHex,
        link: linkHex,
      };
      return `${JSON.stringify(one)}\n`;
    });
    if (!file.write(lines.join(''))) await once(file, 'drain');
    count += rows.length;
    const last = rows.at(-1);
    if (last === undefined || rows.length < ROWS_AT_ONCE) break;
    after = last.sequence;
  }
  file.end();
  await once(file, 'close');
  return count;
}
