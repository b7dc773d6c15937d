<?php

declare(strict_types=1);

namespace StandIn\Billing;

use StandIn\Platform\Activity;
use StandIn\Platform\Clock;
use StandIn\Platform\Db;
use StandIn\Platform\Money;

/** Money for an invoice: the row, the hooks, Paid once covered, surplus to credit (whmcs.md §2.5, §3.2). */
final class Payment
{
    /** @param int|null $hundredths The whole open balance when null. */
    public static function add(
        int $invoiceId,
        string $transId,
        string $gateway,
        ?int $hundredths = null,
        int $fees = 0,
        ?string $date = null,
        bool $noMail = false
    ): void {
        $invoice = Invoices::find($invoiceId);
        $clientId = (int) $invoice->userid;
        $open = Invoices::openBalance($invoiceId);
        $amount = $hundredths ?? max(0, $open);
        self::record($clientId, $invoiceId, $transId, $gateway, $amount, $fees, $date);
        run_hook('AddInvoicePayment', ['invoiceid' => $invoiceId]);
        $text = "Added Invoice Payment - Invoice ID: $invoiceId - Amount: " . Money::text($amount);
        Activity::log($text, $clientId);
        $surplus = min($amount, $amount - $open);
        if ($surplus > 0) {
            $text = CreditTexts::of('overpayment', $invoiceId);
            Credit::change($clientId, $surplus, $text, null, 0, $invoiceId);
            if (Ledger::isNine()) {
                // The note keeps the invoice's balance at zero (whmcs.md §2.2).
                BillingNote::debit($invoice, $surplus, 'Overpayment');
            }
        }
        $payable = in_array($invoice->status, ['Unpaid', 'Payment Pending', 'Collections'], true);
        if ($payable && $amount >= $open) {
            PaidInvoice::process($invoiceId, $noMail);
        }
    }

    /** The row of tblaccounts; currency is 0 for a client's row (whmcs.md §2.9). Fires AddTransaction with the documented typo. */
    public static function record(
        int $clientId,
        int $invoiceId,
        string $transId,
        string $gateway,
        int $in,
        int $fees = 0,
        ?string $date = null,
        int $out = 0,
        string $description = 'Invoice Payment',
        int $refundOf = 0,
        int $currencyId = 0
    ): int {
        $rate = Db::table('tblclients')->join('tblcurrencies', 'tblcurrencies.id', '=', 'tblclients.currency')
            ->where('tblclients.id', $clientId)->value('rate') ?? '1.00000';
        $row = [
            'userid' => $clientId, 'currency' => $currencyId, 'gateway' => $gateway, 'date' => $date ?? Clock::now(),
            'description' => $description, 'amountin' => Money::text($in), 'fees' => Money::text($fees),
            'amountout' => Money::text($out), 'rate' => $rate, 'transid' => $transId, 'invoiceid' => $invoiceId,
            'refundid' => $refundOf,
        ];
        if (Ledger::isNine()) {
            $row['type'] = $in > 0 ? 'gateway_funds_in' : 'gateway_funds_out';
        }
        $id = Db::table('tblaccounts')->insertGetId($row);
        // Neither is among the documented arguments (whmcs.md §4.3).
        unset($row['invoiceid'], $row['type']);
        run_hook('AddTransaction', ['id' => $id] + $row + ['invocieid' => $invoiceId]);
        return $id;
    }
}
