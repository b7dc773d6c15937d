<?php

declare(strict_types=1);

namespace CreditBridge\Tests;

use CreditBridge\Tests\Support\Process;
use StandIn\Platform\Switches;
use WHMCS\Module\Addon\Creditbridge\Connection\Secrets;
use WHMCS\Module\Addon\Creditbridge\Database;
use WHMCS\Module\Addon\Creditbridge\Installation\AutomaticUse;
use WHMCS\Module\Addon\Creditbridge\Installation\Fingerprint;
use WHMCS\Module\Addon\Creditbridge\ModuleFunction\Activate;
use WHMCS\Module\Addon\Creditbridge\ModuleFunction\Deactivate;
use WHMCS\Module\Addon\Creditbridge\Page\AdminPage;
use WHMCS\Module\Addon\Creditbridge\SelfTest\CutOffTrial;
use WHMCS\Module\Addon\Creditbridge\SelfTest\Verdicts;
use WHMCS\Module\Addon\Creditbridge\Settings;
use WHMCS\Module\Addon\Creditbridge\Uuid;
use WHMCS\Module\Addon\Creditbridge\Work\CronWork;

/**
 * Acts that write in two places, each in a real process that is killed (SIGKILL) after each statement that changes
 * something, one after the other.
 */
final class CutOffActsTest extends ShimTestCase
{
    const OFF_BY_US = 'off (by Credit Bridge';

    protected function setUp(): void
    {
        parent::setUp();
        if (!is_dir(ROOTDIR . '/includes/hooks')) {
            mkdir(ROOTDIR . '/includes/hooks', 0777, true);
        }
        copy(__DIR__ . '/../../tests/torture/knife.php', ROOTDIR . '/includes/hooks/knife.php');
        $_SESSION['adminid'] = 1;
    }

    protected function tearDown(): void
    {
        unlink(ROOTDIR . '/includes/hooks/knife.php');
        parent::tearDown();
    }

    public function testTakeOverCutOffAnywhereLeavesSettingAndRowTellingTheSameStory(): void
    {
        $stories = [];
        $this->cutAfterEachChange('take-over', [], function (): void {
            Database::change("UPDATE tblconfiguration SET value = '' WHERE setting = 'NoAutoApplyCredit'");
            Activate::run();
            $this->paired()->write(['automatic_use_before' => null]);
        }, function (string $where) use (&$stories): void {
            self::assertFalse(
                !AutomaticUse::isOn() && !AutomaticUse::isOurs(Settings::load()),
                'off, and nobody would give it back: ' . $where
            );
            $page = self::connectionPage();
            $isOff = !AutomaticUse::isOn();
            $stories[$isOff ? 'off' : 'on'] = true;
            self::assertSame($isOff, AutomaticUse::isOurs(Settings::load()), $where);
            self::assertSame($isOff, strpos($page, self::OFF_BY_US) !== false, $where);

            Deactivate::run();
            self::assertTrue(AutomaticUse::isOn(), $where);
            self::assertFalse(AutomaticUse::isOurs(Settings::load()), $where);
        });
        self::assertCount(2, $stories, 'it was cut off before and after the switch');
    }

    public function testAnAdminsOwnChoiceIsNotUndoneByARowThatStayedBehind(): void
    {
        $this->paired()->write(['automatic_use_before' => 'on']);

        CronWork::run('AfterCronJob');
        Database::change("UPDATE tblconfiguration SET value = 'on' WHERE setting = 'NoAutoApplyCredit'");
        Deactivate::run();

        self::assertFalse(AutomaticUse::isOn(), 'the admin switched it off');
    }

    public function testGivingBackCutOffAnywhereIsFinishedByTheNextLook(): void
    {
        $this->cutAfterEachChange('deactivate', [], function (): void {
            Database::change("UPDATE tblconfiguration SET value = 'on' WHERE setting = 'NoAutoApplyCredit'");
            $this->paired()->write(['automatic_use_before' => 'on']);
        }, function (string $where): void {
            AutomaticUse::agree(Settings::load());
            self::assertSame(!AutomaticUse::isOn(), AutomaticUse::isOurs(Settings::load()), $where);
        });
    }

    public function orders(): array
    {
        return [
            'balance first, 8.x' => ['balance-first', '8.x', 1, 'trial'],
            // Each process costs time, so the other order is cut after each third change.
            'log first, 9.x' => ['log-first', '9.x', 3, 'trial'],
            'how credit comes back, 9.x' => ['balance-first', '9.x', 2, 'trial-return'],
        ];
    }

