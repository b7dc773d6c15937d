<?php

declare(strict_types=1);

namespace WHMCS\Module\Addon\Creditbridge\Installation;

use PDO;
use Throwable;
use WHMCS\Database\Capsule;
use WHMCS\Module\Addon\Creditbridge\Database;

/**
 * Where the database is, as its server tells (bridge/README.md "The place of a database"). A restored dump has the same
 * rows at another place.
 */
final class Place
{
    /** @var PDO|null the connection that was asked; a new one may lead to another server */
    private static $connection;
    /** @var array */
    private static $place = [];

    /** @return array{server: string, host: string, port: int, directory: string, name: string} */
    public static function current(): array
    {
        $connection = Capsule::connection()->getPdo();
        if (self::$connection !== $connection) {
            self::$place = self::read(stripos((string) $connection->getAttribute(PDO::ATTR_SERVER_VERSION), 'mariadb') !== false);
            self::$connection = $connection;
        }
        return self::$place;
    }

    /** A server that tells no id, as older ones do, is known by the rest. */
    public static function isSame(array $one, array $other): bool
    {
        $server = (string) ($one['server'] ?? '');
        $otherServer = (string) ($other['server'] ?? '');

        return self::rest($one) === self::rest($other)
            && ($server === $otherServer || $server === '' || $otherServer === '');
    }

    /** In words, for an admin. */
    public static function describe(array $place): string
    {
        list($host, $port, $directory) = self::rest($place);

        return 'database ' . ($place['name'] ?? '') . ' on ' . $host . ', port ' . $port . ', in ' . $directory;
    }

    private static function read(bool $isMariaDb): array
    {
        $columns = '@@hostname AS host, @@port AS port, @@datadir AS directory, DATABASE() AS name';
        try {
            $row = Database::row('SELECT ' . ($isMariaDb ? '@@server_uid' : '@@server_uuid') . ' AS server, ' . $columns);
        } catch (Throwable $tellsNoId) {
            $row = Database::row("SELECT '' AS server, " . $columns);
        }
        return [
            'server' => (string) $row['server'],
            'host' => (string) $row['host'],
            'port' => (int) $row['port'],
            'directory' => (string) $row['directory'],
            'name' => (string) $row['name'],
        ];
    }

    /** Some servers store every name in small letters. */
    private static function rest(array $place): array
    {
        return [
            strtolower((string) ($place['host'] ?? '')),
            (int) ($place['port'] ?? 0),
            (string) ($place['directory'] ?? ''),
            strtolower((string) ($place['name'] ?? '')),
        ];
    }
}
