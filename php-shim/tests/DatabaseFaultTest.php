<?php

declare(strict_types=1);

namespace CreditBridge\Tests;

use WHMCS\Database\Capsule;
use WHMCS\Module\Addon\Creditbridge\Command\Executor;
use WHMCS\Module\Addon\Creditbridge\Connection\Breaker;
use WHMCS\Module\Addon\Creditbridge\Connection\Service;
use WHMCS\Module\Addon\Creditbridge\Connection\ServiceDown;
use WHMCS\Module\Addon\Creditbridge\Database;
use WHMCS\Module\Addon\Creditbridge\Hook\Dispatcher;
use WHMCS\Module\Addon\Creditbridge\Installation\AutomaticUse;
use WHMCS\Module\Addon\Creditbridge\Limits;
use WHMCS\Module\Addon\Creditbridge\Page\PanelActions;
use WHMCS\Module\Addon\Creditbridge\Page\Viewer;
use WHMCS\Module\Addon\Creditbridge\Settings;
use WHMCS\Module\Addon\Creditbridge\Work\CronWork;

/**
 * A database that is full or read-only. Some rows still fit into pages that are there, others do not; here a trigger
 * decides which, with the error of a full table.
 */
final class DatabaseFaultTest extends ShimTestCase
{
    protected function tearDown(): void
    {
        $this->mend();
        parent::tearDown();
    }

    /** A statement that a full database refuses. */
    private function refuse(string $statement, string $condition = 'TRUE'): void
    {
        Capsule::connection()->getPdo()->exec(
            "CREATE TRIGGER test_full BEFORE $statement FOR EACH ROW IF $condition THEN SIGNAL SQLSTATE 'HY000'"
            . " SET MYSQL_ERRNO = 1114, MESSAGE_TEXT = 'The table is full'; END IF"
        );
    }

    private function mend(): void
    {
        Capsule::connection()->getPdo()->exec('DROP TRIGGER IF EXISTS test_full');
    }

    public function testAPageTellsWhatTheServerSaidAndNotTheStatementWithItsValues(): void
    {
        $_SESSION['adminid'] = 1;
        $this->refuse('UPDATE ON mod_creditbridge_settings');
        $actions = new PanelActions(Settings::load(), Viewer::admin());
        $actions->handle('freeze', []);
        $said = $actions->remembered();

        self::assertStringContainsString('The table is full', $said);
        self::assertStringNotContainsStringIgnoringCase('update', $said);
    }

    public function testTheBreakerOpensForAPageAlsoWhereItCannotBeStored(): void
    {
        $peer = $this->peer();
        $settings = $this->paired($peer);
        $peer->answer('/v1/manifest', ['status' => 503, 'body' => ['code' => 'storage-unavailable']]);
        $this->refuse('UPDATE ON mod_creditbridge_settings');
        $reasons = [];

        foreach (range(1, 3) as $call) {
            try {
                (new Service($settings))->call('/v1/manifest', [], 1000);
            } catch (ServiceDown $down) {
                $reasons[] = $down->reason();
            }
        }

        self::assertSame(['storage-unavailable', 'breaker-open', 'breaker-open'], $reasons);
        self::assertCount(1, $peer->requests());
        self::assertTrue((new Breaker($settings))->isOpen());
        self::assertFalse((new Breaker(Settings::load()))->isOpen(), 'the next page tries once, too');
    }

    public function testCronGoesOnWhereTheBreakerCannotBeReset(): void
    {
        $this->field('give_back_after_hours', '24');
        $this->field('service_url', 'http://127.0.0.1:1');
        $settings = $this->paired(null, ['service_url' => 'http://127.0.0.1:1', 'give_back_after_hours' => 24]);
        AutomaticUse::takeOver($settings, 'admin:1');
        Database::change("UPDATE mod_creditbridge_settings SET breaker_failures = 1, breaker_open_until = '2999-01-01',"
            . ' service_seen_at = UTC_TIMESTAMP(6) - INTERVAL 25 HOUR');
        $this->refuse('UPDATE ON mod_creditbridge_settings', 'NEW.breaker_open_until < OLD.breaker_open_until');

        CronWork::run('AfterCronJob');

        self::assertTrue(AutomaticUse::isOn(), 'nobody applies credit otherwise');
    }

    public function choices(): array
    {
        return [
            'open' => ['open', null],
            'closed' => ['closed', ['Your order cannot be checked at the moment. Please try again in a few minutes.']],
        ];
    }

    /** @dataProvider choices */
    public function testACheckoutThatAFullDatabaseCannotKeepIsAnsweredAsTheAdminChose(string $choice, $answer): void
    {
        $this->paired($this->peer(), ['veto_when_down' => $choice] + self::manifest([
            'ShoppingCartValidateCheckout' => ['answer' => 'veto'],
        ]));
        $this->refuse('INSERT ON mod_creditbridge_spool');
        $row = (object) Database::row('SELECT *, UTC_TIMESTAMP(6) AS now_utc FROM mod_creditbridge_settings');

        self::assertSame($answer, Dispatcher::handle('ShoppingCartValidateCheckout', ['clientId' => 5], $row));
    }

    public function testACommandUsesUpNoTryWhileAFullDatabaseRefusesItsStart(): void
    {
        $this->refuse('UPDATE ON mod_creditbridge_commands', "NEW.state = 'running'");
        $this->expectDoneAfterTheMend();
    }

    public function testACommandUsesUpNoTryWhileAFullDatabaseRefusesWhatItWrites(): void
    {
        $this->refuse('INSERT ON tblcredit');
        $this->expectDoneAfterTheMend();
    }

    /** However often it is tried before. */
    private function expectDoneAfterTheMend(): void
    {
        $this->paired();
        $client = $this->client('5.00');
        $id = $this->command('AddCredit', $client, [
            'clientid' => $client, 'description' => 'Bonus', 'amount' => '1.00', 'type' => 'add',
        ]);
        foreach (range(0, Limits::COMMAND_ATTEMPTS) as $try) {
            (new Executor(Settings::load()))->run(self::soon());
            Database::change('UPDATE mod_creditbridge_commands SET not_before = NULL');
        }
        self::assertSame(['open', 0], [self::state($id), (int) self::row($id)['attempts']], self::row($id)['reason']);

        $this->mend();
        (new Executor(Settings::load()))->run(self::soon());

        self::assertSame(['done', '6.00'], [self::state($id), self::balance($client)]);
    }
}
