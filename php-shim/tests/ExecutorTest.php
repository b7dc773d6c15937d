<?php

declare(strict_types=1);

namespace CreditBridge\Tests;

use StandIn\Api\ApiError;
use StandIn\Platform\Switches;
use WHMCS\Database\Capsule;
use WHMCS\Module\Addon\Creditbridge\Command\Executor;
use WHMCS\Module\Addon\Creditbridge\Command\Witnesses;
use WHMCS\Module\Addon\Creditbridge\Command\Lease;
use WHMCS\Module\Addon\Creditbridge\Command\Running;
use WHMCS\Module\Addon\Creditbridge\Database;
use WHMCS\Module\Addon\Creditbridge\Installation\ActingAdmin;
use WHMCS\Module\Addon\Creditbridge\Settings;
use WHMCS\Module\Addon\Creditbridge\Uuid;

final class ExecutorTest extends ShimTestCase
{
    private function execute(int $clientId = 0): int
    {
        return (new Executor(Settings::load()))->run(self::soon(), $clientId);
    }

    protected function setUp(): void
    {
        parent::setUp();
        $this->paired();
    }

    public function testAddsCreditOnceAndProvesItByTheLogRow(): void
    {
        $client = $this->client('5.00');
        $id = $this->command('AddCredit', $client, self::add($client, '2.50'));

        self::assertSame(1, $this->execute());
        self::assertSame(0, $this->execute());

        self::assertSame('7.50', self::balance($client));
        $row = self::row($id);
        self::assertSame('done', $row['state']);
        $log = Database::row('SELECT * FROM tblcredit WHERE id = ?', [$row['credit_log_id']]);
        self::assertSame('Bonus [cb:' . $id . ']', $log['description']);
        self::assertSame('2.50', (string) $log['amount']);
        self::assertSame('7.50', json_decode($row['answer'], true)['newbalance']);
        self::assertSame($row['fact'], $row['live_fact']);
    }

    public function testRunsAddCreditInOneTransactionWithItsOwnRow(): void
    {
        $client = $this->client('0.00');
        $this->command('AddCredit', $client, self::add($client, '1.00'));
        $inside = null;
        add_hook('LogActivity', 1, static function () use (&$inside): void {
            $inside = $inside ?? Database::inTransaction();
        });

        $this->execute();

        self::assertTrue($inside);
    }

    public function endings(): array
    {
        return ['a commit' => ['COMMIT', 'done', '1.00'], 'a roll back' => ['ROLLBACK', 'open', '0.00']];
    }

    /** @dataProvider endings */
    public function testNoticesThatSomeoneEndedItsTransactionAndGoesOnWorking(string $sql, string $state, string $balance): void
    {
        $client = $this->client('0.00');
        $id = $this->command('AddCredit', $client, self::add($client, '1.00'));
        $hasEnded = false;
        add_hook('LogActivity', 1, static function () use (&$hasEnded, $sql): void {
            if (!$hasEnded) {
                $hasEnded = true;
                Capsule::connection()->getPdo()->exec($sql);
            }
        });

        $this->execute();

        self::assertSame($state, self::state($id), self::row($id)['reason']);
        self::assertSame($balance, self::balance($client));
        self::assertFalse(Database::inTransaction());
        $other = $this->client('0.00');
        $next = $this->command('AddCredit', $other, self::add($other, '1.00'));
        $this->execute();
        self::assertSame('done', self::state($next));
    }

    public function testLeavesNoTransactionOpenThatSomeoneBeganInIts(): void
    {
        $client = $this->client('0.00');
        $id = $this->command('AddCredit', $client, self::add($client, '1.00'));
        $hasBegun = false;
        add_hook('LogActivity', 1, static function () use (&$hasBegun): void {
            if (!$hasBegun) {
                $hasBegun = true;
                Capsule::connection()->beginTransaction();
            }
        });

        $this->execute();

        self::assertFalse(Database::inTransaction(), 'what the page writes next is not lost');
        self::assertSame(['open', '0.00'], [self::state($id), self::balance($client)], self::row($id)['reason']);
        Database::change('UPDATE mod_creditbridge_commands SET not_before = NULL');
        $this->execute();
        self::assertSame(['done', '1.00'], [self::state($id), self::balance($client)]);
    }

