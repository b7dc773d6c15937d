<?php

declare(strict_types=1);

namespace WHMCS\Module\Addon\Creditbridge\SelfTest;

use PDO;
use Throwable;
use WHMCS\Database\Capsule;
use WHMCS\Module\Addon\Creditbridge\Attempt;
use WHMCS\Module\Addon\Creditbridge\Clock;
use WHMCS\Module\Addon\Creditbridge\Database;
use WHMCS\Module\Addon\Creditbridge\Installation\Snapshot;
use WHMCS\Module\Addon\Creditbridge\Installation\WhmcsSetting;
use WHMCS\Module\Addon\Creditbridge\Json;
use WHMCS\Module\Addon\Creditbridge\LocalApi;
use WHMCS\Module\Addon\Creditbridge\Settings;
use WHMCS\Module\Addon\Creditbridge\Uuid;

/**
 * Measures whether localAPI writes on Capsule's connection: begin, write, roll back, gone? Only then may AddCredit and
 * its command row share a transaction (design §7.3).
 *
 * What was measured counts only for the engines of the tables, the versions of WHMCS and of the server, and the
 * settings of the connection with which it was measured (basis()). If any of them changes, it is not measured: AddCredit
 * is settled by comparison until it is. Cron, worker, doorbell and the addon page measure by themselves, because it leaves
 * nothing behind where it succeeds, and one line in the activity log where it does not. Where an admin has named a test
 * client, AddCredit itself is measured after that (AddCreditRollback).
 */
final class SharedConnection
{
    /** Tables that AddCredit and the end of its command write. */
    const TABLES = ['tblclients', 'tblcredit', 'tblactivitylog', 'mod_creditbridge_commands', 'mod_creditbridge_leases'];
    /** What a transaction may depend on; one server has `tx_isolation`, another `transaction_isolation`. */
    const VARIABLES = ['version', 'autocommit', 'completion_type', 'sql_mode', 'tx_isolation', 'transaction_isolation'];
    /** Web, command line and several nodes may differ, so that many results are kept. */
    const KEPT = 6;
    /** A long-lived process looks again after this time. */
    const BASIS_SECONDS = 5.0;
    /** It tries a measurement that failed again after this time. */
    const PAUSE_SECONDS = 300.0;

    /** @var array|null [Clock::seconds(), PDO, basis] */
    private static $known;
    /** @var float by Clock::seconds(), of the last measurement that failed */
    private static $failedAt = 0.0;

    /** @return bool|null what was measured on such a connection, or null */
    public static function isProven(Settings $settings)
    {
        return $settings->json('whmcs')['measured'][self::basis()] ?? null;
    }

    /** Never throws: without a measurement AddCredit takes the other way. */
    public static function measureIfChanged(Settings $settings): void
    {
        if (Clock::seconds() - self::$failedAt > self::PAUSE_SECONDS) {
            Attempt::to('self-test', static function () use ($settings): void {
                if (self::isProven($settings) === null) {
                    self::$failedAt = Clock::seconds();
                    self::measure($settings);
                    self::$failedAt = 0.0;
                }
            });
        }
    }

    /**
     * @return bool|null null if an open transaction prevents the measurement
     * @throws Throwable if WHMCS refuses to write a line of its activity log
     */
    public static function measure(Settings $settings)
    {
        self::$known = null;
        $client = (int) ($settings->json('whmcs')['testClient'] ?? 0);
        $result = self::measured();
        $rolledBack = $result === true && $client !== 0
            ? AddCreditRollback::measure($client, $settings->text('acting_admin')) : null;
        if ($result !== null) {
            $result = $rolledBack ?? $result;
            $settings->reload();
            Snapshot::remember($settings, 'measuredWith', $rolledBack === null ? 'LogActivity' : 'AddCredit');
            $others = array_diff_key($settings->json('whmcs')['measured'] ?? [], [self::basis() => true]);
            $all = [self::basis() => $result] + $others;
            Snapshot::remember($settings, 'measured', array_slice($all, 0, self::KEPT));
        }
        Snapshot::remember($settings, 'sharedConnection', $result);

        return $result;
    }

    /** Makes the next question ask the server again. */
    public static function forget(): void
    {
        self::$known = null;
        self::$failedAt = 0.0;
    }

    private static function measured()
    {
        if (Database::inTransaction()) {
            return null;
        }
        $engines = array_intersect_key(Snapshot::engines(), array_flip(self::TABLES));
        if ($engines !== array_fill_keys(array_keys($engines), 'InnoDB') || count($engines) < count(self::TABLES)) {
            // A table of another engine would keep its row after a rollback.
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

    /** A short name for the engines, the server and the connection of now. */
    private static function basis(): string
    {
        $pdo = Capsule::connection()->getPdo();
        if (self::$known === null || self::$known[1] !== $pdo || Clock::seconds() - self::$known[0] > self::BASIS_SECONDS) {
            $variables = Database::rows(
                'SHOW SESSION VARIABLES WHERE Variable_name IN (' . Database::marks(self::VARIABLES) . ')',
                self::VARIABLES
            );
            self::$known = [Clock::seconds(), $pdo, substr(hash('sha256', Json::encode([
                Snapshot::engines(),
                WhmcsSetting::readAll(['Version']),
                array_column($variables, 'Value', 'Variable_name'),
                $pdo->getAttribute(PDO::ATTR_PERSISTENT),
                // A proxy shows its own version here, and another way to the server.
                $pdo->getAttribute(PDO::ATTR_SERVER_VERSION),
                $pdo->getAttribute(PDO::ATTR_CONNECTION_STATUS),
            ])), 0, 16)];
        }
        return self::$known[2];
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
}
