<?php

declare(strict_types=1);

namespace CreditBridge\Tests\Support;

use PDO;
use PDOException;
use RuntimeException;

/**
 * A MariaDB server for this test run: on the address CREDITBRIDGE_TEST_DATABASE names, or our own in a temporary
 * folder.
 */
final class PrivateDatabase
{
    /** @return array{host: string, port: int, user: string, password: string} */
    public static function address(): array
    {
        $url = parse_url((string) getenv('CREDITBRIDGE_TEST_DATABASE'));
        if (isset($url['host'])) {
            return [
                'host' => $url['host'],
                'port' => $url['port'] ?? 3306,
                'user' => rawurldecode($url['user'] ?? 'root'),
                'password' => rawurldecode($url['pass'] ?? ''),
            ];
        }
        return self::start();
    }

    private static function start(): array
    {
        $folder = Folder::temporary('creditbridge-phpunit-mariadb-');
        $user = posix_getpwuid(posix_geteuid())['name'];
        $common = ['--no-defaults', '--datadir=' . $folder . '/data', '--user=' . $user];
        $install = new Process(array_merge(
            ['mariadb-install-db'],
            $common,
            ['--auth-root-authentication-method=normal', '--skip-test-db']
        ));
        if ($install->wait() !== 0) {
            throw new RuntimeException('mariadb-install-db failed: ' . $install->output());
        }
        $port = FreePort::find();
        $server = new Process(array_merge(['mariadbd'], $common, [
            '--socket=' . $folder . '/s', '--port=' . $port, '--bind-address=127.0.0.1', '--skip-name-resolve',
            '--pid-file=' . $folder . '/pid', '--innodb-log-file-size=8M', '--innodb-flush-log-at-trx-commit=2',
        ]));
        register_shutdown_function([$server, 'stop']);
        $pdo = self::waitFor($server, $folder . '/s');
        $pdo->exec("CREATE USER whmcs@'%' IDENTIFIED BY 'whmcs'; GRANT ALL ON *.* TO whmcs@'%'");

        return ['host' => '127.0.0.1', 'port' => $port, 'user' => 'whmcs', 'password' => 'whmcs'];
    }

    private static function waitFor(Process $server, string $socket): PDO
    {
        for ($look = 0; $look < 300; $look++) {
            if (!$server->isRunning()) {
                throw new RuntimeException('mariadbd ended: ' . $server->output());
            }
            try {
                return new PDO('mysql:unix_socket=' . $socket, 'root', '', [PDO::ATTR_ERRMODE => PDO::ERRMODE_EXCEPTION]);
            } catch (PDOException $notYet) {
                usleep(50000);
            }
        }
        throw new RuntimeException('mariadbd did not come up: ' . $server->output());
    }
}
