<?php

declare(strict_types=1);

namespace CreditBridge\Tests;

use WHMCS\Module\Addon\Creditbridge\Database;
use WHMCS\Module\Addon\Creditbridge\ModuleFunction\Activate;
use WHMCS\Module\Addon\Creditbridge\ModuleFunction\Upgrade;
use WHMCS\Module\Addon\Creditbridge\Schema;
use WHMCS\Module\Addon\Creditbridge\Settings;

final class SchemaTest extends ShimTestCase
{
    const CONTRACT = __DIR__ . '/../../bridge/tables.sql';

    public function testCarriesTheContractsTablesByteForByte(): void
    {
        self::assertFileEquals(self::CONTRACT, __DIR__ . '/../modules/addons/creditbridge/lib/tables.sql');
    }

    public function testCarriesTheNumberOfTheContract(): void
    {
        preg_match('/Schema number: (\d+)\./', file_get_contents(self::CONTRACT), $match);

        self::assertSame((int) $match[1], Schema::NUMBER);
    }

    public function testCreatesTheColumnsAndKeysOfTheContract(): void
    {
        $made = self::described();
        $statements = preg_replace('/^--.*$/m', '', file_get_contents(self::CONTRACT));
        foreach (array_filter(array_map('trim', preg_split('/;\s*\n/', $statements))) as $statement) {
            preg_match('/CREATE TABLE (\w+)/', $statement, $match);
            Database::change('DROP TABLE ' . $match[1]);
            Database::change($statement);
        }

        self::assertNotSame([], $made['columns']);
        self::assertSame(self::described(), $made);
    }

    public function testActivatingAgainKeepsInstallationSecretsAndWhatWasNotSent(): void
    {
        $before = Settings::load()->text('installation');
        $secrets = Database::rows('SELECT * FROM mod_creditbridge_secrets');
        Database::change(
            "INSERT INTO mod_creditbridge_spool (id, hook, item, created_at, next_attempt_at)"
            . " VALUES ('x', 'InvoiceCreated', '{}', UTC_TIMESTAMP(6), UTC_TIMESTAMP(6))"
        );

        self::assertSame('success', Activate::run()['status']);

        self::assertSame($before, Settings::load()->text('installation'));
        self::assertSame($secrets, Database::rows('SELECT * FROM mod_creditbridge_secrets'));
        self::assertCount(1, self::spooled());
    }

    public function testUpgradingBringsBackATableThatIsMissing(): void
    {
        Database::change('DROP TABLE mod_creditbridge_leases');

        Upgrade::run('0.0.9');

        self::assertSame([], Database::rows('SELECT * FROM mod_creditbridge_leases'));
        self::assertStringContainsString('upgraded from 0.0.9', implode(self::activity()));
    }

    public function testKeepsSecretsEncryptedAndTellsThemToNoLog(): void
    {
        $stored = implode(array_column(Database::rows('SELECT secret FROM mod_creditbridge_secrets'), 'secret'));
        $logs = json_encode([self::activity(), Database::rows('SELECT * FROM tblmodulelog')]);

        self::assertStringNotContainsString('whsec_', $stored);
        self::assertStringNotContainsString('whsec_', $logs);
    }

    private static function described(): array
    {
        $where = " WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME LIKE 'mod\\_creditbridge\\_%'";

        return [
            'columns' => Database::rows(
                'SELECT TABLE_NAME, COLUMN_NAME, COLUMN_TYPE, IS_NULLABLE, COLUMN_DEFAULT, CHARACTER_SET_NAME, COLLATION_NAME'
                . ' FROM information_schema.COLUMNS' . $where . ' ORDER BY TABLE_NAME, ORDINAL_POSITION'
            ),
            'keys' => Database::rows(
                'SELECT TABLE_NAME, INDEX_NAME, NON_UNIQUE, SEQ_IN_INDEX, COLUMN_NAME FROM information_schema.STATISTICS'
                . $where . ' ORDER BY TABLE_NAME, INDEX_NAME, SEQ_IN_INDEX'
            ),
            'engines' => Database::rows(
                'SELECT TABLE_NAME, ENGINE, TABLE_COLLATION FROM information_schema.TABLES' . $where . ' ORDER BY TABLE_NAME'
            ),
        ];
    }
}