    public function testSettlesByWitnessesWhereTheConnectionIsNotShared(): void
    {
        Switches::set('api_connection', 'separate');
        self::measuredAs(false);
        $client = $this->client('0.00');
        $id = $this->command('AddCredit', $client, self::add($client, '1.00'));

        $this->execute();

        self::assertSame('done', self::state($id));
        self::assertSame('1.00', self::balance($client));
    }

    public function testGoesOnWithOtherClientsWhenOneCommandCannotBeExamined(): void
    {
        $ill = $this->client('5.00');
        $well = $this->client('0.00');
        $poison = $this->command('AddCredit', $ill, self::add($ill, '1.00'), [
            'urgency' => 1, 'expects' => '{"balanceAtLeast":"1.005"}',
        ]);
        $other = $this->command('AddCredit', $well, self::add($well, '1.00'));

        $this->execute();

        self::assertSame(['open', 'done'], [self::state($poison), self::state($other)]);
        self::assertSame('1', (string) self::row($poison)['attempts']);
        self::assertStringContainsString('not an amount', self::row($poison)['reason']);
        Database::change('UPDATE mod_creditbridge_commands SET attempts = 5, not_before = NULL WHERE id = ?', [$poison]);
        $this->execute();
        self::assertSame('refused', self::state($poison));
        self::assertSame('5.00', self::balance($ill));
    }

    public function testGoesOnWithOtherClientsWhenWhatWasCutOffCannotBeExamined(): void
    {
        $ill = $this->client('5.00');
        $well = $this->client('0.00');
        $poison = $this->command('AddCredit', $ill, ['amount' => '1.005'] + self::add($ill, '1.00'), [
            'state' => 'running', 'lease_until' => '2020-01-01 00:00:00', 'witnesses' => '{"creditId":0,"balance":"5.00"}',
        ]);
        $other = $this->command('AddCredit', $well, self::add($well, '1.00'));

        $this->execute();

        self::assertSame(['running', 'done'], [self::state($poison), self::state($other)]);
    }

    public function testNeverRemovesMoreThanThereIs(): void
    {
        $client = $this->client('1.00');
        $id = $this->command('AddCredit', $client, ['type' => 'remove'] + self::add($client, '1.01'));

        $this->execute();

        self::assertSame('stale', self::state($id));
        self::assertNull(self::row($id)['live_fact']);
        self::assertSame('1.00', self::balance($client));
    }

    public function testRemovesWhenTheBalanceIsExactlyWhatWasExpected(): void
    {
        $client = $this->client('7.00');
        $remove = ['type' => 'remove'] + self::add($client, '7.00');
        $wrong = $this->command('AddCredit', $client, $remove, ['expects' => '{"balanceExactly":"7.01"}']);
        $right = $this->command('AddCredit', $client, $remove, ['expects' => '{"balanceExactly":"7.00"}']);

        $this->execute();

        self::assertSame(['stale', 'done'], [self::state($wrong), self::state($right)]);
        self::assertSame('0.00', self::balance($client));
    }

    public function testAppliesCreditAndKnowsThatACoveredInvoiceIsPaid(): void
    {
        $client = $this->client('10.00');
        $partly = $this->invoice($client, '30.00');
        $wholly = $this->invoice($client, '6.00');
        $one = $this->command('ApplyCredit', $client, self::apply($partly, '4.00'));
        $two = $this->command('ApplyCredit', $client, self::apply($wholly, '6.00'));

        self::assertSame(2, $this->execute());

        self::assertSame(['done', 'done'], [self::state($one), self::state($two)]);
        self::assertSame('0.00', self::balance($client));
        $invoice = Database::row('SELECT status, credit, total FROM tblinvoices WHERE id = ?', [$partly]);
        self::assertSame(['Unpaid', '4.00', '26.00'], array_map('strval', array_values($invoice)));
        self::assertSame('Paid', Database::value('SELECT status FROM tblinvoices WHERE id = ?', [$wholly]));
        self::assertNotSame(self::row($one)['credit_log_id'], self::row($two)['credit_log_id']);
    }

