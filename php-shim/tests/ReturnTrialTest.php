<?php

declare(strict_types=1);

namespace CreditBridge\Tests;

use StandIn\Platform\Switches;
use WHMCS\Module\Addon\Creditbridge\Command\Executor;
use WHMCS\Module\Addon\Creditbridge\Database;
use WHMCS\Module\Addon\Creditbridge\LocalApi;
use WHMCS\Module\Addon\Creditbridge\Page\AdminPage;
use WHMCS\Module\Addon\Creditbridge\Page\Alert;
use WHMCS\Module\Addon\Creditbridge\SelfTest\TrialReturn;
use WHMCS\Module\Addon\Creditbridge\Settings;

/**
 * The trial of returning credit, and the commands that rest on it.
 */
final class ReturnTrialTest extends ShimTestCase
{
    protected function setUp(): void
    {
        parent::setUp();
        $this->paired();
        Database::change("UPDATE tblconfiguration SET value = 'on' WHERE setting = 'NoAutoApplyCredit'");
        $_SESSION['adminid'] = 1;
    }

    public function positions(): array
    {
        $cases = [];
        foreach (['8.x', '9.x'] as $ledger) {
            foreach (['accepted' => true, 'refused' => false] as $negative => $takesOff) {
                foreach (['no' => 'keeps', 'yes' => 'returns'] as $cancelling => $found) {
                    $name = "$ledger, negative $negative, returns $cancelling";
                    $cases[$name] = [$ledger, $negative, $takesOff, $cancelling, $found];
                }
            }
        }
        return $cases;
    }

    /** @dataProvider positions */
    public function testTheTrialShowsBothAnswersAndRestoresTheBalance(
        string $ledger,
        string $negative,
        bool $takesOff,
        string $cancelling,
        string $found
    ): void {
        Switches::set('ledger', $ledger);
        Switches::set('negative_apply_credit', $negative);
        Switches::set('cancel_returns_credit', $cancelling);
        $client = $this->client('3.00');

        $told = (new TrialReturn(Settings::load()))->run($client);

        $verdict = Settings::load()->json('trial')['returns'];
        self::assertSame([$takesOff, $found, ''], [$verdict['takesOff'], $verdict['cancelling'], $verdict['left']], $told);
        self::assertSame('3.00', self::balance($client));
        self::assertSame('0.00', self::logged($client));
        $invoice = Database::row('SELECT id, status FROM tblinvoices WHERE userid = ?', [$client]);
        self::assertSame('Cancelled', $invoice['status']);
        self::assertSame('', Settings::load()->text('trial_open'));
        self::assertStringContainsString('In the books stay: the cancelled invoice #' . $invoice['id'], $told);
        self::assertSame($ledger === '9.x', strpos($told, 'with the note') !== false);
        if ($ledger === '9.x') {
            $notes = array_column(Database::rows('SELECT id FROM tblbillingnotes WHERE client_id = ?', [$client]), 'id');
            self::assertStringContainsString('#' . implode(', #', $notes), $verdict['stays'], 'each numbered note is named');
        }
    }

    /** @dataProvider ledgers */
    public function testTheConnectionPageAsksForTrialsAndSaysWhatStaysAndNothingIsTriedByItself(string $ledger): void
    {
        Switches::set('ledger', $ledger);
        $before = Database::value('SELECT COUNT(*) FROM tblinvoices');
        $page = html_entity_decode(strip_tags(self::connectionPage()));

        self::assertStringContainsString('A trial is wanted.', $page);
        self::assertStringContainsString('What stays: one cancelled invoice', $page);
        self::assertSame($ledger === '9.x', strpos($page, 'numbered credit and debit notes, which nobody can delete') !== false);
        self::assertSame($before, Database::value('SELECT COUNT(*) FROM tblinvoices'), 'nothing was tried by itself');
        self::assertStringNotContainsString('trials', Alert::html(Settings::load()), 'no alert before anything was tried');
    }

    public function testAfterAnUpgradeTrialsAreAskedForAgainAndWhatRestsOnThemIsOff(): void
    {
        $client = $this->client('3.00');
        (new TrialReturn(Settings::load()))->run($client);
        self::assertStringNotContainsString('A trial is wanted.', self::connectionPage());
        $invoice = $this->withCredit($client, '2.00');

        Switches::set('ledger', '9.x');

        self::assertStringContainsString('taken with 8.13.1-release.1', Alert::html(Settings::load()));
        self::assertStringContainsString('A trial is wanted.', self::connectionPage());
        $command = $this->unapply($client, $invoice, '2.00');
        self::assertSame('stale', self::state($command));
        $reason = self::row($command)['reason'];
        self::assertStringContainsString('was not taken with this version of WHMCS (9.0.5-release.1)', $reason);
        self::assertSame('1.00', self::balance($client));
    }

    public function ledgers(): array
    {
        return ['8.x' => ['8.x'], '9.x' => ['9.x']];
    }

    public function takingOff(): array
    {
        return ['8.x' => ['8.x', 'stays'], '9.x' => ['9.x', 'stays'], '9.x, the column moves' => ['9.x', 'moves']];
    }

