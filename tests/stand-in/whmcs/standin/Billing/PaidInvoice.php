<?php

declare(strict_types=1);

namespace StandIn\Billing;

use StandIn\Mail\Mailer;
use StandIn\Platform\Activity;
use StandIn\Platform\Clock;
use StandIn\Platform\Db;
use StandIn\Platform\Settings;
use StandIn\Platform\Switches;
use WHMCS\Billing\Invoice;

/**
 * What becoming Paid sets off, in the documented order (whmcs.md §2.8, §4.3): status, InvoicePaidPreEmail, the mail,
 * automation, InvoicePaid, and for an order's first invoice OrderPaid.
 */
final class PaidInvoice
{
    public static function process(int $invoiceId, bool $noMail, bool $hooks = true): void
    {
        $invoice = Invoices::find($invoiceId);
        Db::table('tblinvoices')->where('id', $invoiceId)->update(
            ['status' => 'Paid', 'datepaid' => Clock::now(), 'updated_at' => Clock::now()]
        );
        Activity::log("Invoice Marked Paid - Invoice ID: $invoiceId", (int) $invoice->userid);
        self::depositAt('before-preemail', $invoiceId);
        if ($hooks) {
            run_hook('InvoicePaidPreEmail', ['invoiceid' => $invoiceId]);
        }
        if (!$noMail) {
            Mailer::send('Invoice Payment Confirmation', $invoiceId);
        }
        Automation::run($invoiceId);
        self::depositAt('between', $invoiceId);
        if ($hooks) {
            run_hook('InvoicePaid', self::arguments($invoiceId));
            self::orderPaid($invoiceId);
        }
        self::depositAt('after-paid-hook', $invoiceId);
    }

    /** From 8.11 on the hook also gets the invoice's model (whmcs.md §1.4). @return array<string, mixed> */
    private static function arguments(int $invoiceId): array
    {
        $arguments = ['invoiceid' => $invoiceId];
        if (version_compare(Settings::get('Version'), '8.11.0', '>=')) {
            $arguments['invoice'] = Invoice::find($invoiceId);
        }
        return $arguments;
    }

    /** The line amount is added to the client's credit (whmcs.md §2.3); at which moment is unknown 8.7. */
    private static function depositAt(string $moment, int $invoiceId): void
    {
        if (Switches::get('deposit_credit_moment') === $moment) {
            Automation::bookDeposits($invoiceId);
        }
    }

    private static function orderPaid(int $invoiceId): void
    {
        foreach (Db::table('tblorders')->where('invoiceid', $invoiceId)->get() as $order) {
            run_hook('OrderPaid', [
                'orderId' => (int) $order->id, 'userId' => (int) $order->userid, 'invoiceId' => $invoiceId,
            ]);
        }
    }
}
