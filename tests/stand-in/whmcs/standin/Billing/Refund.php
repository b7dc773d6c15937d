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
        if (Invoices::paid($invoiceId) <= 0) {
            Db::table('tblinvoices')->where('id', $invoiceId)->update(
                ['status' => 'Refunded', 'date_refunded' => Clock::now(), 'updated_at' => Clock::now()]
            );
            run_hook('InvoiceRefunded', ['invoiceid' => $invoiceId]);
        }
    }
}
