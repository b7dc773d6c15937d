<?php

declare(strict_types=1);

namespace CreditBridge\Tests;

use CreditBridge\Tests\Support\Process;
use StandIn\Platform\Switches;
use WHMCS\Database\Capsule;
use WHMCS\Module\Addon\Creditbridge\Command\Executor;
use WHMCS\Module\Addon\Creditbridge\Database;
use WHMCS\Module\Addon\Creditbridge\Installation\Snapshot;
use WHMCS\Module\Addon\Creditbridge\Page\AdminPage;
use WHMCS\Module\Addon\Creditbridge\SelfTest\SharedConnection;
use WHMCS\Module\Addon\Creditbridge\Settings;
use WHMCS\Module\Addon\Creditbridge\Work\AfterPage;
use WHMCS\Module\Addon\Creditbridge\Work\CronWork;

/**
 * Another module leaves `autocommit = 0` on WHMCS's connection, or the surroundings of the self-test change.
 */
final class AutocommitTest extends ShimTestCase
{
    const MODULE = ROOTDIR . '/includes/hooks/autocommit.php';

    protected function tearDown(): void
    {
        Capsule::connection()->getPdo()->exec('COMMIT');
        Capsule::connection()->getPdo()->exec('SET autocommit = 1');
        if (is_file(self::MODULE)) {
            unlink(self::MODULE);
        }
        parent::tearDown();
    }

    public function testTheWorkerSendsAndRunsAlthoughAModuleSwitchesAutocommitOff(): void
    {
        $peer = $this->peer();
        $this->paired($peer);
        $client = $this->client('0.00');
        $ids = [
            $this->command('AddCredit', $client, self::bonus($client)),
            $this->command('AddCredit', $client, self::bonus($client)),
        ];
        $this->spool();
        self::moduleSays("WHMCS\\Database\\Capsule::connection()->getPdo()->exec('SET autocommit = 0');");

        self::assertSame('', self::worker());

        self::assertSame([[], 'done', 'done'], [self::spooled(), self::state($ids[0]), self::state($ids[1])]);
        self::assertSame('2.00', self::balance($client));
        self::assertSame('cron or worker', Settings::load()->json('whmcs')['autocommitOff']['where']);
    }

    public function testTheWorkerKeepsWhatItDidAlthoughAHookSwitchesAutocommitOffDuringACommand(): void
    {
        $this->paired();
        $client = $this->client('9.00');
        $apply = $this->command('ApplyCredit', $client, [
            'invoiceid' => $this->invoice($client, '6.00'), 'amount' => '6.00', 'noemail' => true,
        ]);
        $add = $this->command('AddCredit', $client, self::bonus($client));
        self::moduleSays("add_hook('InvoicePaid', 1, function () {
            WHMCS\\Database\\Capsule::connection()->getPdo()->exec('SET autocommit = 0');
        });");

        self::assertSame('', self::worker());

