<?php

declare(strict_types=1);

namespace StandIn\Billing;

use StandIn\Platform\Clock;
use StandIn\Platform\Db;
use StandIn\Platform\Money;
use StandIn\Platform\Switches;

/** Refunds of an invoice's payment: by the gateway, processed elsewhere, or to the client's credit (whmcs.md §2.5). */
final class Refund
{
    /** @param string $type gateway, manual or credit. Whether a refund to credit leaves a transaction is unknown 8.15: switch refund_to_credit_row. */
    public static function give(int $paymentId, int $hundredths, string $type): void
    {
        $payment = Db::table('tblaccounts')->where('id', $paymentId)->first();
        $invoiceId = (int) $payment->invoiceid;
        $clientId = (int) $payment->userid;
        if ($type !== 'credit' || Switches::get('refund_to_credit_row') === 'written') {
            Payment::record(
                $clientId,
                $invoiceId,
                'refund-' . $payment->transid,
                (string) $payment->gateway,
                0,
                0,
                null,
                $hundredths,
                'Refund of Transaction ID ' . $payment->transid,
                $paymentId
            );
        }
        if ($type === 'credit') {
            $text = CreditTexts::of('refund', $invoiceId);
            Credit::change($clientId, $hundredths, $text, null, null, $invoiceId);
        } elseif ($type === 'manual') {
            run_hook('ManualRefund', ['transid' => $payment->transid, 'amount' => Money::text($hundredths)]);
        }
        self::conclude($invoiceId, $hundredths);
    }

    /**
     * On 9.x a refund of a Paid invoice gets a note, made before the hook of a full refund and after the last hook of a partial one
     * (whmcs.md §0, §2.7). When InvoiceRefunded fires is in conflict (§4.3): switch invoice_refunded. With some gateways a refund
     * ends as Collections (§2.7): switch refund_ends_as.
     */
    private static function conclude(int $invoiceId, int $hundredths): void
    {
        $invoice = Invoices::find($invoiceId);
        $isWhole = Invoices::paid($invoiceId) <= 0;
        $note = static fn () => Ledger::isNine() && $invoice->status === 'Paid'
            ? BillingNote::credit($invoice, $hundredths, 'Refund')
            : null;
        if ($isWhole) {
            $note();
            Db::table('tblinvoices')->where('id', $invoiceId)->update(
                ['status' => Switches::get('refund_ends_as'), 'date_refunded' => Clock::now(), 'updated_at' => Clock::now()]
            );
        }
        if ($isWhole || Switches::get('invoice_refunded') === 'every') {
            run_hook('InvoiceRefunded', ['invoiceid' => $invoiceId]);
        }
        if (!$isWhole) {
            $note();
        }
    }
}
