<?php

declare(strict_types=1);

namespace StandIn\Billing;

use StandIn\Platform\Activity;
use StandIn\Platform\Clock;
use StandIn\Platform\Db;
use StandIn\Platform\Money;
use StandIn\Platform\Switches;

/** Puts credit on an invoice, or takes it off again with a negative amount (whmcs.md §2.4). */
final class CreditApplication
{
    /** Moves the credit, then fires what switch apply_credit_hooks says, and marks a covered invoice Paid. */
    public static function apply(int $invoiceId, int $hundredths, bool $noMail = false): bool
    {
        self::move($invoiceId, $hundredths);
        if (Switches::get('apply_credit_hooks') === 'paid-and-payment') {
            run_hook('AddInvoicePayment', ['invoiceid' => $invoiceId]);
        }
        if ($hundredths > 0 && Invoices::openBalance($invoiceId) <= 0) {
            PaidInvoice::process($invoiceId, $noMail, Switches::get('apply_credit_hooks') !== 'none');
            return true;
        }
        return false;
    }

    /** The movement alone: balance, log, invoice. Creates no tblaccounts row (whmcs.md §2.2). */
    public static function move(int $invoiceId, int $hundredths): void
    {
        $clientId = (int) Invoices::find($invoiceId)->userid;
        $text = CreditTexts::of($hundredths >= 0 ? 'applied' : 'removed', $invoiceId);
        Credit::change($clientId, -$hundredths, $text, null, null, $invoiceId);
        self::writeInvoice($clientId, $invoiceId, $hundredths);
        $amount = Money::text($hundredths);
        Activity::log("Credit Applied to Invoice - Invoice ID: $invoiceId - Amount: $amount", $clientId);
    }

    /** 8.x: credit up, total down. 9.x: a credit note, the total stays (whmcs.md §0; the column is unknown 8.1). */
    public static function writeInvoice(int $clientId, int $invoiceId, int $hundredths): void
    {
        $amount = Money::text($hundredths);
        $raw = static fn (string $sql) => Db::connection()->raw($sql);
        $invoice = Db::table('tblinvoices')->where('id', $invoiceId);
        if (Switches::get('ledger') === '8.x') {
            $invoice->update(['credit' => $raw("credit + ($amount)"), 'total' => $raw("total - ($amount)")]);
            return;
        }
        Db::table('standin_billing_notes')->insert([
            'client_id' => $clientId, 'invoice_id' => $invoiceId, 'type' => $hundredths >= 0 ? 'credit' : 'debit',
            'reason' => 'credit applied', 'amount' => Money::text(abs($hundredths)), 'date' => Clock::today(),
        ]);
        if (Switches::get('ledger_9_credit_column') === 'moves') {
            $invoice->update(['credit' => $raw("credit + ($amount)")]);
        }
    }
}
