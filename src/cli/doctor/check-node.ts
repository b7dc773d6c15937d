import type { Check } from './check.ts';

/** The first version that runs TypeScript without being asked to. */
const OLDEST = { major: 22, minor: 18 };

export function checkNode(version: string): Check {
  const [major = 0, minor = 0] = version.replace('v', '').split('.').map(Number);
  const old = major < OLDEST.major || (major === OLDEST.major && minor < OLDEST.minor);
  return old
    ? {
        name: 'Node',
        level: 'bad',
        says: `${version} is too old.`,
        remedy: `Use Node 24, at least ${OLDEST.major}.${OLDEST.minor}; \`npm ci\` brings one along for npm scripts.`,
      }
    : { name: 'Node', level: 'good', says: `${version}.` };
}
