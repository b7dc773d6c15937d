<?php

declare(strict_types=1);

namespace StandIn\Billing;

use StandIn\Platform\Activity;
use StandIn\Platform\Db;
use StandIn\Platform\Money;
use StandIn\Platform\Settings;

/** The fee for an invoice that is overdue: a line of type LateFee on 8.x, a debit note on 9.x (whmcs.md §1.2, §2.2). */
final class LateFee
{
    private const NAME = 'Late Fee';

    /** What the settings ask for this invoice: fixed, or a share of its open balance but at least the minimum; 0 once it has one. */
    public static function due(int $invoiceId): int
    {
        $amount = Settings::get('InvoiceLateFeeAmount');
        $open = Invoices::openBalance($invoiceId);
        if ($open <= 0 || !Money::isAmount($amount) || self::stands($invoiceId)) {
            return 0;
        }
        if (Settings::get('LateFeeType') !== 'Percentage') {
            return Money::parse($amount);
        }
        $fee = (int) round($open * (float) $amount / 100);
        return $fee > 0 ? max($fee, Money::parse(Settings::get('LateFeeMinimum'))) : 0;
    }

    private static function stands(int $invoiceId): bool
    {
        return Invoices::hasLineOfType($invoiceId, 'LateFee')
            || (Ledger::isNine() && BillingNote::sum($invoiceId, self::NAME) !== 0);
    }

    public static function add(int $invoiceId, int $hundredths): void
    {
        $invoice = Invoices::find($invoiceId);
        if (Ledger::isNine()) {
            BillingNote::debit($invoice, $hundredths, self::NAME);
        } else {
            Db::table('tblinvoiceitems')->insert([
                'invoiceid' => $invoiceId, 'userid' => $invoice->userid, 'type' => 'LateFee', 'relid' => 0,
                'description' => self::NAME, 'amount' => Money::text($hundredths), 'taxed' => 0,
                'duedate' => $invoice->duedate, 'paymentmethod' => $invoice->paymentmethod, 'notes' => '',
            ]);
            InvoiceTotals::recalculate($invoiceId);
        }
        Activity::log("Late Fee Added - Invoice ID: $invoiceId", (int) $invoice->userid);
        run_hook('AddInvoiceLateFee', ['invoiceid' => $invoiceId]);
    }
}