    public function testAppliesCreditOnTheLedgerOfVersionNine(): void
    {
        foreach (['stays', 'moves'] as $column) {
            Switches::set('ledger', '9.x');
            Switches::set('ledger_9_credit_column', $column);
            $client = $this->client('10.00');
            $invoice = $this->invoice($client, '6.00');
            $id = $this->command('ApplyCredit', $client, self::apply($invoice, '6.00'));

            $this->execute();

            self::assertSame('done', self::state($id), self::row($id)['reason']);
            self::assertSame('4.00', self::balance($client));
        }
    }

    public function expectations(): array
    {
        return [
            'another status' => ['{"invoiceStatus":"Paid"}', 'The invoice is Unpaid, not Paid.'],
            'less open' => ['{"invoiceBalanceAtLeast":"30.01"}', 'The invoice has 30.00 open, less than 30.01.'],
            'more open' => ['{"invoiceBalanceAtMost":"29.99"}', 'The invoice has 30.00 open, more than 29.99.'],
            'credit taken off' => [
                '{"invoiceTakenOffAtLeast":"0.01"}',
                'Credit was taken off the invoice: 0.00 is on it, less than 0.01.',
            ],
            'another currency' => [
                '{"currency":2}',
                'The client has another currency than when it was asked for, in which the amount is another.',
            ],
            'less credit' => ['{"balanceAtLeast":"10.01"}', 'The balance is 10.00, less than 10.01.'],
            'an expectation of a later version' => ['{"moon":"full"}', 'This version cannot check the expectation moon.'],
        ];
    }

    /** @dataProvider expectations */
    public function testDoesNothingWhenTheWorldIsNotAsExpected(string $expects, string $reason): void
    {
        $client = $this->client('10.00');
        $id = $this->command('ApplyCredit', $client, self::apply($this->invoice($client, '30.00'), '4.00'), [
            'expects' => $expects,
        ]);

        $this->execute();

        self::assertSame(['stale', $reason], [self::state($id), self::row($id)['reason']]);
        self::assertSame('10.00', self::balance($client));
    }

    public function testDoesNotCancelAnInvoiceOnceAPaymentWasTried(): void
    {
        $client = $this->client('0.00');
        $paid = $this->invoice($client, '30.00');
        $tried = $this->invoice($client, '30.00');
        $clean = $this->invoice($client, '30.00');
        Database::change('INSERT INTO tblaccounts (userid, amountin, invoiceid) VALUES (?, 1.00, ?)', [$client, $paid]);
        Database::change('UPDATE tblinvoices SET last_capture_attempt = NOW() WHERE id = ?', [$tried]);
        $ids = [];
        foreach ([$paid, $tried, $clean] as $invoice) {
            $ids[] = $this->command('UpdateInvoice', $client, ['invoiceid' => $invoice, 'status' => 'Cancelled'], [
                'expects' => '{"invoiceStatus":"Unpaid","noPayments":true}',
            ]);
        }

        $this->execute();

        self::assertSame(['stale', 'stale', 'done'], array_map([self::class, 'state'], $ids));
        self::assertSame('Cancelled', Database::value('SELECT status FROM tblinvoices WHERE id = ?', [$clean]));
    }

    public function testACreditNoteOfVersionNineIsNoPayment(): void
    {
        Switches::set('ledger', '9.x');
        $client = $this->client('10.00');
        $invoice = $this->invoice($client, '30.00');
        $apply = $this->command('ApplyCredit', $client, self::apply($invoice, '4.00'));
        $this->execute();
        $note = Database::value('SELECT billingnoteid FROM tblaccounts WHERE invoiceid = ?', [$invoice]);
        self::assertSame(['done', true], [self::state($apply), (int) $note > 0]);

        self::assertFalse(Witnesses::invoice($invoice)['paymentTried'], 'nobody paid');
        Database::change('INSERT INTO tblaccounts (userid, amountin, invoiceid) VALUES (?, 1.00, ?)', [$client, $invoice]);
        self::assertTrue(Witnesses::invoice($invoice)['paymentTried']);
    }

