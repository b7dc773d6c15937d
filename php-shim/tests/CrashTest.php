<?php

declare(strict_types=1);

namespace CreditBridge\Tests;

use CreditBridge\Tests\Support\Process;
use StandIn\Platform\Db;
use StandIn\Platform\Switches;
use WHMCS\Module\Addon\Creditbridge\Command\Executor;
use WHMCS\Module\Addon\Creditbridge\Command\InDoubt;
use WHMCS\Module\Addon\Creditbridge\Database;
use WHMCS\Module\Addon\Creditbridge\Declined;
use WHMCS\Module\Addon\Creditbridge\Installation\WhmcsSetting;
use WHMCS\Module\Addon\Creditbridge\LocalApi;
use WHMCS\Module\Addon\Creditbridge\Settings;

/**
 * Real processes that die between two statements of WHMCS's own API. The stand-in's money triggers judge.
 */
final class CrashTest extends CrashTestCase
{
    public function deaths(): array
    {
        $cases = [];
        foreach (['balance-first', 'log-first'] as $order) {
            foreach (['kill', 'exit'] as $mode) {
                foreach ([true, false] as $isShared) {
                    foreach ([1, 2] as $statement) {
                        $name = "$order, $mode after write $statement, " . ($isShared ? 'shared' : 'separate') . ' connection';
                        $cases[$name] = [$order, $mode, $isShared, $statement];
                    }
                }
            }
        }
        return $cases;
    }

    /** @dataProvider deaths */
    public function testAddCreditTakesEffectOnceWhateverDies(string $order, string $mode, bool $isShared, int $statement): void
    {
        Switches::set('statement_order', $order);
        Switches::set('die_mode', $mode);
        Switches::set('die_after_statement', 'AddCredit:' . $statement);
        Switches::set('api_connection', $isShared ? 'shared' : 'separate');
        self::measuredAs($isShared);
        $client = $this->client('1.00');
        $id = $this->command('AddCredit', $client, [
            'clientid' => $client, 'description' => 'Bonus', 'amount' => '2.00', 'type' => 'add',
        ]);

        $this->workerDies();
        self::assertSame('running', self::state($id));
        $this->leasesEnd();
        $this->settle();

        if ($isShared) {
            self::assertSame('done', self::state($id));
        }
        $changes = $this->balanceChanges($client);
        if (self::state($id) === 'done') {
            self::assertSame('3.00', self::balance($client));
            self::assertSame(1, $changes);
        } else {
            self::assertSame('unknown', self::state($id));
            self::assertLessThanOrEqual(1, $changes);
            self::assertNotSame('', self::row($id)['reason']);
            self::noAnswerIsTaken($id);
        }
    }

    /** Half of it is there: "done" would lose the rest, and "not done" would do the first half again. */
    private static function noAnswerIsTaken(string $id): void
    {
        foreach ([true, false] as $isDone) {
            try {
                InDoubt::settle($id, $isDone, 'An admin says so.');
                self::fail('It was taken that it was ' . ($isDone ? '' : 'not ') . 'done.');
            } catch (Declined $why) {
                self::assertStringStartsWith('Nothing was noted', $why->getMessage());
            }
        }
        self::assertSame('unknown', self::state($id));
        self::assertNotNull(self::row($id)['live_fact'], 'the fact is not answered again');
    }

    public function applyDeaths(): array
    {
        $cases = [];
        foreach (['balance-first', 'log-first'] as $order) {
            foreach (['8.x', '9.x'] as $ledger) {
                foreach (range(1, $ledger === '9.x' ? 8 : 6) as $statement) {
                    $cases["$order, ledger $ledger, after write $statement"] = [$order, $ledger, $statement];
                }
            }
        }
        return $cases;
    }

    /** @dataProvider applyDeaths */
    public function testApplyCreditIsSettledOrHonestlyInDoubt(string $order, string $ledger, int $statement): void
    {
        Switches::set('ledger', $ledger);
        Switches::set('statement_order', $order);
        Switches::set('die_after_statement', 'ApplyCredit:' . $statement);
        $client = $this->client('10.00');
        $invoice = $this->invoice($client, '6.00');
        $id = $this->command('ApplyCredit', $client, ['invoiceid' => $invoice, 'amount' => '6.00', 'noemail' => true]);

        $this->workerRuns();
        $this->leasesEnd();
        $this->settle();

        self::assertContains(self::state($id), ['done', 'unknown']);
        self::assertLessThanOrEqual(1, $this->balanceChanges($client), 'never paid twice');
        if (self::state($id) === 'done') {
            self::assertSame('4.00', self::balance($client));
            self::assertSame('Paid', Database::value('SELECT status FROM tblinvoices WHERE id = ?', [$invoice]));
        } else {
            self::noAnswerIsTaken($id);
        }
    }

    public function takingOffDeaths(): array
    {
        $cases = [];
        foreach (['8.x' => 4, '9.x' => 6] as $ledger => $writes) {
            foreach (range(1, $writes) as $statement) {
                $cases["ledger $ledger, after write $statement"] = [$ledger, $statement];
            }
        }
        return $cases;
    }

