<?php

declare(strict_types=1);

namespace WHMCS\Module\Addon\Creditbridge;

/**
 * Creates and upgrades the shared tables. tables.sql beside this file is a copy of bridge/tables.sql; a test compares
 * them byte by byte, and another compares the live database with it.
 */
final class Schema
{
    /** The number in tables.sql and in settings.schema_number. */
    const NUMBER = 1;

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
     * ever adds columns with defaults: each change is an idempotent statement here (`ADD COLUMN IF NOT EXISTS` is
     * MariaDB only, so look into information_schema first).
     */
    public static function upgrade(Settings $settings): void
    {
        if ($settings->number('schema_number') >= self::NUMBER) {
            return;
        }
        self::create();
        $settings->write(['schema_number' => self::NUMBER]);
    }
}