    public function testTakesWhmcsRefusalsAsStaleOrRefused(): void
    {
        $client = $this->client('1.00');
        $invoice = $this->invoice($client, '30.00');
        $tooMuch = $this->command('ApplyCredit', $client, self::apply($invoice, '2.00'));
        $noMail = $this->command('SendEmail', $client, ['messagename' => 'There is no such template', 'id' => $client]);

        $this->execute();

        self::assertSame('stale', self::state($tooMuch));
        self::assertSame('Amount exceeds customer credit balance', self::row($tooMuch)['reason']);
        self::assertSame('refused', self::state($noMail));
    }

    public function notAllowed(): array
    {
        return [
            'an action not on the list' => ['DeleteClient', ['clientid' => 0]],
            'a parameter not on the list' => ['AddCredit', ['date' => '2020-01-01']],
            'another status' => ['UpdateInvoice', ['invoiceid' => 0, 'status' => 'Paid']],
            'a negative amount' => ['AddCredit', ['amount' => '-1.00']],
            'an amount that is a float' => ['AddCredit', ['amount' => 1.5]],
            'a setting that is not about credit' => ['SetConfigurationValue', ['setting' => 'CompanyName', 'value' => 'x']],
            'another client' => ['AddCredit', ['clientid' => 1]],
        ];
    }

    /** @dataProvider notAllowed */
    public function testRefusesWhatIsNotOnItsLists(string $action, array $parameters): void
    {
        $client = $this->client('5.00');
        $parameters += $action === 'AddCredit' ? self::add($client, '1.00') : [];
        $id = $this->command($action, $client, $parameters);

        $this->execute();

        self::assertSame('refused', self::state($id));
        self::assertSame('5.00', self::balance($client));
    }

    /** WHMCS may report an exception in another module's hook as its own refusal (not documented, whmcs.md §8.17). */
    public function testIsNotMisledByARefusalThatComesAfterTheEffect(): void
    {
        Switches::set('hook_exception', 'fatal');
        $client = $this->client('10.00');
        $invoice = $this->invoice($client, '6.00');
        $id = $this->command('ApplyCredit', $client, self::apply($invoice, '6.00'));
        $this->throwOnce('InvoicePaid', 'The module could not reach its server.');

        $this->execute();

        $row = self::row($id);
        self::assertSame(['4.00', 'done'], [self::balance($client), $row['state']], $row['reason']);
        self::assertStringContainsString('The module could not reach its server.', $row['reason']);
        self::assertSame([$row['fact'], true], [$row['live_fact'], $row['credit_log_id'] !== null]);
        $this->seeError('The module could not reach its server.');
    }

    public function testIsNotMisledByARefusalAfterCreditWasAddedOutsideTheTransaction(): void
    {
        Switches::set('hook_exception', 'fatal');
        self::measuredAs(false);
        $client = $this->client('0.00');
        $id = $this->command('AddCredit', $client, self::add($client, '1.00'));
        $this->throwOnce('LogActivity', 'A log of others is full.');

        $this->execute();

        self::assertSame(['1.00', 'done'], [self::balance($client), self::state($id)], self::row($id)['reason']);
        $this->seeError('A log of others is full.');
    }

    public function testRunsNothingWhenFrozenAndAllOfItAfterwards(): void
    {
        $client = $this->client('0.00');
        $id = $this->command('AddCredit', $client, self::add($client, '1.00'));
        Settings::load()->write(['frozen' => 1]);

        self::assertSame(0, $this->execute());
        self::assertSame('open', self::state($id));

        Settings::load()->write(['frozen' => 0]);
        self::assertSame(1, $this->execute());
    }

    public function testRunsNothingInsideATransactionOrInsideACommand(): void
    {
        $client = $this->client('0.00');
        $id = $this->command('AddCredit', $client, self::add($client, '1.00'));

        Capsule::connection()->beginTransaction();
        self::assertSame(0, $this->execute());
        Capsule::connection()->rollBack();
        self::assertSame(0, Running::during(Uuid::v7(), function (): int {
            return $this->execute();
        }));

        self::assertSame('open', self::state($id));
    }

    public function actingAdmins(): array
    {
        return [
            'nobody' => ['', 'No acting admin is set'],
            'an unknown one' => ['nobody', 'There is no admin nobody.'],
            'one without the permission' => ['limited', 'does not have the permission Manage Credits'],
        ];
    }

