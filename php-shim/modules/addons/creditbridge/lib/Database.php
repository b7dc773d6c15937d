<?php

declare(strict_types=1);

namespace WHMCS\Module\Addon\Creditbridge;

use Throwable;
use WHMCS\Database\Capsule;

/**
 * Statements on WHMCS's own connection. All times are the database's UTC, so that several servers agree.
 */
final class Database
{
    /** Format of DATETIME(6) columns. */
    const NOW = 'UTC_TIMESTAMP(6)';

    /**
     * Whether WHMCS (or another module) has a transaction open. The shim then sends and executes nothing (design §4).
     */
    public static function inTransaction(): bool
    {
        $connection = Capsule::connection();
        return $connection->transactionLevel() > 0 || $connection->getPdo()->inTransaction();
    }

    /** Runs a statement that changes rows. Returns how many. */
    public static function change(string $sql, array $bindings = []): int
    {
        return (int) Capsule::connection()->affectingStatement($sql, $bindings);
    }

    /**
     * Runs a statement with one round trip instead of two: nothing is prepared. Only for values that need no escaping, so
     * that they mean the same in every character set and sql_mode; with others the statement is prepared as usual.
     */
    public static function changeAtOnce(string $sql, array $bindings): void
    {
        if (preg_match('/[^ -~]|[\'\\\\]/', implode('', $bindings)) === 1) {
            self::change($sql, $bindings);
            return;
        }
        $parts = explode('?', $sql);
        $text = array_shift($parts);
        foreach ($parts as $index => $part) {
            $value = $bindings[$index];
            $text .= (is_int($value) ? $value : "'" . $value . "'") . $part;
        }
        Capsule::connection()->unprepared($text);
    }

    /** The first row as an array, or null. */
    public static function row(string $sql, array $bindings = [])
    {
        $row = Capsule::connection()->selectOne($sql, $bindings, false);
        return $row === null ? null : (array) $row;
    }

    /** All rows as arrays. */
    public static function rows(string $sql, array $bindings = []): array
    {
        return array_map(static function ($row): array {
            return (array) $row;
        }, Capsule::connection()->select($sql, $bindings, false));
    }

    /** The first column of the first row, or null. */
    public static function value(string $sql, array $bindings = [])
    {
        $row = self::row($sql, $bindings);
        return $row === null ? null : reset($row);
    }

    /** Tables of the service are not there before it was installed. */
    public static function hasTable(string $name): bool
    {
        return self::value(
            'SELECT 1 FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = ?',
            [$name]
        ) !== null;
    }

    /** `?,?,?` for a list of bindings. */
    public static function marks(array $values): string
    {
        return implode(',', array_fill(0, count($values), '?'));
    }

    /**
     * Repeats a single, self-contained statement after a deadlock (1213) or a lock timeout (1205).
     * @throws Throwable after the third attempt, and at once for every other fault
     */
    public static function retry(callable $act)
    {
        for ($attempt = 1;; $attempt++) {
            try {
                return $act();
            } catch (Throwable $fault) {
                if ($attempt === 3 || !preg_match('/\b(1213|1205)\b/', $fault->getMessage())) {
                    throw $fault;
                }
                usleep(random_int(1000, 20000) * $attempt);
            }
        }
    }
}
