import { problemsOf } from './house.ts';
import { missingTests } from './named-tests.ts';

// A part of `npm run check`. It fails on an import against the layout, on a circle of imports, where the id of a built-in
// rule stands outside of that rule's own file, and where a page about security names a test that is gone.

const problems = [...problemsOf('.'), ...missingTests()];
for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exitCode = 1;
