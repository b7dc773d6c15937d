<?php

declare(strict_types=1);

namespace CreditBridge\Tests;

use StandIn\Platform\Db;
use WHMCS\Module\Addon\Creditbridge\Command\Command;
use WHMCS\Module\Addon\Creditbridge\Command\Executor;
use WHMCS\Module\Addon\Creditbridge\Command\Lease;
use WHMCS\Module\Addon\Creditbridge\Command\Outcome;
use WHMCS\Module\Addon\Creditbridge\Command\Queue;
use WHMCS\Module\Addon\Creditbridge\Database;
use WHMCS\Module\Addon\Creditbridge\Settings;

/**
 * An executor that is alive although its lease is over: its late writes are refused, or are true.
 */
final class FencingTest extends ShimTestCase
{
    protected function setUp(): void
    {
        parent::setUp();
        $this->paired();
    }

    public function testStartsNothingWhenAnotherExecutorHasOrHadTheClientSinceTheCommandWasChosen(): void
    {
        $client = $this->client('0.00');
        $id = $this->bonus($client);
        $chosen = $this->chosen($client);
        $other = Lease::take($client);
        self::assertNull(Queue::start($chosen, []), 'another executor has the client');
        self::assertSame([], Queue::next([$client]));
        $other->release();
        self::assertNull(Queue::start($chosen, []), 'what was read may be true no more');

        $anew = $this->chosen($client);
        self::assertSame(2, Queue::start($anew, [])['fence']);
        self::assertSame(['running', '2'], [self::state($id), (string) self::row($id)['fence']]);
        self::assertNull(Queue::start($anew, []), 'it is open no more');
        self::assertNull(Lease::take($client), 'the start took the client');
        $other->release();
        self::assertNull(Lease::take($client), 'who is late cannot give the other\'s lease back');
    }

    public function testOnlyOneOfTwoThatChoseAtOnceStartsSomethingOfAClient(): void
    {
        $client = $this->client('0.00');
        $note = ['description' => 'x', 'clientid' => $client];
        list($first, $second) = [$this->command('LogActivity', $client, $note), $this->command('LogActivity', $client, $note)];
        $chosen = $this->chosen($client);
        Database::change('UPDATE mod_creditbridge_commands SET urgency = 1 WHERE id = ?', [$second]);
        $other = $this->chosen($client);

        self::assertSame([$first, $second], [$chosen['id'], $other['id']]);
        self::assertNotNull(Queue::start($chosen, []));
        self::assertNull(Queue::start($other, []));
        self::assertSame(['running', 'open'], [self::state($first), self::state($second)]);
    }

    public function testGivesTheClientBackWithTheEndOfTheCommandUnlessAnotherHasIt(): void
    {
        $client = $this->client('0.00');
        $this->bonus($client);
        $done = Queue::start($this->chosen($client), []);
        self::assertTrue(Queue::settle($done, [Command::RUNNING], new Outcome(Command::DONE)));
        $lease = Lease::take($client);
        self::assertNotNull($lease);
        $lease->release();

        $this->bonus($client);
        $late = Queue::start($this->chosen($client), []);
        Database::change("UPDATE mod_creditbridge_leases SET until = '2000-01-01'");
        self::assertNotNull(Lease::take($client));
        self::assertTrue(Queue::reopen($late, new Outcome(Command::OPEN, 'late')), 'it was not begun anew');
        self::assertNull(Lease::take($client), 'the other executor still has the client');
    }

    public function testWhoIsLateNeitherRefusesNorReopensNorPutsOffWhatAnotherHasBegun(): void
    {
        $client = $this->client('0.00');
        $id = $this->bonus($client);
        $chosen = $this->chosen($client);
        self::assertNotNull(Queue::start($chosen, []));

        self::assertFalse(Queue::settle($chosen, [Command::OPEN], new Outcome(Command::STALE, 'late')));
        self::assertFalse(Queue::settle($chosen, [Command::RUNNING], new Outcome(Command::REFUSED, 'late')));
        self::assertFalse(Queue::reopen($chosen, new Outcome(Command::OPEN, 'late')));
        self::assertFalse(Queue::noteAnswer($chosen, ['invoiceid' => 1]));
        Database::change("UPDATE mod_creditbridge_commands SET state = 'open'");
        Queue::putOff($chosen, 'late');

        $row = self::row($id);
        self::assertSame(['open', '1', '', null], [$row['state'], (string) $row['attempts'], $row['reason'], $row['answer']]);
    }