    /** @dataProvider orders */
    public function testATrialCutOffAnywhereIsToldAndCleanedUpAtTheNextLook(
        string $order,
        string $ledger,
        int $step,
        string $act
    ): void {
        Switches::set('statement_order', $order);
        Switches::set('ledger', $ledger);
        Database::change("UPDATE tblconfiguration SET value = 'on' WHERE setting = 'NoAutoApplyCredit'");
        $this->paired();
        $client = 0;
        $told = ['balance' => false, 'credit' => false];
        $cuts = $this->cutAfterEachChange($act, [], function () use (&$client): array {
            $client = $this->client('5.00');
            return ['client' => (string) $client];
        }, function (string $where) use (&$client, &$told): void {
            $isBegun = Settings::load()->text('trial_open') !== '';
            if (!$isBegun) {
                self::assertSame(['5.00', []], [self::balance($client), self::openInvoices($client)], $where);
                return;
            }
            $page = html_entity_decode(self::connectionPage());
            self::assertStringContainsString('The trial with client ' . $client, $page, $where);
            foreach (self::openInvoices($client) as $id) {
                self::assertStringContainsString('invoice #' . $id, $page, $where);
            }
            if (self::balance($client) !== '5.00') {
                self::assertMatchesRegularExpression('/0\.01 too (much|little) on the balance of client/', $page, $where);
                $told['balance'] = true;
            }
            $told['credit'] = ($told['credit'] ?? false) || strpos($page, '0.01 of credit on invoice #') !== false;

            CronWork::run('AfterCronJob');

            self::assertSame('', Settings::load()->text('trial_open'), $where);
            self::assertSame('5.00', self::balance($client), $where);
            $left = Verdicts::left(Settings::load());
            self::assertNotSame('', Verdicts::whyNot(Settings::load(), Verdicts::TAKES_OFF), $where);
            foreach (self::openInvoices($client) as $id) {
                self::assertStringContainsString('look at invoice #' . $id, $left, $where);
            }
            if ((int) round(100 * self::logged($client)) !== 0) {
                self::assertStringContainsString('correct them under Manage Credits', $left, $where);
            }
            $before = Database::rows('SELECT * FROM standin_money_log WHERE client_id = ?', [$client]);
            CronWork::run('AfterCronJob');
            self::assertSame(
                $before,
                Database::rows('SELECT * FROM standin_money_log WHERE client_id = ?', [$client]),
                'it is cleaned up once'
            );
        }, $step);
        self::assertGreaterThan(30, $cuts);
        self::assertSame(['balance' => true, 'credit' => true], $told);
    }

    public function testATrialIsCleanedUpByNobodyWhileItIsCarriedOut(): void
    {
        $settings = $this->paired();
        $settings->write(['trial_open' => self::trialOf($this->client('1.00'), '0.99')]);
        $name = 'creditbridge:trial:' . $settings->text('installation');
        \StandIn\Platform\Db::side()->query("SELECT GET_LOCK('$name', 0)")->fetchAll();
        try {
            self::assertSame('', CutOffTrial::cleanUp(Settings::load()));
        } finally {
            \StandIn\Platform\Db::side()->query("SELECT RELEASE_LOCK('$name')")->fetchAll();
        }
        self::assertStringContainsString('0.01 too much', CutOffTrial::cleanUp(Settings::load()));
    }

    public function testTheWorkerCleansUpATrialThatWasCutOff(): void
    {
        $client = $this->client('1.00');
        $this->paired()->write(['trial_open' => self::trialOf($client, '0.99')]);

        $worker = new Process(['php', ROOTDIR . '/modules/addons/creditbridge/worker.php', '--once']);
        self::assertSame(0, $worker->wait(), $worker->output());

        self::assertSame(['0.99', ''], [self::balance($client), Settings::load()->text('trial_open')]);
    }

    public function testATrialWithAClientWhoIsGoneIsConcludedToo(): void
    {
        $client = $this->client('1.00');
        $this->paired()->write(['trial_open' => self::trialOf($client, '0.99')]);
        Database::change('DELETE FROM tblclients WHERE id = ?', [$client]);

        self::assertStringContainsString('no client ' . $client . ' any more', self::connectionPage());
        CronWork::run('AfterCronJob');

        self::assertSame('', Settings::load()->text('trial_open'));
    }

