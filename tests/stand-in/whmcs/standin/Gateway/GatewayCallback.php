<?php

declare(strict_types=1);

namespace StandIn\Gateway;

use RuntimeException;
use StandIn\Billing\Reversal;
use StandIn\Platform\Clock;
use StandIn\Platform\Db;
use StandIn\Platform\Money;
use StandIn\Platform\Switches;

/** The helpers gateway callbacks use (whmcs.md §3.2): both checks end the request. */
final class GatewayCallback
{
    /** @return array<string, string> */
    public static function variables(string $gateway): array
    {
        return Db::table('tblpaymentgateways')->where('gateway', $gateway)->pluck('value', 'setting')->all();
    }

    public static function checkInvoice(int $invoiceId, string $gateway): int
    {
        if (!Db::table('tblinvoices')->where('id', $invoiceId)->exists()) {
            self::log($gateway, ['invoiceid' => $invoiceId], 'Invoice ID Not Found');
            exit('Invoice ID Not Found');
        }
        return $invoiceId;
    }

    public static function checkTransaction(string $transId): void
    {
        $known = Db::table('tblaccounts')->where('transid', $transId)->exists();
        if ($known && Switches::get('gateway_checks_transid') === 'yes') {
            exit('Transaction ID has already been processed');
        }
    }

    /** Refuses what is not known and what was reversed before (whmcs.md §2.7). */
    public static function reverse(string $reverseTransId, string $originalTransId): void
    {
        $payments = Db::table('tblaccounts')->where('transid', $originalTransId)->where('amountin', '>', 0)->get();
        if ($payments->isEmpty()) {
            throw new RuntimeException('Original Transaction Not Found');
        }
        if (Db::table('tblaccounts')->where('transid', $reverseTransId)->exists()) {
            throw new RuntimeException('Transaction has already been reversed');
        }
        foreach ($payments as $payment) {
            Reversal::make((int) $payment->id, Money::parse($payment->amountin), $reverseTransId);
        }
    }

    /** @param array<string, mixed>|string $data */
    public static function log(string $gateway, array|string $data, string $result): void
    {
        Db::table('tblgatewaylog')->insert([
            'date' => Clock::now(), 'gateway' => $gateway, 'result' => $result,
            'data' => is_array($data) ? print_r($data, true) : $data,
        ]);
        run_hook('LogTransaction', ['gateway' => $gateway, 'data' => $data, 'result' => $result]);
    }
}