        self::assertSame(['done', 'done'], [self::state($apply), self::state($add)]);
        self::assertSame('4.00', self::balance($client));
    }

    public function testCronSendsAndRunsAlthoughAutocommitIsOff(): void
    {
        $peer = $this->peer();
        $this->paired($peer);
        $this->spool();
        $client = $this->client('0.00');
        $id = $this->command('AddCredit', $client, self::bonus($client));
        Capsule::connection()->getPdo()->exec('SET autocommit = 0');
        Database::change("UPDATE tblclients SET lastname = 'Kept' WHERE id = ?", [$client]);

        CronWork::run('AfterCronJob');

        self::assertSame([[], 'done'], [self::spooled(), self::state($id)]);
        self::assertSame(1, (int) Database::value('SELECT @@autocommit'), 'what WHMCS does from now on is kept, too');
    }

    public function testARealOpenTransactionIsLeftAlone(): void
    {
        $this->paired($this->peer());
        $this->spool();
        $client = $this->client('0.00');
        $pdo = Capsule::connection()->getPdo();
        $pdo->exec('START TRANSACTION');
        Database::change("UPDATE tblclients SET lastname = 'Undone' WHERE id = ?", [$client]);
        $log = ini_set('error_log', $file = tempnam(sys_get_temp_dir(), 'creditbridge-log-'));

        CronWork::run('AfterCronJob');

        ini_set('error_log', (string) $log);
        $pdo->exec('ROLLBACK');
        self::assertSame('Client', Database::value('SELECT lastname FROM tblclients WHERE id = ?', [$client]));
        self::assertCount(1, self::spooled());
        self::assertStringContainsString('does nothing in AfterCronJob', (string) file_get_contents($file));
        unlink($file);
    }

    public function testAnActOnTheConnectionPageHoldsAlthoughAutocommitIsOff(): void
    {
        $this->paired();
        $_SESSION['adminid'] = 1;
        Capsule::connection()->getPdo()->exec('SET autocommit = 0');
        Database::value('SELECT COUNT(*) FROM tblclients');
        $_SERVER['REQUEST_METHOD'] = 'POST';
        $_POST = ['act' => 'freeze', 'token' => generate_token('plain')];

        (new AdminPage('x'))->render();

        self::assertSame('1', (string) \StandIn\Platform\Db::side()
            ->query('SELECT frozen FROM mod_creditbridge_settings')->fetchColumn());
    }

    public function testAPageNotesItAndTheConnectionPageSaysWhySinceWhenAndWhatToDo(): void
    {
        $settings = $this->paired();
        $_SESSION['adminid'] = 1;
        Capsule::connection()->getPdo()->exec('SET autocommit = 0');
        $client = $this->client('0.00');

        AfterPage::send($settings);
        $note = \StandIn\Platform\Db::side()
            ->query("SELECT JSON_EXTRACT(whmcs, '$.autocommitOff.where') FROM mod_creditbridge_settings")->fetchColumn();
        Capsule::connection()->getPdo()->exec('ROLLBACK');
        Capsule::connection()->getPdo()->exec('SET autocommit = 1');

        self::assertSame('"cron or worker"', $note, 'this test is a command line');
        self::assertNull(Database::value('SELECT 1 FROM tblclients WHERE id = ?', [$client]), 'the page was not committed');
        $_GET = ['page' => 'connection'];
        $page = strip_tags((new AdminPage('x'))->render());
        self::assertMatchesRegularExpression(
            '/switched off by another module Seen in cron or worker since \d+ \w+ \d+, \d+:\d+/',
            $page
        );
        self::assertStringContainsString('search modules and includes/hooks for autocommit', $page);
    }

    public function testANoteThatIsADayOldIsDropped(): void
    {
        $settings = $this->paired();
        $old = gmdate('Y-m-d\TH:i:s\Z', time() - 90000);
        Snapshot::remember($settings, 'autocommitOff', ['since' => $old, 'seenAt' => $old, 'where' => 'pages']);

        Snapshot::refresh(Settings::load(), true);

        self::assertNull(Settings::load()->json('whmcs')['autocommitOff']);
    }

    public function testAnOrdinaryPageAsksNothing(): void
    {
        $settings = $this->paired();
        Capsule::connection()->flushQueryLog();
        Capsule::connection()->enableQueryLog();

        AfterPage::send($settings);

        self::assertSame([], Capsule::connection()->getQueryLog());
        Capsule::connection()->disableQueryLog();
    }

    public function testLooksAtTheEngineOfEachSharedTable(): void
    {
        preg_match_all('/^CREATE TABLE (\w+)/m', (string) file_get_contents(__DIR__ . '/../../bridge/tables.sql'), $shared);

        self::assertNotSame([], $shared[1]);
        self::assertSame([], array_diff($shared[1], array_keys(Snapshot::engines())));
    }

    public function changes(): array
    {
        return [
            'a table that turned MyISAM' => [
                'ALTER TABLE tblcredit ENGINE = MyISAM', 'ALTER TABLE tblcredit ENGINE = InnoDB', false,
            ],
            'a shared table that turned MyISAM' => [
                'ALTER TABLE mod_creditbridge_commands ENGINE = MyISAM',
                'ALTER TABLE mod_creditbridge_commands ENGINE = InnoDB',
                false,
            ],
            'another isolation' => [
                'SET SESSION TRANSACTION ISOLATION LEVEL READ UNCOMMITTED',
                'SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ',
                true,
            ],
            'another version of WHMCS' => [
                "UPDATE tblconfiguration SET value = '8.14.0' WHERE setting = 'Version'",
                "UPDATE tblconfiguration SET value = '8.13.1-release.1' WHERE setting = 'Version'",
                true,
            ],
            'another sql_mode' => ["SET SESSION sql_mode = 'ANSI'", "SET SESSION sql_mode = ''", true],
        ];
    }

    /** @dataProvider changes */
    public function testASelfTestIsNotMeasuredOnceItsSurroundingsChangedAndMeasuredAnewByCron(
        string $change,
        string $back,
        bool $isShared
    ): void {
        $settings = $this->paired();
        self::assertTrue(SharedConnection::isProven($settings));
        Capsule::connection()->getPdo()->exec($change);
        SharedConnection::forget();
        try {
            self::assertNull(SharedConnection::isProven($settings), 'not measured');

            CronWork::run('AfterCronJob');

            self::assertSame($isShared, SharedConnection::isProven(Settings::load()));
            self::assertSame($isShared, Settings::load()->json('whmcs')['sharedConnection']);
        } finally {
            Capsule::connection()->getPdo()->exec($back);
        }
        SharedConnection::forget();
        self::assertTrue(SharedConnection::isProven(Settings::load()), 'as before, it counts again');
    }

    public function testASelfTestThatWhmcsRefusesStopsNothingAndIsTriedAgainLater(): void
    {
        $settings = $this->paired();
        Snapshot::remember($settings, 'measured', []);
        Switches::set('hook_exception', 'fatal');
        $tries = 0;
        add_hook('LogActivity', 1, static function (array $vars) use (&$tries): void {
            if (strpos((string) $vars['description'], 'self-test') !== false) {
                $tries++;
                throw new \RuntimeException('Another module forbids it.');
            }
        });

        Snapshot::refresh($settings, true);
        Snapshot::refresh($settings, true);

        self::assertSame(1, $tries);
        self::assertNull(Settings::load()->json('whmcs')['sharedConnection']);
        self::assertNotNull(Settings::load()->json('whmcs')['lastCronAt']);
        Database::change('DELETE FROM tblerrorlog');
    }

    public function testAddCreditTakesTheOtherWayWhileItIsNotMeasured(): void
    {
        $this->paired();
        $client = $this->client('1.00');
        Database::change('ALTER TABLE tblcredit ENGINE = MyISAM');
        SharedConnection::forget();
        $levels = [];
        add_hook('LogActivity', 1, static function () use (&$levels): void {
            $levels[] = Capsule::connection()->transactionLevel();
        });
        try {
            $id = $this->command('AddCredit', $client, self::bonus($client));
            (new Executor(Settings::load()))->run(self::soon());
        } finally {
            Database::change('ALTER TABLE tblcredit ENGINE = InnoDB');
        }
        self::assertSame(['done', [0]], [self::state($id), array_unique($levels)], 'called outside of a transaction');
    }

    public function testACreditLogWithoutTransactionsNeverMakesALostPaymentLookDone(): void
    {
        $this->paired();
        Switches::set('die_after_statement', 'AddCredit:2');
        $client = $this->client('1.00');
        $id = $this->command('AddCredit', $client, self::bonus($client));
        Database::change('ALTER TABLE tblcredit ENGINE = MyISAM');
        try {
            self::worker();
            Switches::load();
            Database::change("UPDATE mod_creditbridge_leases SET until = '2000-01-01'");
            Database::change("UPDATE mod_creditbridge_commands SET lease_until = '2000-01-01' WHERE state = 'running'");
            self::worker();
        } finally {
            Database::change('ALTER TABLE tblcredit ENGINE = InnoDB');
        }
        self::assertSame(['done', '2.00'], [self::state($id), self::balance($client)]);
    }

    private function spool(): void
    {
        Database::change(
            "INSERT INTO mod_creditbridge_spool (id, hook, item, created_at, next_attempt_at) VALUES"
            . " ('01900000-0000-7000-8000-000000000001', 'InvoiceCreated', '{\"id\":\"01900000-0000-7000-8000-000000000001\"}',"
            . ' UTC_TIMESTAMP(6), UTC_TIMESTAMP(6))'
        );
    }

    private static function moduleSays(string $code): void
    {
        if (!is_dir(dirname(self::MODULE))) {
            mkdir(dirname(self::MODULE), 0777, true);
        }
        $isWorker = 'basename($_SERVER["argv"][0]) === "worker.php"';
        file_put_contents(self::MODULE, '<?php if (' . $isWorker . ') { ' . $code . ' }');
    }

    /** Returns what it printed. */
    private static function worker(): string
    {
        $worker = new Process(['php', ROOTDIR . '/modules/addons/creditbridge/worker.php', '--once']);
        $worker->wait();

        return $worker->output();
    }

    private static function bonus(int $client): array
    {
        return ['clientid' => $client, 'description' => 'Bonus', 'amount' => '1.00', 'type' => 'add'];
    }
}
