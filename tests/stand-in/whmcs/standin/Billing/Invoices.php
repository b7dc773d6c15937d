<?php

declare(strict_types=1);

namespace StandIn\Billing;

use StandIn\Platform\Db;
use StandIn\Platform\Money;
use StandIn\Platform\Switches;
use stdClass;

/** Reading invoices. */
final class Invoices
{
    public static function find(int $invoiceId): ?stdClass
    {
        return Db::table('tblinvoices')->where('id', $invoiceId)->first();
    }

    /**
     * What is still to be paid: total less payments (whmcs.md §2.2), on 9.x also less credit notes and plus debit notes (§0).
     * Negative when more was paid than was due.
     */
    public static function openBalance(int $invoiceId): int
    {
        $total = Money::parse(Db::table('tblinvoices')->where('id', $invoiceId)->value('total'));
        $notes = Db::table('standin_billing_notes')->where('invoice_id', $invoiceId)
            ->selectRaw("COALESCE(SUM(IF(type = 'credit', amount, -amount)), 0) AS amount")->value('amount');
        return $total - self::paid($invoiceId) - Money::parse($notes);
    }

    /** Money received for the invoice, refunds taken off. */
    public static function paid(int $invoiceId): int
    {
        return Money::parse(Db::table('tblaccounts')->where('invoiceid', $invoiceId)
            ->selectRaw('COALESCE(SUM(amountin - amountout), 0) AS paid')->value('paid'));
    }

    /** @return list<stdClass> */
    public static function lines(int $invoiceId): array
    {
        return Db::table('tblinvoiceitems')->where('invoiceid', $invoiceId)->orderBy('id')->get()->all();
    }

    public static function hasLineOfType(int $invoiceId, string ...$types): bool
    {
        return Db::table('tblinvoiceitems')->where('invoiceid', $invoiceId)->whereIn('type', $types)->exists();
    }

    /** On 9.x an invoice that is not Draft can no longer be edited (whmcs.md §0). */
    public static function isImmutable(stdClass $invoice): bool
    {
        return Switches::get('ledger') === '9.x' && $invoice->status !== 'Draft';
    }
}
