import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

// What has to be on the machine beside Node, for which command, and where to get it.
// Runs on the Node that happens to be there, before anything is installed.

/** Programs of the database and PHP-FPM live in sbin, which is not on every user's PATH. */
export const searchPath = [process.env.PATH, '/usr/local/sbin', '/usr/sbin', '/sbin']
  .filter(Boolean)
  .join(':');

/** The stand-in is written for PHP 8.2; the shim itself needs 7.2 only. */
const PHP_LOWEST = 80200;
const PHP_EXTENSIONS = ['curl', 'pdo_mysql', 'mbstring', 'dom'];

const everything = ['demo', 'test', 'bench', 'torture'];

export const requirements = [
  {
    what: 'MariaDB server (mariadbd, mariadb-install-db)',
    for: everything,
    found: () => onPath('mariadbd') && onPath('mariadb-install-db'),
    debian: ['mariadb-server-core', 'mariadb-client-core'],
    macos: 'brew install mariadb',
  },
  {
    what: `PHP 8.2 or newer with ${PHP_EXTENSIONS.join(', ')}`,
    for: everything,
    found: phpIsComplete,
    debian: ['php-cli', 'php-curl', 'php-mysql', 'php-mbstring', 'php-xml'],
    macos: 'brew install php',
  },
  {
    what: 'the database package of Laravel (Illuminate), which WHMCS calls Capsule',
    for: everything,
    found: () =>
      existsSync(
        process.env.ILLUMINATE_AUTOLOAD || '/usr/share/php/Illuminate/Database/autoload.php',
      ),
    debian: ['php-illuminate-database'],
    macos:
      'composer global require illuminate/database:^8, then ILLUMINATE_AUTOLOAD=~/.composer/vendor/autoload.php',
  },
  {
    what: 'Smarty 4, the template engine of WHMCS',
    for: everything,
    found: () =>
      existsSync(process.env.SMARTY_AUTOLOAD || '/usr/share/php/smarty4/Smarty.class.php'),
    debian: ['smarty4'],
    macos:
      'composer global require smarty/smarty:^4, then SMARTY_AUTOLOAD=~/.composer/vendor/autoload.php',
  },
  {
    what: 'PHP-FPM and cgi-fcgi',
    for: ['test', 'bench'],
    found: () => phpFpm() !== undefined && onPath('cgi-fcgi'),
    debian: ['php-fpm', 'libfcgi-bin'],
    macos: 'brew install php fcgi',
  },
  {
    what: 'PHPUnit and PHP_CodeSniffer',
    for: ['test'],
    found: () => onPath('phpunit') && onPath('phpcs'),
    debian: ['phpunit', 'php-codesniffer'],
    macos: 'brew install phpunit php-code-sniffer',
  },
  {
    what: 'openssl, which makes certificates',
    for: ['test'],
    found: () => onPath('openssl'),
    debian: ['openssl'],
    macos: 'brew install openssl',
  },
  {
    what: 'Chromium',
    for: ['test'],
    found: () => chromium() !== undefined,
    debian: ['chromium-headless-shell', 'fonts-liberation'],
    macos:
      'brew install --cask chromium, then CHROMIUM_PATH=/Applications/Chromium.app/Contents/MacOS/Chromium',
  },
];

/** The PHP-FPM program: Debian puts the version into its name. */
export function phpFpm() {
  const names = ['php-fpm', ...['8.5', '8.4', '8.3', '8.2'].map((version) => `php-fpm${version}`)];
  return names.find(onPath);
}

/**
 * The browser for the end-to-end tests; CHROMIUM_PATH decides when it is set. The shell is Chromium without what stands around
 * the page, and takes a third of the time.
 */
export function chromium() {
  const named = process.env.CHROMIUM_PATH;
  if (named) return existsSync(named) ? named : undefined;
  const programs = ['chromium-headless-shell', 'chromium', 'google-chrome'];
  return programs.map((name) => `/usr/bin/${name}`).find((path) => existsSync(path));
}

function onPath(program) {
  return searchPath.split(':').some((folder) => existsSync(`${folder}/${program}`));
}

function phpIsComplete() {
  const script = `echo PHP_VERSION_ID >= ${PHP_LOWEST} ? 'new' : 'old', ' ', implode(' ', get_loaded_extensions());`;
  const answer = spawnSync('php', ['-r', script], { encoding: 'utf8' });
  if (answer.status !== 0) return false;
  const [age, ...loaded] = answer.stdout.toLowerCase().split(' ');
  return age === 'new' && PHP_EXTENSIONS.every((extension) => loaded.includes(extension));
}
