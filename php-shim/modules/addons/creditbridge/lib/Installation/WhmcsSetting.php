<?php

declare(strict_types=1);

namespace WHMCS\Module\Addon\Creditbridge\Installation;

use WHMCS\Module\Addon\Creditbridge\Database;

/**
 * Values of tblconfiguration. A missing row and an empty value mean the same (whmcs.md §8.23).
 */
final class WhmcsSetting
{
    /** The value that WHMCS loaded for this page, else the value in the table. */
    public static function read(string $name): string
    {
        if (isset($GLOBALS['CONFIG'][$name]) && is_scalar($GLOBALS['CONFIG'][$name])) {
            return (string) $GLOBALS['CONFIG'][$name];
        }
        return (string) self::readAll([$name])[$name];
    }

    /**
     * Reads the table directly: a long-lived process must see an admin's changes.
     *
     * @param string[] $names
     * @return array<string, string|null> null if the row is missing
     */
    public static function readAll(array $names): array
    {
        $values = array_fill_keys($names, null);
        $rows = Database::rows(
            'SELECT setting, value FROM tblconfiguration WHERE setting IN (' . Database::marks($names) . ')',
            array_values($names)
        );
        foreach ($rows as $row) {
            $values[$row['setting']] = (string) $row['value'];
        }
        return $values;
    }

    /** whmcs.md §1.1: checkboxes are `on` or empty; read tolerantly. */
    public static function isOn($value): bool
    {
        return in_array(strtolower(trim((string) $value)), ['on', '1', 'true', 'yes'], true);
    }
}
