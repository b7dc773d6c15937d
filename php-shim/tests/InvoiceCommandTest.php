<?php

declare(strict_types=1);

namespace CreditBridge\Tests;

use StandIn\Platform\Switches;
use WHMCS\Module\Addon\Creditbridge\Command\Command;
use WHMCS\Module\Addon\Creditbridge\Command\Executor;
use WHMCS\Module\Addon\Creditbridge\Database;
use WHMCS\Module\Addon\Creditbridge\Installation\WhmcsSetting;
use WHMCS\Module\Addon\Creditbridge\LocalApi;
use WHMCS\Module\Addon\Creditbridge\Settings;

/**
 * CreateInvoice and CapturePayment when no process dies.
 */
final class InvoiceCommandTest extends ShimTestCase
{
    const LINES = [
        ['description' => 'Top-up', 'amount' => '20.00', 'taxed' => false],
        ['description' => 'Fee', 'amount' => '1.50', 'taxed' => false],
    ];

    protected function setUp(): void
    {
        parent::setUp();
        $this->paired();
        Database::change("UPDATE tblconfiguration SET value = 'on' WHERE setting = 'NoAutoApplyCredit'");
    }

    public function ledgers(): array
    {
        return ['8.x' => ['8.x'], '9.x' => ['9.x']];
    }

    /** @dataProvider ledgers */
    public function testMakesADraftAndPublishesItWithoutItsMarker(string $ledger): void
    {
        Switches::set('ledger', $ledger);
        $client = $this->client('50.00');
        $seen = [];
        add_hook('InvoiceCreation', 1, static function (array $vars) use (&$seen): void {
            $seen[] = Database::value('SELECT notes FROM tblinvoices WHERE id = ?', [$vars['invoiceid']]);
        });
        add_hook('InvoiceCreationPreEmail', 1, static function (array $vars) use (&$seen): void {
            $seen[] = Database::value('SELECT notes FROM tblinvoices WHERE id = ?', [$vars['invoiceid']]);
        });

        $id = $this->invoiceFor($client, ['duedate' => '2030-01-31', 'paymentmethod' => 'banktransfer']);
        self::assertSame(1, $this->execute());

        $row = self::row($id);
        self::assertSame('done', $row['state'], $row['reason']);
        $invoice = $this->onlyInvoice($client);
        self::assertSame([$invoice['id'], 'Unpaid'], [
            json_decode($row['answer'], true)['invoiceid'], json_decode($row['answer'], true)['status'],
        ]);
        self::assertSame(
            ['Unpaid', '21.50', '0.00', '', '2030-01-31', 'banktransfer'],
            [$invoice['status'], $invoice['total'], $invoice['credit'], $invoice['notes'], $invoice['duedate'],
                $invoice['paymentmethod']]
        );
        self::assertSame([trim(Command::marker($id)), ''], $seen, 'only the draft carries the marker');
        self::assertSame(['', ''], $this->lineTypes($invoice['id']));
        self::assertNull($row['invoice_id']);
        self::assertSame([], $this->mails($client));
        self::assertSame('50.00', self::balance($client), 'no credit goes on it by itself');
    }

    public function testMailsTheInvoiceWhenItIsAskedTo(): void
    {
        $client = $this->client('0.00');
        $this->invoiceFor($client, ['sendinvoice' => true]);

        $this->execute();

        self::assertCount(1, $this->mails($client));
    }

    public function testTakesTheMarkerOffWhereAnEmptyTextCountsAsNotGiven(): void
    {
        $client = $this->client('0.00');
        $id = $this->invoiceFor($client);
        Database::change('CREATE TRIGGER keeps_notes BEFORE UPDATE ON tblinvoices FOR EACH ROW'
            . " SET NEW.notes = IF(NEW.notes = '' AND LENGTH(NEW.notes) = 0, OLD.notes, NEW.notes)");
        try {
            $this->execute();
        } finally {
            Database::change('DROP TRIGGER keeps_notes');
        }
        self::assertSame('done', self::state($id), self::row($id)['reason']);
        self::assertSame('', trim($this->onlyInvoice($client)['notes']));
    }

