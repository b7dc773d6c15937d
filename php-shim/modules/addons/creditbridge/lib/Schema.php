<?php

declare(strict_types=1);

namespace WHMCS\Module\Addon\Creditbridge;

use Throwable;

/**
 * Creates and upgrades the shared tables. tables.sql beside this file is a copy of bridge/tables.sql. One test compares
 * the two byte by byte, another compares the live database with them.
 */
final class Schema
{
    /** The number in tables.sql and in settings.schema_number. */
    const NUMBER = 2;
    /** The oldest tables that these files work with. */
    const OLDEST = 1;

    /** Columns that later schemas added: table, column, definition as in tables.sql, and the column before it. */
    const ADDED = [
        ['settings', 'breaker_host', "VARCHAR(190) NOT NULL DEFAULT ''", 'breaker_reason'],
        ['settings', 'trial_open', 'TEXT NULL', 'trial'],
        ['commands', 'requires_fact', 'VARCHAR(190) CHARACTER SET ascii NULL', 'after_fact'],
        ['settings', 'halted', "VARCHAR(16) CHARACTER SET ascii NOT NULL DEFAULT ''", 'service_version'],
        ['settings', 'halted_reason', "VARCHAR(500) NOT NULL DEFAULT ''", 'halted'],
    ];

    /** Indexes that later schemas added: table, name and columns as in tables.sql. */
    const INDEXES = [
        ['commands', 'settled', 'action, state, settled_at'],
    ];

    /**
     * Changing a table waits for every transaction that has read it, and every page that comes then waits behind the change: by
     * default for a day. After this time it gives up, and the next cron call tries again.
     */
    const WAIT_SECONDS = 2;

    /** @var bool */
    private static $isCurrent = false;

    /** @var string[]|null table → the statement that creates it */
    private static $statements;

    /** Creates missing tables. Safe to repeat at any time. */
    public static function create(): void
    {
        foreach (self::statements() as $statement) {
            Database::change(str_replace('CREATE TABLE ', 'CREATE TABLE IF NOT EXISTS ', $statement));
        }
    }

    /** @return string[] the names of the shared tables */
    public static function tables(): array
    {
        return array_keys(self::statements());
    }

    /**
     * Brings older tables to this schema and stores its number. Does nothing if they are current.
     *
     * New files work with old tables until this has run (in cron, or when an admin opens the addon page). So a later
     * schema only adds tables, indexes, and columns with defaults (`ADD COLUMN IF NOT EXISTS` is MariaDB only). Does nothing
     * inside a transaction of WHMCS, because changing a table would commit it.
     */
    public static function upgrade(Settings $settings): void
    {
        if ($settings->number('schema_number') >= self::NUMBER || Database::inTransaction()) {
            return;
        }
        $before = (int) Database::value('SELECT @@SESSION.lock_wait_timeout');
        Database::change('SET SESSION lock_wait_timeout = ' . self::WAIT_SECONDS);
        try {
            self::bringUp($settings);
        } finally {
            Database::change('SET SESSION lock_wait_timeout = ' . $before);
        }
    }

    private static function bringUp(Settings $settings): void
    {
        self::create();
        foreach (self::ADDED as list($table, $column, $type, $behind)) {
            self::add('mod_creditbridge_' . $table, $column, $type . ' AFTER ' . $behind);
        }
        foreach (self::INDEXES as list($table, $name, $columns)) {
            self::addIndex('mod_creditbridge_' . $table, $name, $columns);
        }
        $settings->write(['schema_number' => self::NUMBER]);
        $settings->reload();
    }

    /** Whether the tables have what this schema added. Until then the shim works like the version before it. */
    public static function isCurrent(): bool
    {
        if (!self::$isCurrent) {
            $number = Database::value('SELECT schema_number FROM mod_creditbridge_settings WHERE id = 1');
            self::$isCurrent = (int) $number >= self::NUMBER;
        }
        return self::$isCurrent;
    }

    /** Makes the next isCurrent() ask the database again. */
    public static function forget(): void
    {
        self::$isCurrent = false;
    }

    private static function statements(): array
    {
        if (self::$statements === null) {
            $sql = (string) preg_replace('/^--.*$/m', '', (string) file_get_contents(__DIR__ . '/tables.sql'));
            self::$statements = [];
            foreach (preg_split('/;\s*\n/', $sql) as $statement) {
                if (preg_match('/CREATE TABLE (\w+)/', $statement, $table) === 1) {
                    self::$statements[$table[1]] = trim($statement);
                }
            }
        }
        return self::$statements;
    }

    private static function add(string $table, string $column, string $definition): void
    {
        if (self::has($table, $column)) {
            return;
        }
        try {
            Database::change('ALTER TABLE ' . $table . ' ADD COLUMN ' . $column . ' ' . $definition);
        } catch (Throwable $fault) {
            // Cron and the addon page may upgrade at the same time; the second finds the column present.
            if (!self::has($table, $column)) {
                throw $fault;
            }
        }
    }

    private static function addIndex(string $table, string $name, string $columns): void
    {
        if (self::hasIndex($table, $name)) {
            return;
        }
        try {
            Database::change('ALTER TABLE ' . $table . ' ADD KEY ' . $name . ' (' . $columns . ')');
        } catch (Throwable $fault) {
            if (!self::hasIndex($table, $name)) {
                throw $fault;
            }
        }
    }

    private static function hasIndex(string $table, string $name): bool
    {
        return Database::value(
            'SELECT 1 FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = ?'
            . ' AND INDEX_NAME = ? LIMIT 1',
            [$table, $name]
        ) !== null;
    }

    private static function has(string $table, string $column): bool
    {
        return Database::value(
            'SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = ? AND COLUMN_NAME = ?',
            [$table, $column]
        ) !== null;
    }
}
