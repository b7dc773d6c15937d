<?php

declare(strict_types=1);

namespace CreditBridge\Tests;

use StandIn\Platform\Switches;
use WHMCS\Module\Addon\Creditbridge\Command\Executor;
use WHMCS\Module\Addon\Creditbridge\Command\InvoiceMoney;
use WHMCS\Module\Addon\Creditbridge\Command\Witnesses;
use WHMCS\Module\Addon\Creditbridge\Database;
use WHMCS\Module\Addon\Creditbridge\Hundredths;
use WHMCS\Module\Addon\Creditbridge\Settings;

final class InvoiceMoneyTest extends ShimTestCase
{
    public function cases(): array
    {
        $cases = [];
        foreach (json_decode(file_get_contents(__DIR__ . '/../../bridge/vectors/invoice-money.json'), true) as $case) {
            $cases[$case['name']] = [$case];
        }
        return $cases;
    }

    /** @dataProvider cases */
    public function testSaysWhatTheVectorSays(array $case): void
    {
        $sums = ['all_rows' => 0, 'money' => 0, 'notes_in' => 0];
        foreach ($case['rows'] as $row) {
            $net = Hundredths::parse($row['in']) - Hundredths::parse($row['out']);
            $sums['all_rows'] += $net;
            $sums['money'] += $row['note'] === 0 ? $net : 0;
            $sums['notes_in'] += $row['note'] > 0 ? Hundredths::parse($row['in']) : 0;
        }
        $money = InvoiceMoney::of($case['figures'] + array_map([Hundredths::class, 'format'], $sums));
        $said = ['arithmetic' => $money['arithmetic']] + array_map(static function ($amount) {
            return $amount === null ? null : Hundredths::format($amount);
        }, array_diff_key($money, ['arithmetic' => '']));
        self::assertEquals($case['says'] + ['open' => null, 'credit' => null, 'takenOff' => null], $said);
    }

    public function testReadsTheSameRowsOnBothMajors(): void
    {
        $client = $this->client('0.00');
        $old = $this->invoice($client, '30.00');
        Database::change('INSERT INTO tblaccounts (userid, amountin, invoiceid) VALUES (?, 1.00, ?)', [$client, $old]);
        $seen = Witnesses::invoice($old);
        self::assertSame(['29.00', '0.00', true], [$seen['balance'], $seen['credit'], $seen['paymentTried']]);

        Switches::set('ledger', '9.x');
        self::assertSame($seen, Witnesses::invoice($old));
        $noted = $this->invoice($client, '30.00');
        Database::change(
            'INSERT INTO tblaccounts (userid, amountin, invoiceid, billingnoteid) VALUES (?, 10.00, ?, 7)',
            [$client, $noted]
        );
        $seen = Witnesses::invoice($noted);
        self::assertSame(['20.00', '10.00', false], [$seen['balance'], $seen['credit'], $seen['paymentTried']]);
        self::assertSame(0, InvoiceMoney::paymentsAfter(0, $noted), 'a note is no payment');
    }

    public function testComputesNothingFromFiguresThatDoNotAddUp(): void
    {
        $client = $this->client('10.00');
        $invoice = $this->invoice($client, '30.00');
        Database::change('UPDATE tblinvoices SET credit = 10, total = 25 WHERE id = ?', [$invoice]);
        $id = $this->command('ApplyCredit', $client, ['invoiceid' => $invoice, 'amount' => '4.00', 'noemail' => true], [
            'expects' => '{"invoiceBalanceAtLeast":"4.00"}',
        ]);

        $this->paired();
        (new Executor(Settings::load()))->run(self::soon());

        self::assertSame('stale', self::state($id));
        self::assertStringContainsString('do not add up', self::row($id)['reason']);
        self::assertSame('10.00', self::balance($client));
    }
}
