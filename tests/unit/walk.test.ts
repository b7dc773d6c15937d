import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { BillingServer } from '../support/walk/billing-server.ts';
import { createHands } from '../support/walk/hands.ts';
import type { Machine } from '../support/walk/machine.ts';
import { NEW, newActs, OLD, oldActs } from '../support/walk/move.ts';
import { readSteps } from '../support/walk/read-document.ts';
import type { Walk } from '../support/walk/walk.ts';

const nowhere = { root: '/nowhere' } as Machine;
const nobody = { url: 'http://127.0.0.1/' } as BillingServer;

test('each step that the nightly walk does by hand stands in the document under its title', () => {
  const document = readFileSync('docs/operators.md', 'utf8');
  const titles = (heading: string) => readSteps(document, heading).map(({ title }) => title);
  for (const step of Object.keys(createHands(nowhere, nobody, '').steps)) {
    const [heading = '', title = ''] = step.split(': ');
    expect(titles(`## ${heading}`)).toContain(title);
  }
  const walk = { machine: nowhere, billing: nobody } as Walk;
  const moving = { from: walk, to: walk, ports: { web: 0, database: 0 } };
  expect(titles(OLD)).toEqual(expect.arrayContaining(Object.keys(oldActs(moving))));
  expect(titles(NEW)).toEqual(expect.arrayContaining(Object.keys(newActs(moving))));
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
