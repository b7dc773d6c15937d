/** PHP and the programs of MariaDB read `localhost` as "the Unix socket", whatever port is given beside it. */
export function hostByNumber(host: string): string {
  return host === 'localhost' ? '127.0.0.1' : host;
}
