<?php

declare(strict_types=1);

namespace StandIn\Billing;

use StandIn\Platform\Activity;
use StandIn\Platform\Clock;
use StandIn\Platform\Db;
use StandIn\Platform\Money;
use StandIn\Platform\Switches;

/** Status changes by staff and by automation (whmcs.md §2.7, §2.8). */
final class InvoiceStatus
{
    /** On 8.x credit on the invoice is not given back; on 9.x a credit note covers what is open (whmcs.md §2.7, §0). */
    public static function cancel(int $invoiceId, bool $hook = true): void
    {
        $invoice = Invoices::find($invoiceId);
        $open = Invoices::openBalance($invoiceId);
        Db::table('tblinvoices')->where('id', $invoiceId)->update(
            ['status' => 'Cancelled', 'date_cancelled' => Clock::now(), 'updated_at' => Clock::now()]
        );
        if (Switches::get('ledger') === '9.x' && $open > 0) {
            Db::table('standin_billing_notes')->insert([
                'client_id' => $invoice->userid, 'invoice_id' => $invoiceId, 'type' => 'credit',
                'reason' => 'cancelled', 'amount' => Money::text($open), 'date' => Clock::today(),
            ]);
        }
        Activity::log("Cancelled Invoice - Invoice ID: $invoiceId", (int) $invoice->userid);
        if ($hook) {
            run_hook('InvoiceCancelled', ['invoiceid' => $invoiceId]);
        }
    }

    /** Does not undo automation: the admin is told to do that by hand (whmcs.md §2.4). */
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
        $open = Invoices::openBalance($invoiceId);
        if (Switches::get('ledger') === '9.x' && $open > 0) {
            Db::table('standin_billing_notes')->insert([
                'client_id' => Invoices::find($invoiceId)->userid, 'invoice_id' => $invoiceId, 'type' => 'credit',
                'reason' => 'marked paid', 'amount' => Money::text($open), 'date' => Clock::today(),
            ]);
        }
        PaidInvoice::process($invoiceId, false);
    }
}
