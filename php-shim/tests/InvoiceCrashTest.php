<?php

declare(strict_types=1);

namespace CreditBridge\Tests;

use StandIn\Platform\Switches;
use WHMCS\Module\Addon\Creditbridge\Command\Command;
use WHMCS\Module\Addon\Creditbridge\Database;
use WHMCS\Module\Addon\Creditbridge\Installation\WhmcsSetting;
use WHMCS\Module\Addon\Creditbridge\Settings;

/**
 * Real processes that die while an invoice is created or a card is charged. The stand-in's money triggers and its
 * gateway's charges judge.
 */
final class InvoiceCrashTest extends CrashTestCase
{
    /** tests/stand-in/README.md documents the count: a draft of two lines, its notes, its publishing with a mail. */
    const STEPS = [
        'CreateInvoice:1', 'CreateInvoice:2', 'CreateInvoice:3', 'CreateInvoice:4', 'CreateInvoice:5', 'CreateInvoice:6',
        'UpdateInvoice@1:1', 'UpdateInvoice@2:1', 'UpdateInvoice@2:2',
    ];
    /** A capture of an invoice that adds credit: the last writes are the balance and its log, in either order. */
    const CAPTURE_STEPS = 9;

    public function invoiceDeaths(): array
    {
        $cases = [];
        foreach (['balance-first', 'log-first'] as $order) {
            foreach ($order === 'log-first' ? ['kill'] : ['kill', 'exit'] as $mode) {
                foreach (self::STEPS as $step) {
                    $cases["$order, $mode after $step"] = [$order, $mode, $step];
                }
            }
        }
        return $cases;
    }

    /** @dataProvider invoiceDeaths */
    public function testNeverMakesTwoInvoicesWhateverDies(string $order, string $mode, string $step): void
    {
        Switches::set('statement_order', $order);
        Switches::set('die_mode', $mode);
        Switches::set('die_after_statement', $step);
        Settings::load()->write(['trial' => ['deposit' => [
            'passed' => true, 'version' => (string) WhmcsSetting::read('Version'),
        ]]]);
        $client = $this->client('0.00');
        $id = $this->command('CreateInvoice', $client, [
            'userid' => $client, 'addfunds' => true, 'sendinvoice' => true, 'lines' => [
                ['description' => 'Top-up', 'amount' => '20.00', 'taxed' => false],
                ['description' => 'Second', 'amount' => '1.50', 'taxed' => false],
            ],
        ]);

        $this->workerDies();
        self::assertSame('running', self::state($id));
        $this->leasesEnd();
        $this->settle();

        self::assertSame('done', self::state($id), self::row($id)['reason']);
        $invoices = Database::rows('SELECT * FROM tblinvoices WHERE userid = ?', [$client]);
        self::assertCount(1, $invoices);
        self::assertSame(['Unpaid', '21.50'], [$invoices[0]['status'], (string) $invoices[0]['total']]);
        self::assertStringNotContainsString(trim(Command::marker($id)), $invoices[0]['notes']);
        self::assertSame((int) $invoices[0]['id'], json_decode(self::row($id)['answer'], true)['invoiceid']);
        $types = array_column(Database::rows(
            'SELECT type FROM tblinvoiceitems WHERE invoiceid = ?',
            [$invoices[0]['id']]
        ), 'type');
        self::assertSame(['AddFunds', 'AddFunds'], $types);
        self::assertSame(['Draft', 'Unpaid'], $this->statuses((int) $invoices[0]['id']), 'published once');
        self::assertSame(1, (int) Database::value('SELECT COUNT(*) FROM tblemails WHERE userid = ?', [$client]));
        self::assertSame([], $this->moved($client));
    }

    public function testADraftWithoutOurMarkerThatAppearedMeanwhileIsHonestlyInDoubt(): void
    {
        $client = $this->client('0.00');
        $id = $this->command('CreateInvoice', $client, [
            'userid' => $client, 'addfunds' => false, 'sendinvoice' => false,
            'lines' => [['description' => 'Top-up', 'amount' => '20.00', 'taxed' => false]],
        ], [
            'state' => 'running', 'fence' => 1, 'attempts' => 1, 'lease_until' => '2000-01-01 00:00:00',
            'witnesses' => '{"invoiceId":0,"emailId":0}',
        ]);
        $draft = $this->invoice($client, '20.00', 'Draft');

        $this->settle();

        self::assertSame('unknown', self::state($id));
        self::assertStringContainsString('Draft ' . $draft, self::row($id)['reason']);
        self::assertCount(1, Database::rows('SELECT id FROM tblinvoices WHERE userid = ?', [$client]));
    }

