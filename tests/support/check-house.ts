import { problemsOf } from './house.ts';

// A part of `npm run check`. It fails on an import against the layout, on a circle of imports, and where the id of a
// built-in rule stands outside of that rule's own file.

const problems = problemsOf('.');
for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exitCode = 1;