    /** @dataProvider takingOff */
    public function testCreditLeavesAnUnpaidInvoiceOnlyAfterTheTrialPassedOnThatVeryVersion(string $ledger, string $column): void
    {
        Switches::set('ledger', $ledger);
        Switches::set('ledger_9_credit_column', $column);
        $client = $this->client('5.00');
        $invoice = $this->withCredit($client, '2.00');

        $early = $this->unapply($client, $invoice, '2.00');
        self::assertSame(['stale', '3.00'], [self::state($early), self::balance($client)]);
        // Whoever writes a command without the expectation meets the same check.
        $bare = $this->unapply($client, $invoice, '2.00', []);
        self::assertSame(['refused', '3.00'], [self::state($bare), self::balance($client)]);

        (new TrialReturn(Settings::load()))->run($this->client('1.00'));
        $command = $this->unapply($client, $invoice, '2.00');

        $row = self::row($command);
        self::assertSame(['done', '5.00'], [$row['state'], self::balance($client)], $row['reason']);
        self::assertSame('2.00', Database::value('SELECT amount FROM tblcredit WHERE id = ?', [$row['credit_log_id']]));
        $answer = LocalApi::demand('GetInvoice', ['invoiceid' => $invoice]);
        self::assertSame(['Unpaid', '10.00'], [$answer['status'], $answer['balance']]);
    }

    public function testATrialThatDidNotPassLetsNothingLeave(): void
    {
        Switches::set('negative_apply_credit', 'refused');
        (new TrialReturn(Settings::load()))->run($this->client('1.00'));
        $client = $this->client('5.00');
        $invoice = $this->withCredit($client, '2.00');

        $command = $this->unapply($client, $invoice, '2.00');

        self::assertSame('stale', self::state($command));
        self::assertStringContainsString('Credit cannot be taken off an unpaid invoice', self::row($command)['reason']);
    }

    /** @dataProvider ledgers */
    public function testCreditOfACancelledInvoiceIsAddedOnlyWhereTheTrialHasShownThatWhmcsKeepsIt(string $ledger): void
    {
        Switches::set('ledger', $ledger);
        $client = $this->client('5.00');
        $invoice = $this->withCredit($client, '2.00');
        LocalApi::demand('UpdateInvoice', ['invoiceid' => $invoice, 'status' => 'Cancelled'], 'admin');
        $expects = ['invoiceStatus' => 'Cancelled', 'trial' => 'cancelling-keeps'];

        if ($ledger === '9.x') {
            self::assertSame('stale', self::state($this->giveBack($client, $invoice, $expects)), 'nobody tried it');
        }

        Switches::set('cancel_returns_credit', 'yes');
        (new TrialReturn(Settings::load()))->run($this->client('1.00'));
        self::assertSame('stale', self::state($this->giveBack($client, $invoice, $expects)), 'WHMCS gives it back itself');

        Switches::set('cancel_returns_credit', 'no');
        (new TrialReturn(Settings::load()))->run($this->client('1.00'));
        self::assertSame('3.00', self::balance($client));
        self::assertSame('done', self::state($this->giveBack($client, $invoice, $expects)));
        self::assertSame('5.00', self::balance($client));
    }

    public function testWithoutATrialVersionEightIsKnownToKeepTheCreditOfACancelledInvoice(): void
    {
        $client = $this->client('5.00');
        $invoice = $this->withCredit($client, '2.00');
        $expects = ['invoiceStatus' => 'Cancelled', 'trial' => 'cancelling-keeps'];

        self::assertSame('stale', self::state($this->giveBack($client, $invoice, $expects)), 'the invoice is unpaid');
        LocalApi::demand('UpdateInvoice', ['invoiceid' => $invoice, 'status' => 'Cancelled'], 'admin');
        self::assertSame('done', self::state($this->giveBack($client, $invoice, $expects)));
        self::assertSame('5.00', self::balance($client));
    }

    public function testATrialOfAnotherKindKeepsThisVerdict(): void
    {
        (new TrialReturn(Settings::load()))->run($this->client('1.00'));
        $_SERVER['REQUEST_METHOD'] = 'POST';
        $_POST = ['act' => 'trial', 'client' => (string) $this->client('1.00'), 'token' => generate_token('plain')];
        (new AdminPage('x'))->render();

        $trial = Settings::load()->json('trial');
        self::assertSame([true, true], [$trial['passed'], $trial['returns']['takesOff']]);
    }

    private static function connectionPage(): string
    {
        $_SERVER['REQUEST_METHOD'] = 'GET';
        $_GET = ['page' => 'connection'];

        return (new AdminPage('addonmodules.php?module=creditbridge'))->render();
    }

    /** An unpaid invoice of 10.00 with credit on it. */
    private function withCredit(int $client, string $amount): int
    {
        $id = LocalApi::demand('CreateInvoice', [
            'userid' => $client, 'status' => 'Unpaid', 'autoapplycredit' => '0', 'itemdescription1' => 'Hosting',
            'itemamount1' => '10.00', 'itemtaxed1' => '0',
        ], 'admin')['invoiceid'];
        LocalApi::demand('ApplyCredit', ['invoiceid' => $id, 'amount' => $amount, 'noemail' => true], 'admin');

        return (int) $id;
    }

    private function unapply(int $client, int $invoice, string $amount, array $expects = ['trial' => 'takes-off']): string
    {
        return $this->executed('UnapplyCredit', $client, $invoice, ['invoiceid' => $invoice, 'amount' => $amount], $expects);
    }

    private function giveBack(int $client, int $invoice, array $expects): string
    {
        return $this->executed('AddCredit', $client, $invoice, [
            'clientid' => $client, 'description' => 'Returned', 'amount' => '2.00', 'type' => 'add',
        ], $expects);
    }

    private function executed(string $action, int $client, int $invoice, array $parameters, array $expects): string
    {
        $more = ['invoice_id' => $invoice, 'expects' => json_encode((object) $expects)];
        $id = $this->command($action, $client, $parameters, $more);
        (new Executor(Settings::load()))->run(self::soon());

        return $id;
    }

    private static function logged(int $client): string
    {
        return (string) Database::value('SELECT COALESCE(SUM(amount), 0) FROM tblcredit WHERE clientid = ?', [$client]);
    }
}
