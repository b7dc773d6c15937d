<?php

declare(strict_types=1);

namespace WHMCS\Module\Addon\Creditbridge;

use PDO;
use PDOStatement;
use WHMCS\Database\Capsule;

/**
 * Statements on WHMCS's own connection, prepared once per process. A command needs a dozen of them. Capsule would
 * prepare each of them every time, which doubles the round trips to the database.
 */
final class Prepared
{
    /** @var PDO|null the connection of the statements; Capsule replaces a lost connection */
    private static $pdo;
    /** @var PDOStatement[] by SQL text */
    private static $statements = [];

    /**
     * Runs a statement and returns how many rows it changed. Outside a transaction it retries after a deadlock. Inside
     * a transaction the caller must retry, because the server has rolled back all of it.
     */
    public static function change(string $sql, array $bindings): int
    {
        if (Database::inTransaction()) {
            return self::run($sql, $bindings)->rowCount();
        }
        return Database::retry(static function () use ($sql, $bindings): int {
            return self::run($sql, $bindings)->rowCount();
        });
    }

    /** The first row, or null. */
    public static function row(string $sql, array $bindings = [])
    {
        return self::rows($sql, $bindings)[0] ?? null;
    }

    public static function rows(string $sql, array $bindings = []): array
    {
        return self::run($sql, $bindings)->fetchAll(PDO::FETCH_ASSOC);
    }

    private static function run(string $sql, array $bindings): PDOStatement
    {
        $pdo = Capsule::connection()->getPdo();
        if (self::$pdo !== $pdo) {
            self::$pdo = $pdo;
            self::$statements = [];
        }
        if (!isset(self::$statements[$sql])) {
            self::$statements[$sql] = $pdo->prepare($sql);
        }
        self::$statements[$sql]->execute(array_values($bindings));

        return self::$statements[$sql];
    }
}
