import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

/** The folder of the repository. */
export const ROOT = join(import.meta.dirname, '../../..');

const manifest = z.object({
  name: z.string(),
  version: z.string(),
  description: z.string(),
  license: z.string(),
  homepage: z.url().optional(),
  type: z.string(),
  engines: z.record(z.string(), z.string()),
  bin: z.record(z.string(), z.string()),
  dependencies: z.record(z.string(), z.string()),
  optionalDependencies: z.record(z.string(), z.string()),
});

/** What package.json says: the one place of name, version, licence and homepage. */
export const project = manifest.parse(JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')));