    public function testMakesInvoicesThatAddCreditOnlyWhereTheTrialHasShownThatItWorks(): void
    {
        $client = $this->client('0.00');
        $refused = $this->invoiceFor($client, ['addfunds' => true]);
        $this->execute();
        self::assertSame('refused', self::state($refused));
        self::assertStringContainsString('trial invoice', self::row($refused)['reason']);
        self::assertSame([], $this->invoices($client), 'nothing was begun');

        $this->trialHasPassed('7.0.0');
        $stillRefused = $this->invoiceFor($client, ['addfunds' => true]);
        $this->execute();
        self::assertSame('refused', self::state($stillRefused), 'the verdict was for another version');

        $this->trialHasPassed();
        $id = $this->invoiceFor($client, ['addfunds' => true]);
        $this->execute();
        self::assertSame('done', self::state($id), self::row($id)['reason']);
        $invoice = $this->onlyInvoice($client);
        self::assertSame(['AddFunds', 'AddFunds'], $this->lineTypes($invoice['id']));
        LocalApi::demand('AddInvoicePayment', ['invoiceid' => $invoice['id'], 'transid' => 'T1', 'gateway' => 'banktransfer']);
        self::assertSame('21.50', self::balance($client), 'paying it adds credit');
    }

    public function testLeavesTheLinesOfOtherModulesAsTheyAre(): void
    {
        $this->trialHasPassed();
        $client = $this->client('0.00');
        add_hook('InvoiceCreation', 1, static function (array $vars) use ($client): void {
            Database::change(
                "INSERT INTO tblinvoiceitems (invoiceid, userid, type, description, amount) VALUES (?, ?, '', 'Card fee', 0.50)",
                [$vars['invoiceid'], $client]
            );
        });
        $this->invoiceFor($client, ['addfunds' => true]);

        $this->execute();

        self::assertSame(['AddFunds', 'AddFunds', ''], $this->lineTypes($this->onlyInvoice($client)['id']));
    }

    public function testContinuesTheDraftThatAnEarlierTryLeft(): void
    {
        $client = $this->client('0.00');
        $id = $this->invoiceFor($client);
        // The draft has only its first line, and no totals were computed.
        $draft = $this->invoice($client, '0.00', 'Draft');
        Database::change('UPDATE tblinvoices SET notes = ? WHERE id = ?', [trim(Command::marker($id)), $draft]);
        Database::change("UPDATE tblinvoiceitems SET description = 'Top-up', amount = 20 WHERE invoiceid = ?", [$draft]);

        $this->execute();

        $invoice = $this->onlyInvoice($client);
        self::assertSame([$draft, 'Unpaid', '21.50'], [$invoice['id'], $invoice['status'], $invoice['total']]);
        self::assertCount(2, $this->lineTypes($draft));
    }

    public function testGivesUpOnADraftThatCannotBePublishedAndNamesIt(): void
    {
        $client = $this->client('0.00');
        $id = $this->invoiceFor($client, [], ['attempts' => 4]);
        add_hook('InvoiceCreation', 1, static function (array $vars): void {
            Database::change("UPDATE tblinvoiceitems SET amount = 99 WHERE invoiceid = ?", [$vars['invoiceid']]);
        });

        $this->execute();

        $row = self::row($id);
        self::assertSame('refused', $row['state']);
        $draft = $this->onlyInvoice($client);
        self::assertSame('Draft', $draft['status']);
        self::assertStringContainsString('Invoice ' . $draft['id'] . ' is still a draft', $row['reason']);
        self::assertStringContainsString('does not have all its lines', $row['reason']);
    }

    public function testCapturesWhatAnInvoiceOwesAndProvesItByThePayment(): void
    {
        $client = $this->payer('Visa 4242');
        $invoice = $this->invoice($client, '30.00');
        $id = $this->command('CapturePayment', $client, ['invoiceid' => $invoice], ['expects' => '{"invoiceStatus":"Unpaid"}']);

        $this->execute();

        self::assertSame('done', self::state($id), self::row($id)['reason']);
        self::assertSame('Paid', Database::value('SELECT status FROM tblinvoices WHERE id = ?', [$invoice]));
        self::assertSame('1|30.00', $this->charges($invoice));
    }

