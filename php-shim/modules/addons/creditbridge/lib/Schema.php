<?php

declare(strict_types=1);

namespace WHMCS\Module\Addon\Creditbridge;

use Throwable;

/**
 * Creates and upgrades the shared tables. tables.sql beside this file is a copy of bridge/tables.sql; a test compares
 * them byte by byte, and another compares the live database with it.
 */
final class Schema
{
    /** The number in tables.sql and in settings.schema_number. */
    const NUMBER = 2;

    /** Columns that later schemas added, in the words of tables.sql and with the column each stands behind. */
    const ADDED = [
        ['commands', 'requires_fact', 'VARCHAR(190) CHARACTER SET ascii NULL', 'after_fact'],
        ['settings', 'halted', "VARCHAR(16) CHARACTER SET ascii NOT NULL DEFAULT ''", 'service_version'],
        ['settings', 'halted_reason', "VARCHAR(500) NOT NULL DEFAULT ''", 'halted'],
    ];

    /** @var bool */
    private static $isCurrent = false;

    /** Creates what is missing. May be repeated at any time. */
    public static function create(): void
    {
        $sql = (string) file_get_contents(__DIR__ . '/tables.sql');
        $sql = (string) preg_replace('/^--.*$/m', '', $sql);
        foreach (preg_split('/;\s*\n/', $sql) as $statement) {
            if (trim($statement) !== '') {
                Database::change(str_replace('CREATE TABLE ', 'CREATE TABLE IF NOT EXISTS ', trim($statement)));
            }
        }
    }

    /**
     * Brings older tables to this schema and notes its number; does nothing when they are there already.
     *
     * New files meet old tables until this has run (cron, or the first look at the addon page), so a later schema only
     * ever adds tables, and columns with defaults (`ADD COLUMN IF NOT EXISTS` is MariaDB only). Nothing is done inside a
     * transaction: WHMCS's, which a change of a table would commit.
     */
    public static function upgrade(Settings $settings): void
    {
        if ($settings->number('schema_number') >= self::NUMBER || Database::inTransaction()) {
            return;
        }
        self::create();
        foreach (self::ADDED as list($table, $column, $type, $behind)) {
            self::add('mod_creditbridge_' . $table, $column, $type . ' AFTER ' . $behind);
        }
        $settings->write(['schema_number' => self::NUMBER]);
        $settings->reload();
    }

    /** Whether the tables have what this schema added; until then the shim works as the version before it did. */
    public static function isCurrent(): bool
    {
        if (!self::$isCurrent) {
            $number = Database::value('SELECT schema_number FROM mod_creditbridge_settings WHERE id = 1');
            self::$isCurrent = (int) $number >= self::NUMBER;
        }
        return self::$isCurrent;
    }

    /** The next question is answered by the database again. */
    public static function forget(): void
    {
        self::$isCurrent = false;
    }

    private static function add(string $table, string $column, string $definition): void
    {
        if (self::has($table, $column)) {
            return;
        }
        try {
            Database::change('ALTER TABLE ' . $table . ' ADD COLUMN ' . $column . ' ' . $definition);
        } catch (Throwable $fault) {
            // Cron and the addon page may upgrade at once; who comes second finds it done.
            if (!self::has($table, $column)) {
                throw $fault;
            }
        }
    }

    private static function has(string $table, string $column): bool
    {
        return Database::value(
            'SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = ? AND COLUMN_NAME = ?',
            [$table, $column]
        ) !== null;
    }
}
