<?php

declare(strict_types=1);

namespace CreditBridge\Tests;

use RuntimeException;
use StandIn\Api\ApiError;
use StandIn\Platform\Switches;
use Throwable;
use WHMCS\Module\Addon\Creditbridge\Command\Addition;
use WHMCS\Module\Addon\Creditbridge\Command\Ceilings;
use WHMCS\Module\Addon\Creditbridge\Command\Executor;
use WHMCS\Module\Addon\Creditbridge\Database;
use WHMCS\Module\Addon\Creditbridge\Page\Alert;
use WHMCS\Module\Addon\Creditbridge\Page\ConnectionPanel;
use WHMCS\Module\Addon\Creditbridge\Page\PanelActions;
use WHMCS\Module\Addon\Creditbridge\Page\Viewer;
use WHMCS\Module\Addon\Creditbridge\Settings;
use WHMCS\Module\Addon\Creditbridge\Work\CeilingMail;

/**
 * What somebody with the database password of the service can add to balances.
 */
final class CeilingsTest extends ShimTestCase
{
    protected function setUp(): void
    {
        Database::change('DELETE FROM tblcredit');
        parent::setUp();
        $this->paired();
    }

    private function execute(): int
    {
        return (new Executor(Settings::load()))->run(self::soon());
    }

    private function add(int $client, string $amount): string
    {
        return $this->command('AddCredit', $client, [
            'clientid' => $client, 'description' => 'Bonus', 'amount' => $amount, 'type' => 'add',
        ]);
    }

    private function ceilings(string $single, string $client, string $hourly, string $daily): string
    {
        return Ceilings::save(1, ['single' => $single, 'client_daily' => $client, 'hourly' => $hourly, 'daily' => $daily], 1);
    }

    public function testAnAdditionAboveTheCeilingWaitsIsToldAndGoesOnOnceAnAdminAllowsIt(): void
    {
        $client = $this->client('50.00');
        $invoice = $this->invoice($client, '30.00');
        $added = $this->add($client, '1000.01');
        $remove = ['clientid' => $client, 'description' => 'x', 'amount' => '1.00', 'type' => 'remove'];
        $removed = $this->command('AddCredit', $client, $remove);
        $applied = $this->command('ApplyCredit', $client, ['invoiceid' => $invoice, 'amount' => '4.00', 'noemail' => true]);

        $this->execute();
        $this->execute();

        self::assertSame(['open', 'done', 'done'], [self::state($added), self::state($removed), self::state($applied)]);
        self::assertSame('45.00', self::balance($client));
        self::assertStringContainsString('1000.01 in one addition, where 1000.00 is the most', self::row($added)['reason']);
        self::assertSame('0', (string) self::row($added)['attempts']);
        Database::change('UPDATE mod_creditbridge_commands SET not_before = NULL');
        $this->execute();
        self::assertCount(1, preg_grep('/would add 1000\.01 and waits/', self::activity()), 'told once');
        self::assertStringContainsString('One addition of credit waits', Alert::html(Settings::load()));
        $mails = "SELECT COUNT(*) FROM tblemails WHERE subject = 'Credit Bridge: credit waits above a ceiling'";
        CeilingMail::sendOnce(Settings::load());
        $sent = (int) Database::value($mails);
        CeilingMail::sendOnce(Settings::load());
        self::assertGreaterThan(0, $sent);
        self::assertSame($sent, (int) Database::value($mails), 'mailed once');

        $_SERVER['REMOTE_ADDR'] = '192.0.2.7';
        $_SESSION['adminid'] = 1;
        $actions = new PanelActions(Settings::load(), Viewer::admin());
        $html = (new ConnectionPanel(Settings::load(), Viewer::admin(), 'x'))->html();
        self::assertStringContainsString('name="single" size="12" inputmode="decimal" value="1000.00"', $html);
        $actions->handle('save-ceilings', [
            'currency' => '1', 'single' => '2000', 'client_daily' => '2000', 'hourly' => '5000', 'daily' => '10000',
        ]);
        unset($_SERVER['REMOTE_ADDR']);
        $this->execute();

        self::assertSame(['done', '1045.01'], [self::state($added), self::balance($client)]);
        self::assertCount(1, preg_grep('/admin 1 at 192\.0\.2\.7 set the ceilings/', self::activity()));
        $details = json_decode(Database::value("SELECT details FROM mod_creditbridge_audit WHERE act = 'ceilings-save'"), true);
        self::assertSame(['1000.00', '2000.00'], $details['single']);
        CeilingMail::sendOnce(Settings::load());
        self::assertNull(Settings::load()->json('whmcs')['ceilingMailedAt']);
    }

