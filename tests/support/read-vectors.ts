import { readFileSync } from 'node:fs';

const BRIDGE = new URL('../../bridge/', import.meta.url);

/**
 * The cases of a file in `bridge/vectors`, which the shim's tests run as well. The caller says what a case
 * looks like; a file that disagrees fails its test.
 */
export function readVectors<Case>(name: string): readonly Case[] {
  return JSON.parse(readFileSync(new URL(`vectors/${name}`, BRIDGE), 'utf8'));
}

/** The contract's page. */
export function readContract(): string {
  return readFileSync(new URL('README.md', BRIDGE), 'utf8');
}
