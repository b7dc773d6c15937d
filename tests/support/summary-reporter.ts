import type { Reporter, TestCase, TestModule, TestRunEndReason } from 'vitest/node';

/**
 * Prints what was skipped, with the reason given to `context.skip(reason)`, and as the very last line
 * the sum in a form that a person and a script can read: `Tests: 12 passed, 0 failed, 1 skipped`.
 */
export class SummaryReporter implements Reporter {
  onTestRunEnd(
    modules: readonly TestModule[],
    errors: readonly unknown[],
    reason: TestRunEndReason,
  ): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const count = (state: string) => tests.filter((test) => test.result().state === state).length;
    const skipped = tests.filter((test) => test.result().state === 'skipped');
    // A file that could not be loaded and an error outside of any test count as failures too.
    const broken = modules.filter((module) => module.errors().length > 0).length + errors.length;
    // A global set-up that throws is reported by `reason` alone.
    const failed = Math.max(count('failed') + broken, reason === 'passed' ? 0 : 1);
    // Vitest's own reporter writes its summary in the same hook; the sum comes after it, at exit.
    process.once('exit', (code) => {
      // A global tear-down that throws is told by the exit code alone.
      const sum = Math.max(failed, code === 0 ? 0 : 1);
      const lines = [
        ...skipped.map((test) => `Skipped: ${describe(test)}`),
        `Tests: ${count('passed')} passed, ${sum} failed, ${skipped.length} skipped`,
      ];
      process.stdout.write(`${lines.join('\n')}\n`);
    });
  }
}

function describe(test: TestCase): string {
  const result = test.result();
  const reason = result.state === 'skipped' ? result.note : undefined;
  return `${test.module.relativeModuleId} > ${test.fullName} (${reason ?? 'no reason given'})`;
}
