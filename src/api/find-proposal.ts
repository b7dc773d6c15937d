import type { z } from 'zod';
import type { Db } from '../db/index.ts';
import { findApproval } from '../operations/index.ts';
import type { Refuse } from './api-error.ts';
import { createPresent } from './present.ts';
import type { approval } from './schemas.ts';

/** @throws {ApiError} `approval-unknown` */
export async function findProposal(
  db: Db,
  id: string,
  refuse: Refuse<'approval-unknown'>,
): Promise<z.output<typeof approval>> {
  const row = await findApproval(db, id);
  if (row === undefined) throw refuse('approval-unknown', `There is no proposal ${id}.`);
  return (await createPresent(db)).approval(row);
}