    /** @dataProvider takingOffDeaths */
    public function testCreditThatIsTakenOffAnInvoiceIsSettledOrHonestlyInDoubt(string $ledger, int $statement): void
    {
        Switches::set('ledger', $ledger);
        $client = $this->client('10.00');
        $invoice = $this->invoice($client, '6.00');
        LocalApi::demand('ApplyCredit', ['invoiceid' => $invoice, 'amount' => '4.00', 'noemail' => true], 'admin');
        $before = $this->balanceChanges($client);
        Settings::load()->write(['trial' => ['returns' => [
            'version' => (string) WhmcsSetting::read('Version'), 'takesOff' => true,
        ]]]);
        Switches::set('die_after_statement', 'ApplyCredit:' . $statement);
        $id = $this->command('UnapplyCredit', $client, ['invoiceid' => $invoice, 'amount' => '4.00']);

        $this->workerDies();
        $this->leasesEnd();
        $this->settle();

        self::assertContains(self::state($id), ['done', 'unknown'], self::row($id)['reason']);
        self::assertSame($before + 1, $this->balanceChanges($client), 'never given back twice');
        self::assertSame('10.00', self::balance($client));
        if (self::state($id) === 'done') {
            self::assertSame('6.00', LocalApi::demand('GetInvoice', ['invoiceid' => $invoice])['balance']);
        }
    }

    public function testCancellingIsRepeatedUntilItHolds(): void
    {
        Switches::set('die_after_statement', 'UpdateInvoice:1');
        $client = $this->client('0.00');
        $invoice = $this->invoice($client, '6.00');
        $id = $this->command('UpdateInvoice', $client, ['invoiceid' => $invoice, 'status' => 'Cancelled']);

        $this->workerDies();
        $this->leasesEnd();
        $this->settle();

        self::assertSame('done', self::state($id));
        self::assertSame('Cancelled', Database::value('SELECT status FROM tblinvoices WHERE id = ?', [$invoice]));
    }

    public function testAMailInDoubtIsNotSentAgain(): void
    {
        $client = $this->client('0.00');
        $id = $this->command('SendEmail', $client, [
            'customtype' => 'general', 'customsubject' => 'Your bonus', 'custommessage' => 'Hello', 'id' => $client,
        ], [
            'state' => 'running', 'fence' => 1, 'witnesses' => '{"emailId":0}', 'lease_until' => '2000-01-01 00:00:00',
            'answer' => '{"asked":true}',
        ]);

        $this->settle();

        self::assertSame('unknown', self::state($id));
        self::assertSame(0, (int) Database::value('SELECT COUNT(*) FROM tblemails WHERE userid = ?', [$client]));
    }

    public function testAMailThatWhmcsWasNotAskedForYetIsSent(): void
    {
        $client = $this->client('0.00');
        $id = $this->command('SendEmail', $client, [
            'customtype' => 'general', 'customsubject' => 'Your bonus', 'custommessage' => 'Hello', 'id' => $client,
        ], [
            'state' => 'running', 'fence' => 1, 'witnesses' => '{"emailId":0}', 'lease_until' => '2000-01-01 00:00:00',
        ]);

        $this->settle();

        self::assertSame('done', self::state($id), self::row($id)['reason']);
        self::assertSame(1, (int) Database::value('SELECT COUNT(*) FROM tblemails WHERE userid = ?', [$client]));
    }

    public function testAMailThatIsFoundAmongThoseSentIsDone(): void
    {
        $client = $this->client('0.00');
        Database::change(
            "INSERT INTO tblemails (userid, subject, message, date) VALUES (?, 'Bonus for invoice 7', '', NOW())",
            [$client]
        );
        Database::change(
            "INSERT INTO tblemailtemplates (type, name, subject, message, language)"
            . " VALUES ('general', 'Test Bonus', 'Bonus for invoice {\$invoice_id}', '', '')"
        );
        $id = $this->command('SendEmail', $client, ['messagename' => 'Test Bonus', 'id' => $client], [
            'state' => 'running', 'fence' => 1, 'witnesses' => '{"emailId":0}', 'lease_until' => '2000-01-01 00:00:00',
            'answer' => '{"asked":true}',
        ]);

        $this->settle();

        self::assertSame('done', self::state($id), self::row($id)['reason']);
    }

    public function testAnExpiredLeaseIsNotTakenForDeathWhileTheLockIsHeld(): void
    {
        $client = $this->client('0.00');
        $id = $this->command('AddCredit', $client, [
            'clientid' => $client, 'description' => 'Bonus', 'amount' => '2.00', 'type' => 'add',
        ], [
            'state' => 'running', 'fence' => 1, 'attempts' => 1, 'lease_until' => '2000-01-01 00:00:00',
            'witnesses' => '{"balance":"0.00","creditId":0,"invoice":null}',
        ]);
        // Another process (another connection) is still provisioning.
        Db::side()->query("SELECT GET_LOCK('creditbridge:$id', 0)")->fetchAll();

        $this->settle();
        self::assertSame('running', self::state($id));

        Db::side()->query("SELECT RELEASE_LOCK('creditbridge:$id')")->fetchAll();
        $this->settle();
        self::assertSame('done', self::state($id));
        self::assertSame('2.00', self::balance($client));
    }

    public function testTwoWorkersNeverDoTheSameCommandTwice(): void
    {
        $clients = [];
        $ids = [];
        for ($number = 0; $number < 12; $number++) {
            $clients[] = $client = $this->client('0.00');
            foreach (range(1, 4) as $ignored) {
                $ids[] = $this->command('AddCredit', $client, [
                    'clientid' => $client, 'description' => 'Bonus', 'amount' => '1.00', 'type' => 'add',
                ]);
            }
        }
        $workers = [];
        foreach (range(1, 4) as $ignored) {
            $workers[] = new Process(['php', ROOTDIR . '/modules/addons/creditbridge/worker.php', '--once']);
        }
        foreach ($workers as $worker) {
            self::assertSame(0, $worker->wait(), $worker->output());
        }
        $this->settle();

        self::assertSame(['done'], array_values(array_unique(array_map([self::class, 'state'], $ids))));
        foreach ($clients as $client) {
            self::assertSame('4.00', self::balance($client));
        }
    }
}
