<?php

declare(strict_types=1);

namespace CreditBridge\Tests;

use CreditBridge\Tests\Support\Process;
use StandIn\Platform\Switches;
use WHMCS\Module\Addon\Creditbridge\Command\Executor;
use WHMCS\Module\Addon\Creditbridge\Database;
use WHMCS\Module\Addon\Creditbridge\Settings;

/**
 * Real workers that die, and the settling of their commands afterwards.
 */
abstract class CrashTestCase extends ShimTestCase
{
    protected function setUp(): void
    {
        parent::setUp();
        $this->paired();
    }

    protected function workerDies(): void
    {
        self::assertNotSame(0, $this->workerRuns());
    }

    protected function workerRuns(): int
    {
        $worker = new Process(['php', ROOTDIR . '/modules/addons/creditbridge/worker.php', '--once']);
        $code = $worker->wait();
        $this->serverNoticesTheEnd();
        Switches::load();

        return $code;
    }

    /** A killed process's locks belong to its connection, which the server closes a little later. */
    private function serverNoticesTheEnd(): void
    {
        for ($look = 0; $look < 1000; $look++) {
            $held = Database::value(
                "SELECT COUNT(*) FROM mod_creditbridge_commands WHERE IS_FREE_LOCK(CONCAT('creditbridge:', id)) = 0"
            );
            if ((int) $held === 0) {
                return;
            }
            usleep(10000);
        }
        self::fail('The worker has ended, but its lock is still held.');
    }

    protected function leasesEnd(): void
    {
        Database::change("UPDATE mod_creditbridge_leases SET until = '2000-01-01'");
        Database::change("UPDATE mod_creditbridge_commands SET lease_until = '2000-01-01' WHERE state = 'running'");
    }

    /** Works until nothing more happens. Skips the pause before another try of a command. */
    protected function settle(): void
    {
        for ($round = 0; $round < 10; $round++) {
            Database::change("UPDATE mod_creditbridge_commands SET not_before = NULL WHERE state = 'open'");
            $this->leasesEnd();
            (new Executor(Settings::load()))->run(self::soon());
        }
    }

    protected function balanceChanges(int $client): int
    {
        return (int) Database::value(
            "SELECT COUNT(*) FROM standin_money_log WHERE client_id = ? AND what LIKE '%balance%'"
            . ' AND before_value IS NOT NULL AND before_value <> after_value',
            [$client]
        );
    }
}
