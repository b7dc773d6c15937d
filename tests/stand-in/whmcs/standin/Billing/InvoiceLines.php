<?php

declare(strict_types=1);

namespace StandIn\Billing;

use StandIn\Platform\Db;
use StandIn\Platform\Money;
use stdClass;

/** Lines that staff adds to an invoice or takes off it; whether they may is the caller's question. */
final class InvoiceLines
{
    public static function add(stdClass $invoice, string $description, int $hundredths): void
    {
        Db::table('tblinvoiceitems')->insert([
            'invoiceid' => $invoice->id, 'userid' => $invoice->userid, 'type' => '', 'relid' => 0, 'description' => $description,
            'amount' => Money::text($hundredths), 'taxed' => 0, 'duedate' => $invoice->duedate,
            'paymentmethod' => $invoice->paymentmethod, 'notes' => '',
        ]);
        InvoiceTotals::recalculate((int) $invoice->id);
    }

    public static function delete(stdClass $invoice, int $lineId): void
    {
        Db::table('tblinvoiceitems')->where('invoiceid', $invoice->id)->where('id', $lineId)->delete();
        InvoiceTotals::recalculate((int) $invoice->id);
    }
}