    public function testAFrozenInstallationSaysWhyTheTrialIsNotCleanedUp(): void
    {
        $client = $this->client('1.00');
        $this->paired()->write(['frozen' => 1, 'trial_open' => self::trialOf($client, '0.99')]);

        CronWork::run('AfterCronJob');

        self::assertSame('1.00', self::balance($client));
        self::assertStringContainsString('It is not cleaned up yet: everything is frozen.', self::connectionPage());
    }

    public function testATrialIsCleanedUpByNobodyWhereThisMayBeACopy(): void
    {
        $client = $this->client('1.00');
        $elsewhere = Fingerprint::here();
        $elsewhere['databases'][0]['host'] = 'db-of-the-original';
        $this->paired()->write(['fingerprint' => $elsewhere, 'trial_open' => self::trialOf($client, '0.99')]);

        CronWork::run('AfterCronJob');

        self::assertSame('1.00', self::balance($client));
        self::assertStringContainsString('It is not cleaned up yet: it is not known whether', self::connectionPage());
    }

    public function testLeavesAPaidTrialInvoiceToTheAdmin(): void
    {
        $client = $this->client('1.00');
        $invoice = $this->invoice($client, '0.02', 'Paid');
        $trial = self::trialOf($client, '1.00');
        $trial['invoiceId'] = $invoice - 1;
        Database::change(
            'UPDATE tblinvoices SET notes = ? WHERE id = ?',
            ['Credit Bridge trial [cb-trial:' . $trial['id'] . ']', $invoice]
        );
        $this->paired()->write(['trial_open' => $trial]);

        $told = CutOffTrial::cleanUp(Settings::load());

        self::assertStringContainsString('Invoice #' . $invoice . ' of the trial is Paid', $told);
        self::assertStringContainsString('Then run the trial again.', self::connectionPage());
    }

    public function testCleaningUpThatDiesItselfIsTriedThreeTimesThenLeftToTheAdmin(): void
    {
        $client = $this->client('1.00');
        $trial = self::trialOf($client, '0.99');
        $trial['cleanUps'] = CutOffTrial::TRIES;
        $this->paired()->write(['trial_open' => $trial]);

        self::assertStringContainsString('interrupted 3 times', CutOffTrial::cleanUp(Settings::load()));
        self::assertSame('1.00', self::balance($client));
    }

    public function recordedActs(): array
    {
        return [
            'freeze' => ['freeze', 'SELECT frozen FROM mod_creditbridge_settings', '0'],
            'freeze a client' => ['freeze-client', 'SELECT COUNT(*) FROM mod_creditbridge_frozen_clients', '0'],
            'rotate' => ['rotate', "SELECT COUNT(*) FROM mod_creditbridge_secrets WHERE position = 'next'", '0'],
            'finish the rotation' => [
                'finish-rotation', "SELECT COUNT(*) FROM mod_creditbridge_secrets WHERE position = 'next'", '2',
            ],
            'it is a copy' => ['copied', 'SELECT state FROM mod_creditbridge_settings', 'copy-or-move'],
            'it was moved' => ['moved', 'SELECT state FROM mod_creditbridge_settings', 'copy-or-move'],
            'it was restored' => ['readopt', 'SELECT halted FROM mod_creditbridge_settings', 'restored'],
        ];
    }

    /** @dataProvider recordedActs */
    public function testAnActCutOffAnywhereIsDoneAndRecordedOrNeither(string $act, string $look, string $before): void
    {
        $client = $this->client('1.00');
        $peer = $act === 'finish-rotation' ? $this->peer() : null;
        $prepare = function () use ($before, $peer): void {
            Database::change('DELETE FROM mod_creditbridge_audit');
            Database::change('DELETE FROM mod_creditbridge_frozen_clients');
            Database::change("DELETE FROM mod_creditbridge_secrets WHERE position = 'next'");
            if ($before === '2') {
                Secrets::prepareNext('admin:1');
                Database::change('DELETE FROM mod_creditbridge_audit');
            }
            Settings::load()->write([
                'frozen' => 0,
                'state' => $before === 'copy-or-move' ? $before : 'new',
                'fingerprint' => ($before === 'copy-or-move' ? ['systemUrl' => 'https://old.example.com'] : [])
                    + Fingerprint::here(),
                'halted' => $before === 'restored' ? $before : '',
            ]);
            if ($peer !== null) {
                // A service that has the new secrets.
                $this->paired($peer);
                $peer->answer('/v1/manifest', ['body' => []]);
                $peer->believe(Secrets::of(Secrets::TO_WHMCS));
            }
        };
        $form = ['client' => (string) $client, 'reason' => 'test'];
        $this->cutAfterEachChange($act, $form, $prepare, function (string $where) use ($look, $before): void {
            $isDone = (string) Database::value($look) !== $before;
            self::assertSame($isDone, (int) Database::value('SELECT COUNT(*) FROM mod_creditbridge_audit') > 0, $where);
            Secrets::forget();
            self::assertCount(2, array_filter(array_column(Secrets::known(), Secrets::CURRENT)), $where);
            self::assertContains(count(array_filter(array_column(Secrets::known(), Secrets::NEXT))), [0, 2], $where);
        });
    }

