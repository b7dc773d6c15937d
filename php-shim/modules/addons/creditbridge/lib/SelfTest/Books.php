<?php

declare(strict_types=1);

namespace WHMCS\Module\Addon\Creditbridge\SelfTest;

use WHMCS\Module\Addon\Creditbridge\Database;

/**
 * How WHMCS keeps money and notes here: the columns of its tables, and what the newest rows of tblaccounts are. Column types
 * of 9.x are not recorded anywhere (whmcs.md §5). For `creditbridge doctor --report`; looked at by the self-test only.
 */
final class Books
{
    const TABLES = ['tblaccounts', 'tblbillingnotes', 'tblbillingnoteitems'];
    /** Enough to see every kind of row of a busy month; a range of the primary key. */
    const ROWS = 10000;

    /** @return array{columns: array<string, string[]>, rows: array} */
    public static function look(): array
    {
        $columns = array_fill_keys(self::TABLES, []);
        $found = Database::rows(
            'SELECT TABLE_NAME AS t, COLUMN_NAME AS c, COLUMN_TYPE AS kind FROM information_schema.COLUMNS'
            . ' WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME IN (' . Database::marks(self::TABLES) . ')'
            . ' ORDER BY TABLE_NAME, ORDINAL_POSITION',
            self::TABLES
        );
        foreach ($found as $row) {
            $columns[$row['t']][] = $row['c'] . ' ' . $row['kind'];
        }
        return ['columns' => array_filter($columns), 'rows' => self::rows()];
    }

    /** Counts of rows by type, direction and whether they are a note. Where a column is missing (8.x), its name means nothing. */
    private static function rows(): array
    {
        $rows = Database::rows(
            'SELECT kind, way, is_note, COUNT(*) AS n FROM (SELECT (SELECT IF(one.id > 0, type, \'\') FROM tblaccounts one'
            . ' WHERE one.id = every.id) AS kind, CASE WHEN every.amountin > 0 AND every.amountout > 0 THEN \'both\''
            . ' WHEN every.amountin > 0 THEN \'in\' WHEN every.amountout > 0 THEN \'out\' ELSE \'none\' END AS way,'
            . ' (SELECT IF(one.id > 0, billingnoteid, 0) FROM tblaccounts one WHERE one.id = every.id) > 0 AS is_note'
            . ' FROM (SELECT 0 AS billingnoteid, \'\' AS type) AS fallback, tblaccounts every WHERE every.id > (SELECT MAX(id)'
            . ' FROM tblaccounts) - ?) AS counted GROUP BY kind, way, is_note ORDER BY kind, way, is_note',
            [self::ROWS]
        );
        return array_map(static function (array $row): array {
            return [
                'type' => (string) $row['kind'], 'way' => (string) $row['way'], 'note' => (int) $row['is_note'] === 1,
                'count' => (int) $row['n'],
            ];
        }, $rows);
    }
}
