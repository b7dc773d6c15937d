import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

const TESTS = join(import.meta.dirname, '..');

/** Seconds of CPU time of the files that take the most, about; `npm test` prints how long each file took. */
const LONGEST: Readonly<Record<string, number>> = {};

/** Starts the longest files first, so that none of them runs alone at the end while other cores have nothing to do. */
export class LongestFirst extends BaseSequencer {
  constructor(...args: ConstructorParameters<typeof BaseSequencer>) {
    super(...args);
    const gone = Object.keys(LONGEST).filter((file) => !existsSync(join(TESTS, file)));
    if (gone.length > 0) throw new Error(`longest-first.ts names files that are gone: ${gone}.`);
  }

  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const seconds = ({ moduleId }: TestSpecification) =>
      LONGEST[moduleId.slice(TESTS.length + 1)] ?? 0;
    return files.toSorted((one, other) => seconds(other) - seconds(one));
  }
}