    public function testAddCreditIsRolledBackWhenTheCommandWasTakenOverMeanwhile(): void
    {
        $client = $this->client('0.00');
        $id = $this->bonus($client);
        $this->meanwhile('fence = fence + 1', $id);

        $this->execute();
        self::assertSame(['running', '0.00'], [self::state($id), self::balance($client)]);

        Database::change("UPDATE mod_creditbridge_leases SET until = '2000-01-01'");
        Database::change("UPDATE mod_creditbridge_commands SET lease_until = '2000-01-01'");
        $this->execute();
        Database::change('UPDATE mod_creditbridge_commands SET not_before = NULL');
        $this->execute();
        self::assertSame(['done', '1.00'], [self::state($id), self::balance($client)]);
        self::assertCount(1, Database::rows('SELECT id FROM tblcredit WHERE clientid = ?', [$client]));
    }

    public function settledMeanwhile(): array
    {
        return [
            'taken for untouched' => ["state = 'open'", 'done'],
            'in doubt' => ["state = 'unknown'", 'done'],
            'begun by another' => ["state = 'running', fence = fence + 1", 'running'],
            'settled by an admin' => ["state = 'stale', live_fact = NULL", 'stale'],
        ];
    }

    /** @dataProvider settledMeanwhile */
    public function testWhoMadeTheCallKnowsBetterThanItsTracesUnlessItWasBegunAgain(string $change, string $state): void
    {
        $client = $this->client('10.00');
        $invoice = $this->invoice($client, '6.00');
        $id = $this->command('ApplyCredit', $client, ['invoiceid' => $invoice, 'amount' => '6.00', 'noemail' => true]);
        $this->meanwhile($change, $id);

        $this->execute();

        self::assertSame($state, self::state($id));
        self::assertSame($state === 'done', self::row($id)['credit_log_id'] !== null);
        self::assertSame('4.00', self::balance($client));
    }

    public function notSettled(): array
    {
        return ['in doubt' => ['unknown'], 'cut off, or at work' => ['running']];
    }

    /** @dataProvider notSettled */
    public function testAnInvoiceWithACommandThatIsNotSettledWaitsForWhoeverOwnsItByNow(string $state): void
    {
        list($before, $now) = [$this->client('9.00'), $this->client('9.00')];
        $invoice = $this->invoice($now, '6.00');
        $apply = ['invoiceid' => $invoice, 'amount' => '6.00', 'noemail' => true];
        $this->command('ApplyCredit', $before, $apply, ['state' => $state, 'lease_until' => '2999-01-01 00:00:00']);
        $blocked = $this->command('ApplyCredit', $now, $apply);
        $other = $this->bonus($now);

        $this->execute();

        self::assertSame(['open', 'done'], [self::state($blocked), self::state($other)]);
    }

    public function testWaitsForTheCommandItRequires(): void
    {
        list($from, $to) = [$this->client('5.00'), $this->client('0.00')];
        $gives = $this->bonus($to, ['requires_fact' => 'transfer:7:out', 'urgency' => 1]);
        $this->execute();
        self::assertSame('open', self::state($gives), 'nobody has asked for it yet');

        $this->take($from, '1.00', ['fact' => 'transfer:7:out', 'not_before' => '2999-01-01 00:00:00']);
        $this->execute();
        self::assertSame('open', self::state($gives));

        Database::change('UPDATE mod_creditbridge_commands SET not_before = NULL');
        $this->execute();
        $this->execute();
        self::assertSame(['done', '1.00', '4.00'], [self::state($gives), self::balance($to), self::balance($from)]);
    }

    public function testBecomesStaleWhenWhatItRequiresWillNotCome(): void
    {
        list($from, $to) = [$this->client('5.00'), $this->client('0.00')];
        $gives = $this->bonus($to, ['requires_fact' => 'transfer:7:out']);
        $takes = $this->take($from, '6.00', ['fact' => 'transfer:7:out']);

        $this->execute();
        $this->execute();

        self::assertSame(['stale', 'stale'], [self::state($takes), self::state($gives)]);
        self::assertStringStartsWith('It needs transfer:7:out, which is stale: The balance is 5.00', self::row($gives)['reason']);
        self::assertNull(self::row($gives)['live_fact']);
        self::assertSame('0.00', self::balance($to));
    }

    public function testGoesOnWaitingWhenWhatItRequiresWasAskedForAnew(): void
    {
        list($from, $to) = [$this->client('5.00'), $this->client('0.00')];
        $gives = $this->bonus($to, ['requires_fact' => 'transfer:7:out']);
        $this->take($from, '6.00', ['fact' => 'transfer:7:out', 'state' => 'stale']);
        Database::change("UPDATE mod_creditbridge_commands SET live_fact = NULL WHERE state = 'stale'");
        $this->take($from, '5.00', ['fact' => 'transfer:7:out', 'state' => 'unknown']);

        $this->execute();

        self::assertSame('open', self::state($gives));
    }

