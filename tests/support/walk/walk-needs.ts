import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Programs of the walk, with Debian's packages. */
const PROGRAMS = { 'systemd-nspawn': 'systemd-container', debootstrap: 'debootstrap' };

/** What the walk needs and this machine lacks, a sentence each; none when it can begin. */
export function walkLacks(): readonly string[] {
  const programs = Object.entries(PROGRAMS).flatMap(([program, from]) =>
    isThere(program)
      ? []
      : [`The walk needs ${program}, which is not on this machine: \`apt-get install ${from}\`.`],
  );
  return process.getuid?.() === 0
    ? programs
    : ['The walk boots machines, so run it as root.', ...programs];
}

function isThere(program: string): boolean {
  return (process.env['PATH'] ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
