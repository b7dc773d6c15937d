<?php

declare(strict_types=1);

namespace CreditBridge\Tests\Support;

use PDO;

/**
 * A stand-in WHMCS with the unmodified shim, in a temporary folder, with its own database. Files are copied, not
 * linked, because the shim finds WHMCS by its own folder.
 */
final class Instance
{
    /** @return string its document root */
    public static function create(): string
    {
        $address = PrivateDatabase::address();
        $name = 'creditbridge_phpunit_' . bin2hex(random_bytes(4));
        self::fill($address, $name);

        $folder = Folder::temporary('creditbridge-phpunit-');
        $root = $folder . '/whmcs';
        $repository = dirname(__DIR__, 3);
        Folder::copy($repository . '/tests/stand-in/whmcs', $root);
        Folder::copy($repository . '/php-shim/modules', $root . '/modules');
        $values = [
            'db_host' => $address['host'],
            'db_port' => (string) $address['port'],
            'db_username' => $address['user'],
            'db_password' => $address['password'],
            'db_name' => $name,
            'cc_encryption_hash' => bin2hex(random_bytes(32)),
            'timezone' => 'Europe/Berlin',
        ];
        foreach (['templates_compiledir' => 'templates_c', 'sessions' => 'sessions', 'logs' => 'logs'] as $key => $sub) {
            mkdir($folder . '/' . $sub);
            $values[$key] = $folder . '/' . $sub;
        }
        file_put_contents($root . '/configuration.php', '<?php return ' . var_export($values, true) . ';');

        return $root;
    }

    private static function fill(array $address, string $name): void
    {
        $pdo = new PDO(
            'mysql:host=' . $address['host'] . ';port=' . $address['port'],
            $address['user'],
            $address['password'],
            [PDO::ATTR_ERRMODE => PDO::ERRMODE_EXCEPTION]
        );
        $pdo->exec('CREATE DATABASE ' . $name . ' CHARACTER SET utf8mb3');
        register_shutdown_function(static function () use ($pdo, $name): void {
            try {
                $pdo->exec('DROP DATABASE ' . $name);
            } catch (\PDOException $serverHasEnded) {
                return;
            }
        });
        $pdo->exec('USE ' . $name);
        $pdo->exec("SET @today = '" . date('Y-m-d') . "'");
        foreach (['schema.sql', 'triggers.sql', 'seed.sql'] as $file) {
            $statement = $pdo->query((string) file_get_contents(dirname(__DIR__, 3) . '/tests/stand-in/' . $file));
            while ($statement->nextRowset()) {
                continue;
            }
        }
    }
}
