<?php

declare(strict_types=1);

namespace StandIn\Billing;

use StandIn\Platform\Activity;
use StandIn\Platform\Db;
use StandIn\Platform\Money;

/** The fee for an invoice that is overdue: a line of type LateFee on 8.x, a debit note on 9.x (whmcs.md §1.2, §2.2). */
final class LateFee
{
    public static function add(int $invoiceId, int $hundredths): void
    {
        $invoice = Invoices::find($invoiceId);
        if (Ledger::isNine()) {
            BillingNote::debit($invoice, $hundredths, 'Late Fee');
        } else {
            Db::table('tblinvoiceitems')->insert([
                'invoiceid' => $invoiceId, 'userid' => $invoice->userid, 'type' => 'LateFee', 'relid' => 0,
                'description' => 'Late Fee', 'amount' => Money::text($hundredths), 'taxed' => 0,
                'duedate' => $invoice->duedate, 'paymentmethod' => $invoice->paymentmethod, 'notes' => '',
            ]);
            InvoiceTotals::recalculate($invoiceId);
        }
        Activity::log("Late Fee Added - Invoice ID: $invoiceId", (int) $invoice->userid);
        run_hook('AddInvoiceLateFee', ['invoiceid' => $invoiceId]);
    }
}
