<?php

declare(strict_types=1);

namespace WHMCS\Module\Addon\Creditbridge\SelfTest;

use WHMCS\Database\Capsule;
use WHMCS\Module\Addon\Creditbridge\Database;
use WHMCS\Module\Addon\Creditbridge\LocalApi;
use WHMCS\Module\Addon\Creditbridge\Uuid;

/**
 * Measures whether localAPI writes on Capsule's connection: begin, write, roll back, gone? Only then may AddCredit and
 * its command row share a transaction (design §7.3).
 */
final class SharedConnection
{
    /** @return bool|null null if an open transaction prevents the measurement */
    public static function measure()
    {
        if (Database::inTransaction()) {
            return null;
        }
        if (!self::areTransactional(['tblclients', 'tblcredit', 'tblactivitylog', 'mod_creditbridge_commands'])) {
            return false;
        }
        $mark = 'Credit Bridge self-test ' . Uuid::v7();
        $connection = Capsule::connection();
        $connection->beginTransaction();
        try {
            LocalApi::demand('LogActivity', ['description' => $mark]);
            $wasSeen = self::count($mark) === 1;
        } finally {
            $connection->rollBack();
        }
        return $wasSeen && self::count($mark) === 0;
    }

    private static function count(string $mark): int
    {
        // Only the newest rows: the activity log is long and has no index on its text.
        return (int) Database::value(
            'SELECT COUNT(*) FROM (SELECT description FROM tblactivitylog ORDER BY id DESC LIMIT 100) newest'
            . ' WHERE description LIKE ?',
            ['%' . $mark . '%']
        );
    }

    /** A table of another engine would keep its row after a rollback. */
    private static function areTransactional(array $tables): bool
    {
        return (int) Database::value(
            "SELECT COUNT(*) FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND ENGINE = 'InnoDB'"
            . ' AND TABLE_NAME IN (' . Database::marks($tables) . ')',
            $tables
        ) === count($tables);
    }
}