    public function testTakesADeclineAsARefusalWithItsReasonAndDoesNotRepeatIt(): void
    {
        $client = $this->payer('declines');
        $invoice = $this->invoice($client, '30.00');
        $id = $this->command('CapturePayment', $client, ['invoiceid' => $invoice]);

        $this->execute();
        $this->execute();

        self::assertSame(['refused', 'Payment Attempt Failed'], [self::state($id), self::row($id)['reason']]);
        self::assertSame(1, $this->attempts($invoice));
    }

    public function testChargesOnceWhenTheGatewayTimesOutAfterCharging(): void
    {
        $client = $this->payer('times out');
        $invoice = $this->invoice($client, '30.00');
        $id = $this->command('CapturePayment', $client, ['invoiceid' => $invoice]);

        $this->execute();
        $this->execute();

        self::assertSame('refused', self::state($id));
        self::assertSame('1|30.00', $this->charges($invoice));
    }

    public function testBelievesThePaymentRatherThanARefusal(): void
    {
        $client = $this->payer('times out');
        $invoice = $this->invoice($client, '30.00');
        $id = $this->command('CapturePayment', $client, ['invoiceid' => $invoice]);
        // The gateway's callback is faster than its answer.
        add_hook('EmailPreSend', 1, static function (array $vars) use ($invoice): void {
            if ($vars['messagename'] === 'Credit Card Payment Failed') {
                LocalApi::demand('AddInvoicePayment', ['invoiceid' => $invoice, 'transid' => 'T2', 'gateway' => 'standincard']);
            }
        });

        $this->execute();

        self::assertSame('done', self::state($id), self::row($id)['reason']);
        self::assertStringContainsString('But a payment was booked', self::row($id)['reason']);
    }

    public function testDoesNotCaptureWhatIsNoLongerUnpaid(): void
    {
        $client = $this->payer('Visa 4242');
        $invoice = $this->invoice($client, '30.00', 'Cancelled');
        $id = $this->command('CapturePayment', $client, ['invoiceid' => $invoice]);

        $this->execute();

        self::assertSame(['stale', 'Invoice Not Found or Not Unpaid'], [self::state($id), self::row($id)['reason']]);
    }

    private function execute(): int
    {
        return (new Executor(Settings::load()))->run(self::soon());
    }

    private function invoiceFor(int $client, array $parameters = [], array $more = []): string
    {
        return $this->command('CreateInvoice', $client, $parameters + [
            'userid' => $client, 'lines' => self::LINES, 'addfunds' => false, 'sendinvoice' => false,
        ], $more);
    }

    /** A client with a stored card with that description. */
    private function payer(string $card): int
    {
        $client = $this->client('0.00');
        Database::change(
            "INSERT INTO tblpaymethods (userid, description, payment_type, gateway_name) VALUES (?, ?, 'RemoteCreditCard', ?)",
            [$client, $card, 'standincard']
        );
        return $client;
    }

    private function trialHasPassed(string $version = ''): void
    {
        $version = $version === '' ? (string) WhmcsSetting::read('Version') : $version;
        Settings::load()->write(['trial' => ['passed' => true, 'deposit' => ['passed' => true, 'version' => $version]]]);
    }

    private function onlyInvoice(int $client): array
    {
        $invoices = $this->invoices($client);
        self::assertCount(1, $invoices);

        return ['id' => (int) $invoices[0]['id']] + array_map('strval', $invoices[0]);
    }

    private function invoices(int $client): array
    {
        return Database::rows('SELECT * FROM tblinvoices WHERE userid = ?', [$client]);
    }

    private function lineTypes(int $invoice): array
    {
        return array_column(
            Database::rows('SELECT type FROM tblinvoiceitems WHERE invoiceid = ? ORDER BY id', [$invoice]),
            'type'
        );
    }

    private function mails(int $client): array
    {
        return Database::rows('SELECT subject FROM tblemails WHERE userid = ?', [$client]);
    }

    /** How often the gateway charged, and how much in all. */
    private function charges(int $invoice): string
    {
        return (string) Database::value(
            "SELECT CONCAT(COUNT(*), '|', COALESCE(SUM(amount), 0)) FROM standin_gateway_charges WHERE invoice_id = ?",
            [$invoice]
        );
    }

    private function attempts(int $invoice): int
    {
        return (int) Database::value(
            "SELECT COUNT(*) FROM standin_event_log WHERE event = 'capture' AND invoice_id = ?",
            [$invoice]
        );
    }
}
