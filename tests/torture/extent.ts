/**
 * Whether the crash matrix takes each statement as a point to die at, as `npm run torture -- --matrix` does. `npm test` takes those
 * after which something is different: between two of them the database holds the same, so a death there leaves the same behind.
 */
export const isWholeMatrix = process.env['CRASH_MATRIX'] === 'whole';
