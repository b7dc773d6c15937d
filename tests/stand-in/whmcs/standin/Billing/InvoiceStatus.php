<?php

declare(strict_types=1);

namespace StandIn\Billing;

use StandIn\Platform\Activity;
use StandIn\Platform\Clock;
use StandIn\Platform\Db;
use StandIn\Platform\Switches;

/** Status changes by staff and by automation (whmcs.md §2.7, §2.8). */
final class InvoiceStatus
{
    /**
     * On 9.x a credit note closes what is open (whmcs.md §2.7, §0). Whether credit on the invoice is given back, and whether
     * InvoiceCancelled fires before or after the status is saved, are switches.
     */
    public static function cancel(int $invoiceId, bool $hook = true): void
    {
        $invoice = Invoices::find($invoiceId);
        $fire = static fn (string $moment) => $hook && Switches::get('cancel_hook_sees') === $moment
            ? run_hook('InvoiceCancelled', ['invoiceid' => $invoiceId])
            : null;
        $fire('old-status');
        Db::table('tblinvoices')->where('id', $invoiceId)->update(
            ['status' => 'Cancelled', 'date_cancelled' => Clock::now(), 'updated_at' => Clock::now()]
        );
        $applied = CreditApplication::applied($invoice);
        if (Switches::get('cancel_returns_credit') === 'yes' && $applied > 0) {
            CreditApplication::move($invoiceId, -$applied);
        }
        self::close($invoiceId, 'Invoice Cancelled');
        Activity::log("Cancelled Invoice - Invoice ID: $invoiceId", (int) $invoice->userid);
        $fire('new-status');
    }

    /** Takes single lines off an invoice that cannot be edited: a credit note over them (whmcs.md §0). 9.x alone has it. @param list<int> $lineIds */
    public static function cancelLines(int $invoiceId, array $lineIds): void
    {
        $lines = array_values(array_filter(
            Invoices::lines($invoiceId),
            static fn (object $line): bool => in_array((int) $line->id, $lineIds, true)
        ));
        BillingNote::credit(Invoices::find($invoiceId), InvoiceTotals::ofLines($lines), 'Line Items Cancelled', $lines);
        Activity::log("Cancelled Line Items - Invoice ID: $invoiceId", (int) Invoices::find($invoiceId)->userid);
    }

    /** Does not undo automation: the admin is told to do that by hand (whmcs.md §2.4). A closing note stays (§2.7). */
    public static function markUnpaid(int $invoiceId): void
    {
        Db::table('tblinvoices')->where('id', $invoiceId)->update([
            'status' => 'Unpaid', 'datepaid' => '0000-00-00 00:00:00', 'date_cancelled' => '0000-00-00 00:00:00',
            'updated_at' => Clock::now(),
        ]);
        Activity::log("Reactivated Invoice - Invoice ID: $invoiceId", (int) Invoices::find($invoiceId)->userid);
        run_hook('InvoiceUnpaid', ['invoiceid' => $invoiceId]);
    }

    /** Paid without a transaction; on 9.x what is open becomes a credit note (whmcs.md §0). */
    public static function markPaid(int $invoiceId): void
    {
        self::close($invoiceId, 'Marked Paid');
        PaidInvoice::process($invoiceId, false);
    }

    private static function close(int $invoiceId, string $reason): void
    {
        $open = Invoices::openBalance($invoiceId);
        if (Ledger::isNine() && $open > 0) {
            BillingNote::credit(Invoices::find($invoiceId), $open, $reason);
        }
    }
}