    public function testActivatingCutOffAnywhereIsFinishedByActivatingAgainOrByTheConnectionPage(): void
    {
        $tables = ['settings', 'secrets', 'spool', 'commands', 'answered_facts', 'leases', 'frozen_clients', 'audit'];
        $this->cutAfterEachChange('activate', [], function () use ($tables): void {
            foreach ($tables as $table) {
                Database::change('DELETE FROM mod_creditbridge_' . $table);
            }
        }, function (string $where): void {
            if (Database::value('SELECT 1 FROM mod_creditbridge_settings') !== null) {
                $_SERVER['REQUEST_METHOD'] = 'POST';
                $_POST = ['act' => 'show-secrets', 'token' => generate_token('plain')];
                Secrets::forget();
                self::assertSame(2, substr_count((new AdminPage('x'))->render(), '=whsec_'), $where);
            }
            self::assertSame('success', Activate::run()['status'], $where);
            self::assertTrue(Settings::load()->json('whmcs')['sharedConnection'], $where);
        });
    }

    /**
     * Runs the act in a process that dies after its first change, its second, and so on, until it survives.
     *
     * @param callable $prepare may return more fields of the form
     * @return int after how many changes it died last
     */
    private function cutAfterEachChange(string $act, array $form, callable $prepare, callable $check, int $step = 1): int
    {
        for ($nth = 1;; $nth += $step) {
            $fields = $form + (array) $prepare();
            $report = tempnam(sys_get_temp_dir(), 'creditbridge-cut-');
            $knife = ['act' => 'kill', 'side' => 'after', 'nth' => $nth, 'changing' => true, 'report' => $report];
            $process = new Process(
                ['php', __DIR__ . '/Support/act.php', ROOTDIR, $act, json_encode((object) $fields)],
                ['TORTURE_KNIFE' => json_encode($knife)]
            );
            $code = $process->wait();
            $met = (string) file_get_contents($report);
            unlink($report);
            self::forget();
            if ($met === '') {
                self::assertSame(0, $code, $process->output());
                self::assertGreaterThan(1, $nth);
                return $nth - $step;
            }
            $this->locksAreFree();
            $check($nth . ', ' . json_decode($met, true)['where']);
        }
    }

    /** The server closes a killed process's connection, and so ends its locks, a little later. */
    private function locksAreFree(): void
    {
        $installation = (string) Database::value('SELECT installation FROM mod_creditbridge_settings');
        for ($look = 0; $look < 1000; $look++) {
            if (
                (int) Database::value(
                    'SELECT IS_FREE_LOCK(?) AND IS_FREE_LOCK(?)',
                    ['creditbridge:trial:' . $installation, 'creditbridge:automatic-use:' . $installation]
                ) === 1
            ) {
                return;
            }
            usleep(5000);
        }
        self::fail('The process has ended, but its lock is still held.');
    }

    private static function connectionPage(): string
    {
        $_SERVER['REQUEST_METHOD'] = 'GET';
        $_GET = ['page' => 'connection'];

        return (new AdminPage('addonmodules.php?module=creditbridge'))->render();
    }

    private static function trialOf(int $client, string $balance): array
    {
        return [
            'id' => Uuid::v7(), 'kind' => Verdicts::MAIL, 'client' => $client, 'balance' => $balance,
            'begunAt' => '2026-01-01 00:00:00', 'cleanUps' => 0,
            'creditId' => (int) Database::value('SELECT COALESCE(MAX(id), 0) FROM tblcredit'),
            'invoiceId' => (int) Database::value('SELECT COALESCE(MAX(id), 0) FROM tblinvoices'),
        ];
    }

    private static function openInvoices(int $client): array
    {
        return array_column(Database::rows(
            "SELECT id FROM tblinvoices WHERE userid = ? AND status <> 'Cancelled'",
            [$client]
        ), 'id');
    }

    private static function logged(int $client): float
    {
        return (float) Database::value('SELECT COALESCE(SUM(amount), 0) FROM tblcredit WHERE clientid = ?', [$client]);
    }
}