    public function testAMailAboutADraftIsNotSentAgainHoweverOftenItsPublishingIsCutOff(): void
    {
        $client = $this->client('0.00');
        $draft = $this->invoice($client, '20.00', 'Draft');
        Database::change("UPDATE tblinvoiceitems SET description = 'Top-up' WHERE invoiceid = ?", [$draft]);
        // The second try was interrupted. The first try had sent the mail, and the witnesses are newer than that mail.
        $id = $this->command('CreateInvoice', $client, [
            'userid' => $client, 'addfunds' => false, 'sendinvoice' => true,
            'lines' => [['description' => 'Top-up', 'amount' => '20.00', 'taxed' => false]],
        ], [
            'state' => 'running', 'fence' => 1, 'attempts' => 2, 'lease_until' => '2000-01-01 00:00:00',
            'witnesses' => json_encode(['invoiceId' => $draft, 'emailId' => 0]),
            'answer' => json_encode(['mailed' => true, 'invoiceid' => $draft, 'status' => 'Draft']),
        ]);

        $this->settle();

        self::assertSame('done', self::state($id), self::row($id)['reason']);
        self::assertSame('Unpaid', Database::value('SELECT status FROM tblinvoices WHERE id = ?', [$draft]));
        self::assertSame(0, (int) Database::value('SELECT COUNT(*) FROM tblemails WHERE userid = ?', [$client]));
    }

    public function testADraftThatAnAdminThrewAwayMakesItsCommandStale(): void
    {
        $client = $this->client('0.00');
        $id = $this->command('CreateInvoice', $client, [
            'userid' => $client, 'addfunds' => false, 'sendinvoice' => false,
            'lines' => [['description' => 'Top-up', 'amount' => '20.00', 'taxed' => false]],
        ], [
            'state' => 'running', 'fence' => 1, 'attempts' => 1, 'lease_until' => '2000-01-01 00:00:00',
            'witnesses' => '{"invoiceId":0,"emailId":0}', 'answer' => '{"invoiceid":99999999}',
        ]);

        $this->settle();

        self::assertSame('stale', self::state($id));
        self::assertStringContainsString('99999999 is gone', self::row($id)['reason']);
    }

    public function captureDeaths(): array
    {
        $cases = [];
        foreach (['balance-first', 'log-first'] as $order) {
            foreach ($order === 'log-first' ? ['kill'] : ['kill', 'exit'] as $mode) {
                foreach (range(1, self::CAPTURE_STEPS) as $statement) {
                    $cases["$order, $mode after write $statement"] = [$order, $mode, $statement];
                }
            }
        }
        return $cases;
    }

    /** @dataProvider captureDeaths */
    public function testNeverChargesTwiceWhateverDies(string $order, string $mode, int $statement): void
    {
        Switches::set('statement_order', $order);
        Switches::set('die_mode', $mode);
        Switches::set('die_after_statement', 'CapturePayment:' . $statement);
        $client = $this->client('0.00');
        Database::change(
            "INSERT INTO tblpaymethods (userid, description, payment_type, gateway_name) VALUES (?, 'Visa', ?, 'standincard')",
            [$client, 'RemoteCreditCard']
        );
        $invoice = $this->invoice($client, '20.00');
        Database::change("UPDATE tblinvoiceitems SET type = 'AddFunds' WHERE invoiceid = ?", [$invoice]);
        $id = $this->command('CapturePayment', $client, ['invoiceid' => $invoice]);

        $this->workerDies();
        $this->leasesEnd();
        $this->settle();

        $charged = (int) Database::value('SELECT COUNT(*) FROM standin_gateway_charges WHERE invoice_id = ?', [$invoice]);
        $booked = (int) Database::value(
            "SELECT COUNT(*) FROM standin_money_log WHERE what = 'payment' AND invoice_id = ?",
            [$invoice]
        );
        self::assertSame($statement === 1 ? 0 : 1, $charged);
        self::assertSame($statement < 3 ? 0 : 1, $booked);
        self::assertLessThanOrEqual(1, count($this->moved($client)));
        self::assertSame($statement < self::CAPTURE_STEPS ? 'unknown' : 'done', self::state($id), self::row($id)['reason']);
        if (self::state($id) === 'done') {
            self::assertSame('Paid', Database::value('SELECT status FROM tblinvoices WHERE id = ?', [$invoice]));
            self::assertSame('20.00', self::balance($client));
        } else {
            $words = $statement < 3 ? 'Only the gateway knows' : 'is booked';
            self::assertStringContainsString($words, self::row($id)['reason']);
        }
    }

    /** The statuses of an invoice, in order, from the triggers. */
    private function statuses(int $invoice): array
    {
        return array_column(Database::rows(
            "SELECT after_value FROM standin_money_log WHERE invoice_id = ? AND what = 'invoice_status' ORDER BY id",
            [$invoice]
        ), 'after_value');
    }

    /** Changes of the client's balance. */
    private function moved(int $client): array
    {
        return Database::rows(
            "SELECT after_value FROM standin_money_log WHERE client_id = ? AND what = 'balance'"
            . ' AND before_value IS NOT NULL',
            [$client]
        );
    }
}