    /** @dataProvider actingAdmins */
    public function testRunsNothingAsAnAdminWhoMayNot(string $username, string $problem): void
    {
        $client = $this->client('0.00');
        $id = $this->command('AddCredit', $client, self::add($client, '1.00'));
        Settings::load()->write(['acting_admin' => $username]);

        $executor = new Executor(Settings::load());

        self::assertStringContainsString($problem, $executor->obstacle());
        self::assertSame(0, $executor->run(self::soon()));
        self::assertSame('open', self::state($id));
    }

    public function testNotesTheActingAdminInTheLogOfCredit(): void
    {
        ActingAdmin::forget();
        $client = $this->client('0.00');
        $id = $this->command('AddCredit', $client, self::add($client, '1.00'));

        $this->execute();

        $adminId = Database::value('SELECT admin_id FROM tblcredit WHERE id = ?', [self::row($id)['credit_log_id']]);
        self::assertSame((int) Database::value("SELECT id FROM tbladmins WHERE username = 'admin'"), (int) $adminId);
    }

    public function testServesAClientInTheOrderOfUrgencyAgeAndId(): void
    {
        $client = $this->client('0.00');
        $late = $this->command('LogActivity', $client, ['description' => 'third'], ['urgency' => 200]);
        $second = $this->command('LogActivity', $client, ['description' => 'second']);
        $first = $this->command('LogActivity', $client, ['description' => 'first'], ['urgency' => 1]);

        $this->execute();

        $ids = array_column(Database::rows('SELECT id FROM mod_creditbridge_commands ORDER BY settled_at'), 'id');
        self::assertSame([$first, $second, $late], $ids);
    }

    public function testWaitsForNotBeforeUnlessTheFactBeforeIsSettled(): void
    {
        $client = $this->client('0.00');
        $later = ['not_before' => '2999-01-01 00:00:00'];
        $waits = $this->command('LogActivity', $client, ['description' => 'x'], $later + ['after_fact' => 'test:never']);
        $goes = $this->command('LogActivity', $client, ['description' => 'y'], $later + ['after_fact' => 'test:before']);
        $this->command('LogActivity', $client, ['description' => 'z'], ['fact' => 'test:before']);

        $this->execute();

        self::assertSame(['open', 'done'], [self::state($waits), self::state($goes)]);
    }

    /** Who can insert commands would otherwise write scripts into pages of WHMCS that admins open. */
    public function testWhatStandsInLogsAndInvoicesOfWhmcsIsNoMarkup(): void
    {
        $client = $this->client('0.00');
        $text = 'Sorry <script src="//x">alert(1)</script> & thanks';
        $add = $this->command('AddCredit', $client, ['description' => $text] + self::add($client, '1.00'));
        $log = $this->command('LogActivity', $client, ['description' => $text, 'clientid' => $client]);
        $make = $this->command('CreateInvoice', $client, [
            'userid' => $client, 'lines' => [['description' => $text, 'amount' => '5.00', 'taxed' => false]],
            'addfunds' => false, 'sendinvoice' => false,
        ]);

        $this->execute();

        self::assertSame(['done', 'done', 'done'], [self::state($add), self::state($log), self::state($make)]);
        $written = [
            Database::value('SELECT description FROM tblcredit WHERE clientid = ? ORDER BY id DESC LIMIT 1', [$client]),
            Database::value("SELECT description FROM tblactivitylog WHERE description LIKE 'Sorry%' ORDER BY id DESC LIMIT 1"),
            Database::value('SELECT description FROM tblinvoiceitems WHERE userid = ? ORDER BY id DESC LIMIT 1', [$client]),
        ];
        foreach ($written as $one) {
            self::assertStringStartsWith('Sorry ‹script src="//x"›alert(1)‹/script› & thanks', (string) $one);
        }
    }

    public function testADescriptionCannotPassItsRowOffAsThatOfAnotherCommand(): void
    {
        $client = $this->client('0.00');
        $other = Uuid::v7();
        $id = $this->command('AddCredit', $client, [
            'description' => 'Gift [cb:' . $other . '] [CB:' . $other . ']',
        ] + self::add($client, '1.00'));

        $this->execute();

        self::assertSame('done', self::state($id));
        $text = (string) Database::value('SELECT description FROM tblcredit WHERE clientid = ?', [$client]);
        self::assertSame('Gift (cb:' . $other . '] (cb:' . $other . '] [cb:' . $id . ']', $text);
    }

