<?php

declare(strict_types=1);

namespace CreditBridge\Tests;

use StandIn\Platform\Switches;
use WHMCS\Module\Addon\Creditbridge\Database;
use WHMCS\Module\Addon\Creditbridge\Installation\ActingAdmin;
use WHMCS\Module\Addon\Creditbridge\Installation\Mutation;
use WHMCS\Module\Addon\Creditbridge\Installation\Snapshot;
use WHMCS\Module\Addon\Creditbridge\LocalApi;
use WHMCS\Module\Addon\Creditbridge\Page\AdminPage;
use WHMCS\Module\Addon\Creditbridge\SelfTest\AddCreditRollback;
use WHMCS\Module\Addon\Creditbridge\SelfTest\Books;
use WHMCS\Module\Addon\Creditbridge\Settings;

/**
 * What is measured of WHMCS and told to the service and to doctor.
 */
final class SurroundingsTest extends ShimTestCase
{
    public function ledgers(): array
    {
        return ['8.x' => ['8.x'], '9.x' => ['9.x']];
    }

    /** @dataProvider ledgers */
    public function testTheSelfTestMeasuresAddCreditItselfInATransactionThatIsRolledBack(string $ledger): void
    {
        Switches::set('ledger', $ledger);
        $this->paired();
        $_SESSION['adminid'] = 1;
        $client = $this->client('4.00');

        $this->selfTest($client);

        $whmcs = Settings::load()->json('whmcs');
        self::assertSame(['AddCredit', true], [$whmcs['measuredWith'], $whmcs['sharedConnection']]);
        self::assertSame(['4.00', 0], [self::balance($client), self::rowsOf($client)], 'nothing is left');

        $this->selfTest(0);
        self::assertSame('LogActivity', Settings::load()->json('whmcs')['measuredWith']);
    }

    /** @dataProvider ledgers */
    public function testTheSelfTestLooksHowWhmcsKeepsMoneyAndNotes(string $ledger): void
    {
        Switches::set('ledger', $ledger);
        Database::change('DELETE FROM tblaccounts');
        $client = $this->client('10.00');
        $invoice = $this->invoice($client, '6.00');
        LocalApi::demand('ApplyCredit', ['invoiceid' => $invoice, 'amount' => '4.00', 'noemail' => true], 'admin');
        LocalApi::demand('AddInvoicePayment', [
            'invoiceid' => $invoice, 'transid' => 'T-1', 'gateway' => 'banktransfer', 'amount' => '2.00',
            'date' => date('Y-m-d H:i:s'),
        ], 'admin');

        $books = Books::look();

        $money = ['type' => $ledger === '9.x' ? 'gateway_funds_in' : '', 'way' => 'in', 'note' => false, 'count' => 1];
        $note = ['type' => 'invoice_billing_adjustment_credit', 'way' => 'in', 'note' => true, 'count' => 1];
        self::assertSame($ledger === '9.x' ? [$money, $note] : [$money], $books['rows']);
        self::assertSame(
            $ledger === '9.x' ? ['tblaccounts', 'tblbillingnotes', 'tblbillingnoteitems'] : ['tblaccounts'],
            array_keys($books['columns'])
        );
        self::assertContains('amountin decimal(16,2)', $books['columns']['tblaccounts']);
    }

    public function testWhereWhmcsKeepsWhatIsRolledBackTheCentIsTakenOffAgainAndTheMeasureSaysNo(): void
    {
        Switches::set('api_connection', 'separate');
        $client = $this->client('4.00');

        self::assertFalse(AddCreditRollback::measure($client, 'admin'));
        self::assertSame(['4.00', 2], [self::balance($client), self::rowsOf($client)]);
    }

    public function testWhereWhmcsRefusesNothingIsMeasured(): void
    {
        self::assertNull(AddCreditRollback::measure(999999999, 'admin'));
    }

    public function testTellsTheLocalDateOfTheWebAndOfTheCommandLine(): void
    {
        $web = ['date' => '2026-01-01', 'zone' => 'America/New_York', 'at' => '2026-01-01T12:00:00Z'];
        Snapshot::remember(Settings::load(), 'dates', ['web' => $web]);

        Snapshot::refresh(Settings::load());

        $dates = Settings::load()->json('whmcs')['dates'];
        self::assertSame($web, $dates['web']);
        self::assertSame([date('Y-m-d'), 'Europe/Berlin'], [$dates['cli']['date'], $dates['cli']['zone']]);
    }

    /** @dataProvider ledgers */
    public function testNamesThePermissionsThatTheActingAdminLacksAndOnNineDeleteInvoiceToo(string $ledger): void
    {
        Switches::set('ledger', $ledger);
        Database::change('DELETE FROM tbladminperms WHERE permid IN (4, 16)');
        try {
            ActingAdmin::forget();
            $lacks = $ledger === '9.x' ? ['Create Invoice', 'Delete Invoice'] : ['Create Invoice'];
            self::assertSame($lacks, ActingAdmin::lacks('admin'));
        } finally {
            Database::change('INSERT INTO tbladminperms (roleid, permid) VALUES (1, 4), (1, 16)');
        }
        self::assertSame([], ActingAdmin::lacks('admin'));
    }

    public function files(): array
    {
        $name = '$allow_adminarea_invoice_mutation';

        return [
            'not set' => ['$license = "x";', false],
            'set' => [$name . ' = true;', true],
            'set to a number' => [$name . ' = 1;', true],
            'set to no' => [$name . ' = false;', false],
            'set, then unset by a later line' => [$name . " = true;\n" . $name . ' = FALSE;', false],
            'in a comment' => ['// ' . $name . ' = true;', false],
        ];
    }

    /** @dataProvider files */
    public function testReadsFromConfigurationPhpWhetherInvoicesOfNineMayBeEdited(string $code, bool $isAllowed): void
    {
        $file = tempnam(sys_get_temp_dir(), 'creditbridge-configuration-');
        file_put_contents($file, "<?php\n" . $code);
        try {
            self::assertSame($isAllowed, Mutation::isAllowed($file));
        } finally {
            unlink($file);
        }
        self::assertNull(Mutation::isAllowed('/nowhere/configuration.php'));
    }

    private function selfTest(int $client): void
    {
        $_SERVER['REQUEST_METHOD'] = 'POST';
        $_POST = ['act' => 'self-test', 'client' => (string) $client, 'token' => generate_token('plain')];
        (new AdminPage('x'))->render();
    }

    private static function rowsOf(int $client): int
    {
        return (int) Database::value('SELECT COUNT(*) FROM tblcredit WHERE clientid = ?', [$client]);
    }
}