    public function testManySmallOnesAreOneLargeOne(): void
    {
        $this->ceilings('10.00', '25.00', '40.00', '45.00');
        $one = $this->client('0.00');
        $two = $this->client('0.00');
        foreach ([$one, $one, $one, $two, $two] as $client) {
            $this->add($client, '10.00');
        }
        while ($this->execute() > 0) {
            continue;
        }
        self::assertSame(['20.00', '20.00'], [self::balance($one), self::balance($two)]);

        // An hour later there is room for all clients, of which the day leaves five.
        Database::change('UPDATE mod_creditbridge_added SET slot = slot - ' . Addition::HOUR_SLOTS);
        $three = $this->client('0.00');
        $this->add($three, '5.01');
        $fits = $this->add($three, '5.00');
        $this->execute();
        $this->execute();
        self::assertSame(['done', '5.00'], [self::state($fits), self::balance($three)]);

        // A day later nothing counts any more.
        Database::change('UPDATE mod_creditbridge_added SET slot = slot - ' . Addition::DAY_SLOTS);
        Database::change('UPDATE mod_creditbridge_commands SET not_before = NULL');
        while ($this->execute() > 0) {
            continue;
        }
        self::assertSame(['30.00', '10.01'], [self::balance($one), self::balance($three)]);
    }

    public function faults(): array
    {
        return ['WHMCS refused' => [new ApiError('No')], 'the call was cut off' => [new RuntimeException('module failed')]];
    }

    /** @dataProvider faults */
    public function testWhatWasNotAddedDoesNotCount(Throwable $fault): void
    {
        Switches::set('hook_exception', 'fatal');
        $client = $this->client('5.00');
        $this->add($client, '10.00');
        add_hook('LogActivity', 1, static function () use ($fault): void {
            throw $fault;
        });
        $this->execute();

        self::assertSame('5.00', self::balance($client));
        self::assertSame(['hour' => 0, 'day' => 0, 'client' => 0], Addition::before(1, $client));
        Database::change('DELETE FROM tblerrorlog');
    }

    public function testTheFirstFiguresAreTwiceWhatTheLastYearNeeded(): void
    {
        $one = $this->client('0.00');
        $two = $this->client('0.00');
        $rows = [[$one, 3000, 10], [$one, 1500, 10], [$two, 2000, 10], [$two, 999999, 400], [$one, -5000, 3]];
        Database::change('DELETE FROM tblcredit');
        foreach ($rows as list($client, $amount, $daysAgo)) {
            Database::change(
                "INSERT INTO tblcredit (clientid, date, description, amount) VALUES (?, CURDATE() - INTERVAL ? DAY, 'x', ?)",
                [$client, $daysAgo, $amount]
            );
        }
        Database::change('DELETE FROM mod_creditbridge_ceilings');

        Ceilings::make(1);

        $row = Database::row('SELECT * FROM mod_creditbridge_ceilings WHERE currency_id = 1');
        self::assertSame(
            ['600000', '1200000', '3000000', '6000000', 'shim'],
            array_map('strval', [
                $row['single_hundredths'], $row['client_daily_hundredths'], $row['hourly_hundredths'], $row['daily_hundredths'],
                $row['set_by'],
            ])
        );
    }

    public function testOnlyAFullAdminSetsThemAndOnlyToAmounts(): void
    {
        $_SESSION['adminid'] = Database::value("SELECT id FROM tbladmins WHERE username = 'limited'");
        $form = ['currency' => '1', 'single' => '9', 'client_daily' => '9', 'hourly' => '9', 'daily' => '9'];
        (new PanelActions(Settings::load(), Viewer::admin()))->handle('save-ceilings', $form);
        $_SESSION['adminid'] = 1;
        foreach (['', '-1', '1e9', ['9'], '99,00', '1000000.01'] as $typed) {
            (new PanelActions(Settings::load(), Viewer::admin()))->handle('save-ceilings', ['single' => $typed] + $form);
        }
        self::assertStringContainsString('more than 1000 times 1000.00', $_SESSION['creditbridge_notice'][1]);
        self::assertSame('shim', Database::value('SELECT set_by FROM mod_creditbridge_ceilings WHERE currency_id = 1'));
        (new PanelActions(Settings::load(), Viewer::admin()))->handle('save-ceilings', $form);
        self::assertSame('admin:1', Database::value('SELECT set_by FROM mod_creditbridge_ceilings WHERE currency_id = 1'));
    }
}
