import type { z } from 'zod';
import type { Db } from '../db/index.ts';
import { findApproval } from '../operations/index.ts';
import { ApiError } from './api-error.ts';
import { createPresent } from './present.ts';
import type { approval } from './schemas.ts';

/** @throws {ApiError} `approval-unknown` */
export async function findProposal(db: Db, id: string): Promise<z.output<typeof approval>> {
  const row = await findApproval(db, id);
  if (row === undefined) throw new ApiError('approval-unknown', `There is no proposal ${id}.`);
  return (await createPresent(db)).approval(row);
}
