<?php

declare(strict_types=1);

namespace CreditBridge\Tests;

use CreditBridge\Tests\Support\Process;
use WHMCS\Database\Capsule;
use WHMCS\Module\Addon\Creditbridge\Command\Executor;
use WHMCS\Module\Addon\Creditbridge\Database;
use WHMCS\Module\Addon\Creditbridge\ModuleFunction\Activate;
use WHMCS\Module\Addon\Creditbridge\Page\AdminPage;
use WHMCS\Module\Addon\Creditbridge\Schema;
use WHMCS\Module\Addon\Creditbridge\Settings;

/**
 * New files with the tables of schema 1.
 */
final class SchemaUpgradeTest extends ShimTestCase
{
    protected function setUp(): void
    {
        parent::setUp();
        $this->paired();
        Database::change('ALTER TABLE mod_creditbridge_commands DROP COLUMN requires_fact, DROP KEY settled');
        Database::change('ALTER TABLE mod_creditbridge_settings DROP COLUMN halted, DROP COLUMN halted_reason');
        Database::change('ALTER TABLE mod_creditbridge_settings DROP COLUMN trial_open, DROP COLUMN breaker_host');
        foreach (['answered_facts', 'answers', 'frozen_clients', 'hosts', 'audit'] as $table) {
            Database::change('DROP TABLE mod_creditbridge_' . $table);
        }
        Settings::load()->write(['schema_number' => 1]);
        Schema::forget();
    }

    public function testWorksOnOldTablesAsTheVersionBeforeDid(): void
    {
        $client = $this->client('0.00');
        $id = $this->command('AddCredit', $client, self::bonus($client));

        self::assertSame(1, (new Executor(Settings::load()))->run(self::soon()));

        self::assertSame('done', self::state($id));
        self::assertSame(1, Settings::load()->number('schema_number'));
        self::assertFalse(Settings::load()->isHalted());
    }

    public function testBringsOldTablesToTheContractOnceAndForAll(): void
    {
        $client = $this->client('0.00');
        $id = $this->command('AddCredit', $client, self::bonus($client));

        Schema::upgrade(Settings::load());
        $upgraded = self::columns();
        Settings::load()->write(['schema_number' => 1]);
        Schema::upgrade(Settings::load());

        self::assertSame($upgraded, self::columns(), 'a second time changes nothing');
        self::assertSame(Schema::NUMBER, Settings::load()->number('schema_number'));
        self::assertSame('open', self::state($id), 'what was there is kept');
        Database::change('DROP TABLE mod_creditbridge_commands');
        Database::change('DROP TABLE mod_creditbridge_settings');
        Schema::create();
        self::assertSame(self::columns(), $upgraded, 'as a new installation has them');
    }

    public function testIsUpgradedWhileItWorks(): void
    {
        $client = $this->client('0.00');
        $executor = new Executor(Settings::load());
        $executor->run(self::soon());

        Schema::upgrade(Settings::load());
        Database::change(
            'INSERT INTO mod_creditbridge_frozen_clients (client_id, reason, frozen_by, frozen_at)'
            . " VALUES (?, 'test', 'admin:1', UTC_TIMESTAMP(6))",
            [$client]
        );
        $id = $this->command('AddCredit', $client, self::bonus($client));

        self::assertSame(0, $executor->run(self::soon()));
        self::assertSame('open', self::state($id));
    }

    public function testChangesNoTableInsideATransactionOfWhmcs(): void
    {
        Capsule::connection()->beginTransaction();
        Schema::upgrade(Settings::load());
        self::assertTrue(Capsule::connection()->getPdo()->inTransaction(), 'it was not committed');
        Capsule::connection()->rollBack();

        self::assertSame(1, Settings::load()->number('schema_number'));
    }

    /** Each page of WHMCS reads the settings row, and would wait behind a change of the table that waits. */
    public function testDoesNotWaitForATransactionThatHasReadATableAndLetsNoPageWait(): void
    {
        $_SESSION['adminid'] = 1;
        $_GET = ['page' => 'connection'];
        $waits = (int) Database::value('SELECT @@lock_wait_timeout');
        $reader = new Process(['php', '-r', 'require ' . var_export(ROOTDIR . '/init.php', true) . ';'
            . '$pdo = WHMCS\Database\Capsule::connection()->getPdo(); $pdo->beginTransaction();'
            . '$pdo->query("SELECT * FROM mod_creditbridge_settings")->fetchAll(); echo "read"; sleep(20);']);
        while ($reader->isRunning() && $reader->output() === '') {
            usleep(10000);
        }

        $html = (new AdminPage('addonmodules.php?module=creditbridge'))->render();

        self::assertTrue($reader->isRunning(), 'its transaction is open');
        self::assertStringContainsString('could not be upgraded', $html);
        self::assertStringContainsString('Freeze everything', $html);
        self::assertSame(1, Settings::load()->number('schema_number'));
        self::assertSame($waits, (int) Database::value('SELECT @@lock_wait_timeout'));
        $reader->stop();
        self::assertStringNotContainsString(
            'could not be upgraded',
            (new AdminPage('addonmodules.php?module=creditbridge'))->render()
        );
        self::assertSame(Schema::NUMBER, Settings::load()->number('schema_number'));
    }

    public function testIsUpgradedByTheAddonPageAndByActivatingAgain(): void
    {
        $_SESSION['adminid'] = 1;
        $_GET = ['page' => 'connection'];
        self::assertStringContainsString('Frozen clients', (new AdminPage('addonmodules.php?module=creditbridge'))->render());
        self::assertSame(Schema::NUMBER, Settings::load()->number('schema_number'));

        Settings::load()->write(['schema_number' => 1]);
        self::assertSame('success', Activate::run()['status']);
        self::assertSame(Schema::NUMBER, Settings::load()->number('schema_number'));
    }

    private static function bonus(int $client): array
    {
        return ['clientid' => $client, 'description' => 'Bonus', 'amount' => '1.00', 'type' => 'add'];
    }

    /** Columns and indexes. */
    private static function columns(): array
    {
        return array_merge(Database::rows(
            'SELECT TABLE_NAME, INDEX_NAME, SEQ_IN_INDEX, COLUMN_NAME FROM information_schema.STATISTICS'
            . " WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME LIKE 'mod\\_creditbridge\\_%' ORDER BY 1, 2, 3"
        ), Database::rows(
            'SELECT TABLE_NAME, COLUMN_NAME, ORDINAL_POSITION, COLUMN_TYPE, IS_NULLABLE, COLUMN_DEFAULT, CHARACTER_SET_NAME'
            . " FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME LIKE 'mod\\_creditbridge\\_%'"
            . ' ORDER BY TABLE_NAME, ORDINAL_POSITION'
        ));
    }
}