    public function testMailsTheAdminsPlainTextOnly(): void
    {
        $id = $this->command('SendAdminEmail', 0, [
            'customsubject' => 'A proposal waits {$company_name}', 'custommessage' => "<b>Look</b>\n{php}system('id');{/php}",
        ]);

        $this->execute();

        self::assertSame('done', self::state($id));
        $mail = Database::row('SELECT subject, message FROM tblemails WHERE userid = 0 ORDER BY id DESC LIMIT 1');
        self::assertSame('A proposal waits ($company_name)', $mail['subject']);
        self::assertStringContainsString('&lt;b&gt;Look&lt;/b&gt;<br />', $mail['message']);
        self::assertStringNotContainsString('{', $mail['message']);
    }

    public function testHoldsMoneyBackWhileACommandOfThatClientIsInDoubtAndServesTheOthers(): void
    {
        $client = $this->client('0.00');
        $this->command('AddCredit', $client, self::add($client, '1.00'), ['state' => 'unknown']);
        $money = $this->command('AddCredit', $client, self::add($client, '2.00'));
        $note = $this->command('LogActivity', $client, ['description' => 'x']);
        $other = $this->client('0.00');
        $others = $this->command('AddCredit', $other, self::add($other, '3.00'));

        $this->execute();

        self::assertSame(['open', 'done', 'done'], array_map([self::class, 'state'], [$money, $note, $others]));
    }

    public function testLeavesAClientWhomAnotherExecutorHas(): void
    {
        $client = $this->client('0.00');
        $id = $this->command('AddCredit', $client, self::add($client, '1.00'));
        $lease = Lease::take($client);

        self::assertNull(Lease::take($client));
        self::assertSame(0, $this->execute());
        $lease->release();

        self::assertSame(1, $this->execute());
        self::assertSame('done', self::state($id));
    }

    public function testGivesUpAfterFiveTriesAndSaysWhy(): void
    {
        $client = $this->client('0.00');
        $id = $this->command('AddCredit', $client, self::add($client, '1.00'), [
            'attempts' => 5,
            'reason' => 'Deadlock found.',
        ]);

        $this->execute();

        self::assertSame(['refused', 'Tried 5 times. Deadlock found.'], [self::state($id), self::row($id)['reason']]);
    }

    public function testRunsOnlyTheCommandsOfTheClientAskedFor(): void
    {
        $one = $this->client('0.00');
        $other = $this->client('0.00');
        $wanted = $this->command('AddCredit', $one, self::add($one, '1.00'));
        $unwanted = $this->command('AddCredit', $other, self::add($other, '1.00'));

        self::assertSame(1, $this->execute($one));

        self::assertSame(['done', 'open'], [self::state($wanted), self::state($unwanted)]);
    }

    public function testSetsCreditSettingsThroughWhmcs(): void
    {
        $id = $this->command('SetConfigurationValue', 0, ['setting' => 'AddFundsMinimum', 'value' => '12.00']);

        $this->execute();

        self::assertSame('done', self::state($id));
        self::assertSame('12.00', Database::value("SELECT value FROM tblconfiguration WHERE setting = 'AddFundsMinimum'"));
    }

    private function throwOnce(string $hook, string $message): void
    {
        $hasThrown = false;
        add_hook($hook, 1, static function () use (&$hasThrown, $message): void {
            if (!$hasThrown) {
                $hasThrown = true;
                throw new ApiError($message);
            }
        });
    }

    /** Asserts that the error log has this and nothing else. */
    private function seeError(string $message): void
    {
        self::assertSame([$message], array_column(Database::rows('SELECT message FROM tblerrorlog'), 'message'));
        Database::change('DELETE FROM tblerrorlog');
    }

    private static function add(int $client, string $amount): array
    {
        return ['clientid' => $client, 'description' => 'Bonus', 'amount' => $amount, 'type' => 'add'];
    }

    private static function apply(int $invoice, string $amount): array
    {
        return ['invoiceid' => $invoice, 'amount' => $amount, 'noemail' => true];
    }
}
