import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/**
 * Which process listens on a TCP port, in words such as `nginx (process 812)`. Only Linux tells, and
 * only of processes we may look into; otherwise undefined.
 */
export function portOwner(port: number): string | undefined {
  const inode = listeningInode(port);
  if (inode === undefined) return undefined;
  for (const pid of entries('/proc').filter((name) => /^\d+$/.test(name))) {
    const holds = entries(`/proc/${pid}/fd`).some(
      (fd) => link(`/proc/${pid}/fd/${fd}`) === `socket:[${inode}]`,
    );
    if (holds) return `${commandOf(pid)} (process ${pid})`;
  }
  return undefined;
}

/** The socket's number in the kernel's list; a line holds address:port in hexadecimal, 0A means listening. */
function listeningInode(port: number): string | undefined {
  const wanted = port.toString(16).toUpperCase().padStart(4, '0');
  for (const file of ['/proc/net/tcp', '/proc/net/tcp6']) {
    for (const line of text(file).split('\n').slice(1)) {
      const [, local, , state, , , , , , inode] = line.trim().split(/\s+/);
      if (state === '0A' && local?.endsWith(`:${wanted}`)) return inode;
    }
  }
  return undefined;
}

function commandOf(pid: string): string {
  const words = text(`/proc/${pid}/cmdline`).split('\0').filter(Boolean);
  return words.slice(0, 3).join(' ') || text(`/proc/${pid}/comm`).trim();
}

// Processes come and go, and others' files are not ours to read: what cannot be read is empty.
function entries(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function text(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

function link(file: string): string {
  try {
    return readlinkSync(file);
  } catch {
    return '';
  }
}
