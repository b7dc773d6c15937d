import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../release/project.ts';

/** Kept between runs: making it takes some minutes. Remove the folder to have it made anew. */
const BASE = join(ROOT, '.cache/debian');
const SYSTEM = 'systemd,systemd-sysv,dbus,ca-certificates,cron,logrotate';
/** What a server of WHMCS has anyway; the last one is an old Node, as Debian brings it. */
const OF_WHMCS =
  'mariadb-server php-cli php-curl php-mysql php-mbstring php-xml php-illuminate-database smarty4 nodejs';
/** Debian's installers say much, which is shown only when one fails. */
const OUTPUT_BYTES = 2 ** 26;
const AUTHORITIES = '/etc/ssl/certs/ca-certificates.crt';

/** The folder of a fresh Debian 12 with MariaDB and PHP. Needs root, `debootstrap`, and a mirror of Debian. */
export function debianBase(): string {
  if (existsSync(BASE)) return BASE;
  const making = `${BASE}.making`;
  rmSync(making, { recursive: true, force: true });
  const run = (command: string, ...args: readonly string[]) =>
    execFileSync(command, args, { stdio: 'pipe', maxBuffer: OUTPUT_BYTES });
  run('debootstrap', '--variant=minbase', `--include=${SYSTEM}`, 'bookworm', making);
  // Whoever reaches the mirrors only through a proxy trusts its authority.
  cpSync(AUTHORITIES, join(making, AUTHORITIES));
  cpSync('/etc/resolv.conf', join(making, 'etc/resolv.conf'));
  const install = `export DEBIAN_FRONTEND=noninteractive
    printf '#!/bin/sh\\nexit 101\\n' > /usr/sbin/policy-rc.d && chmod 755 /usr/sbin/policy-rc.d
    apt-get update -qq && apt-get install -y -qq --no-install-recommends ${OF_WHMCS}
    rm /usr/sbin/policy-rc.d
    # The machine is thrown away: nobody waits for its disk.
    echo force-unsafe-io > /etc/dpkg/dpkg.cfg.d/unsafe-io`;
  run('chroot', making, 'sh', '-ec', install);
  renameSync(making, BASE);
  return BASE;
}