    public function testWaitsAlsoWhenWhatItRequiresIsAskedForAnewAfterItWasChosen(): void
    {
        list($from, $to, $first) = [$this->client('5.00'), $this->client('0.00'), $this->client('0.00')];
        $gives = $this->bonus($to, ['requires_fact' => 'transfer:7:out']);
        $this->take($from, '6.00', ['fact' => 'transfer:7:out', 'state' => 'stale']);
        Database::change("UPDATE mod_creditbridge_commands SET live_fact = NULL WHERE state = 'stale'");
        $anew = $this->take($from, '5.00', ['not_before' => '2999-01-01 00:00:00']);
        $this->bonus($first, ['urgency' => 1]);
        $this->meanwhile("fact = 'transfer:7:out', live_fact = 'transfer:7:out'", $anew);

        $this->execute();

        self::assertSame(['open', '0.00'], [self::state($gives), self::balance($to)]);
    }

    public function testStartsNothingThatAnotherExecutorPutOffSinceItWasChosen(): void
    {
        $client = $this->client('0.00');
        $id = $this->bonus($client);
        $chosen = $this->chosen($client);
        Queue::putOff($chosen, 'It could not be examined.');

        self::assertNull(Queue::start($chosen, []));
        self::assertSame(['open', '1'], [self::state($id), (string) self::row($id)['attempts']]);
    }

    public function testDoesNothingWhenTheCreditLogMovedSinceTheLedgerLooked(): void
    {
        $client = $this->client('5.00');
        $cursor = $this->log($client, '5.00');
        $this->log($this->client('0.00'), '9.00');
        $right = $this->take($client, '1.00', ['expects' => '{"noCreditLogSince":' . $cursor . '}']);
        $this->execute();
        self::assertSame('done', self::state($right), 'rows of others do not count');

        $wrong = $this->take($client, '1.00', ['expects' => '{"noCreditLogSince":' . $cursor . '}']);
        $malformed = $this->take($client, '1.00', ['expects' => '{"noCreditLogSince":"' . $cursor . '"}']);
        $this->execute();

        self::assertSame(['stale', 'stale'], [self::state($wrong), self::state($malformed)]);
        self::assertStringContainsString('of this client, which is newer than ' . $cursor, self::row($wrong)['reason']);
        self::assertSame('4.00', self::balance($client));
    }

    public function testChecksTheCreditLogOnceMoreUnderTheLock(): void
    {
        $client = $this->client('5.00');
        $cursor = $this->log($client, '5.00');
        $id = $this->take($client, '1.00', ['expects' => '{"noCreditLogSince":' . $cursor . '}']);
        // Another row appears after the first check, at the moment the command starts.
        Database::change('CREATE TRIGGER moves_meanwhile AFTER UPDATE ON mod_creditbridge_commands FOR EACH ROW'
            . " INSERT INTO tblcredit (clientid, date, description, amount) SELECT $client, CURDATE(), 'x', 0 FROM DUAL"
            . " WHERE OLD.state = 'open' AND NEW.state = 'running'");
        try {
            $this->execute();
        } finally {
            Database::change('DROP TRIGGER moves_meanwhile');
        }
        self::assertSame('stale', self::state($id));
        self::assertSame('1', (string) self::row($id)['attempts'], 'it had been started');
        self::assertSame('5.00', self::balance($client));
    }

    /** The client's next command, as an executor chooses it. */
    private function chosen(int $client): array
    {
        Lease::prepare([$client]);

        return Queue::next([$client])[$client];
    }

    /** Another process changes the row while WHMCS works in the call. */
    private function meanwhile(string $change, string $id): void
    {
        $isDone = false;
        add_hook('LogActivity', 1, static function () use (&$isDone, $change, $id): void {
            if (!$isDone) {
                $isDone = true;
                Db::side()->exec("UPDATE mod_creditbridge_commands SET $change WHERE id = '$id'");
            }
        });
    }

    private function bonus(int $client, array $more = []): string
    {
        return $this->command('AddCredit', $client, [
            'clientid' => $client, 'description' => 'Bonus', 'amount' => '1.00', 'type' => 'add',
        ], $more);
    }

    private function take(int $client, string $amount, array $more): string
    {
        return $this->command('AddCredit', $client, [
            'clientid' => $client, 'description' => 'Take', 'amount' => $amount, 'type' => 'remove',
        ], $more);
    }

    private function log(int $client, string $amount): int
    {
        Database::change(
            "INSERT INTO tblcredit (clientid, date, description, amount) VALUES (?, CURDATE(), 'x', ?)",
            [$client, $amount]
        );
        return (int) Database::value('SELECT MAX(id) FROM tblcredit');
    }

    private function execute(): int
    {
        return (new Executor(Settings::load()))->run(self::soon());
    }
}
