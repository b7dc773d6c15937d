import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { BillingServer } from '../support/walk/billing-server.ts';
import { createHands } from '../support/walk/hands.ts';
import type { Machine } from '../support/walk/machine.ts';
import { readSteps } from '../support/walk/read-document.ts';

const nowhere = { root: '/nowhere' } as Machine;
const nobody = { url: 'http://127.0.0.1/' } as BillingServer;

test('each step that the nightly walk does by hand stands in the document under its title', () => {
  const document = readFileSync('docs/operators.md', 'utf8');
  for (const step of Object.keys(createHands(nowhere, nobody, '').steps)) {
    const [heading = '', title = ''] = step.split(': ');
    const titles = readSteps(document, `## ${heading}`).map((one) => one.title);
    expect(titles).toContain(title);
  }
});

test('the walk reads the blocks of a section in their order, set in or not, and no other language', () => {
  const lines = [
    '## Do it',
    '```sh',
    'one',
    '```',
    '1. **First.** Words',
    '',
    '   ```sh',
    '   two \\',
    '     more',
    '   ```',
    '',
    '   ```sql',
    '   SELECT 1',
    '   ```',
    '2. **Then** words',
    '## Another',
    '```sh',
    'never',
    '```',
  ];
  expect(readSteps(lines.join('\n'), '## Do it')).toEqual([
    { title: '', blocks: ['one'] },
    { title: 'First', blocks: ['two \\\n  more'] },
    { title: 'Then', blocks: [] },
  ]);
});
