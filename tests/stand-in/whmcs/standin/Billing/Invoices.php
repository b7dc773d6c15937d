<?php

declare(strict_types=1);

namespace StandIn\Billing;

use Illuminate\Database\Query\Builder;
use StandIn\Platform\Db;
use StandIn\Platform\Money;
use stdClass;

/** Reading invoices. */
final class Invoices
{
    public static function find(int $invoiceId): ?stdClass
    {
        return Db::table('tblinvoices')->where('id', $invoiceId)->first();
    }

    /**
     * What is still to be paid: total less all rows of tblaccounts, which on 9.x hold the notes too (whmcs.md §2.2). Negative when
     * more was paid than was due.
     */
    public static function openBalance(int $invoiceId): int
    {
        $total = Money::parse(Db::table('tblinvoices')->where('id', $invoiceId)->value('total'));
        return $total - self::sum(Db::table('tblaccounts')->where('invoiceid', $invoiceId));
    }

    /** Money received for the invoice, refunds taken off. */
    public static function paid(int $invoiceId): int
    {
        $rows = Db::table('tblaccounts')->where('invoiceid', $invoiceId);
        return self::sum(Ledger::isNine() ? $rows->where('billingnoteid', 0) : $rows);
    }

    private static function sum(Builder $rows): int
    {
        return Money::parse($rows->selectRaw('COALESCE(SUM(amountin - amountout), 0) AS amount')->value('amount'));
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
}
