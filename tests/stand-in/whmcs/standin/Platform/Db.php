<?php

declare(strict_types=1);

namespace StandIn\Platform;

use Illuminate\Database\Connection;
use Illuminate\Database\Query\Builder;
use PDO;
use WHMCS\Database\Capsule;

/** The stand-in's connections: the one WHMCS shares with modules, core's own where a switch says so, and one for logs. */
final class Db
{
    private static ?PDO $side = null;

    public static function connect(): void
    {
        Connection::resolverFor('mysql', static fn ($pdo, $database, $prefix, $config): CoreConnection
            => new CoreConnection($pdo, $database, $prefix, $config));
        $capsule = new Capsule();
        $options = [
            'driver' => 'mysql', 'host' => Instance::get('db_host'), 'port' => Instance::get('db_port'),
            'database' => Instance::get('db_name'), 'username' => Instance::get('db_username'),
            'password' => Instance::get('db_password'),
            // Tables are utf8mb3 and full of zero dates, so WHMCS relaxes its session (whmcs.md §5).
            'charset' => 'utf8', 'collation' => 'utf8_unicode_ci', 'prefix' => '', 'modes' => [],
        ];
        $capsule->addConnection($options);
        $capsule->addConnection($options, 'core');
        $capsule->setAsGlobal();
        $capsule->bootEloquent();
    }

    /**
     * The connection core writes on. WHMCS is believed to use Capsule's for localAPI too; design §7.3 measures it,
     * so the other position must exist (switch api_connection).
     */
    public static function connection(): CoreConnection
    {
        $connection = Capsule::connection(Switches::get('api_connection') === 'separate' ? 'core' : null);
        assert($connection instanceof CoreConnection);
        return $connection;
    }

    public static function table(string $table): Builder
    {
        return self::connection()->table($table);
    }

    /** A connection outside of every transaction, for logs and switches, which must survive a rollback. */
    public static function side(): PDO
    {
        if (self::$side === null) {
            $dsn = sprintf(
                'mysql:host=%s;port=%s;dbname=%s;charset=utf8mb4',
                Instance::get('db_host'),
                Instance::get('db_port'),
                Instance::get('db_name')
            );
            self::$side = new PDO($dsn, Instance::get('db_username'), Instance::get('db_password'), [
                PDO::ATTR_ERRMODE => PDO::ERRMODE_EXCEPTION,
                PDO::MYSQL_ATTR_INIT_COMMAND => "SET SESSION sql_mode = ''",
            ]);
        }
        return self::$side;
    }

    /** @param list<string|int|null> $values */
    public static function sideRun(string $sql, array $values): void
    {
        self::side()->prepare($sql)->execute($values);
    }
}
