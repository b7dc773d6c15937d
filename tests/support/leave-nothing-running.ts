import { afterAll } from 'vitest';
import { removeFolders, stopEverything } from './processes.ts';

// Registered before any hook of the test file, so it runs after them.
afterAll(async () => {
  const left = await stopEverything();
  removeFolders();
  if (left.length > 0) throw new Error(`The test file left running: ${left.join(', ')}.`);
});
