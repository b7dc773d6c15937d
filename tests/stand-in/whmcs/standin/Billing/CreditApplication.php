<?php

declare(strict_types=1);

namespace StandIn\Billing;

use StandIn\Platform\Activity;
use StandIn\Platform\Db;
use StandIn\Platform\Money;
use StandIn\Platform\Switches;
use stdClass;

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

    /** The movement alone: balance, log, invoice. */
    public static function move(int $invoiceId, int $hundredths): void
    {
        $clientId = (int) Invoices::find($invoiceId)->userid;
        $text = CreditTexts::of($hundredths >= 0 ? 'applied' : 'removed', $invoiceId);
        Credit::change($clientId, -$hundredths, $text, null, null, $invoiceId);
        self::writeInvoice($invoiceId, $hundredths);
        $amount = Money::text($hundredths);
        Activity::log("Credit Applied to Invoice - Invoice ID: $invoiceId - Amount: $amount", $clientId);
    }

    /**
     * 8.x: credit up, total down, no row in tblaccounts. 9.x: a note, and the total stays (whmcs.md §2.2); whether the column moves
     * is not certain (§8.1).
     */
    public static function writeInvoice(int $invoiceId, int $hundredths): void
    {
        $amount = Money::text($hundredths);
        $raw = static fn (string $sql) => Db::connection()->raw($sql);
        $invoice = Db::table('tblinvoices')->where('id', $invoiceId);
        if (!Ledger::usesNotes($invoiceId)) {
            $invoice->update(['credit' => $raw("credit + ($amount)"), 'total' => $raw("total - ($amount)")]);
            return;
        }
        $noted = Invoices::find($invoiceId);
        $hundredths >= 0
            ? BillingNote::credit($noted, $hundredths, BillingNote::APPLIED)
            : BillingNote::debit($noted, -$hundredths, BillingNote::APPLIED);
        if (Switches::get('ledger_9_credit_column') === 'moves') {
            $invoice->update(['credit' => $raw("credit + ($amount)")]);
        }
    }

    /** The credit that stands on an invoice. */
    public static function applied(stdClass $invoice): int
    {
        $id = (int) $invoice->id;
        return Ledger::usesNotes($id) ? BillingNote::sum($id, BillingNote::APPLIED) : Money::parse($invoice->credit);
    }
}
