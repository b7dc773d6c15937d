<?php

declare(strict_types=1);

namespace StandIn\Billing;

use StandIn\Platform\Clock;
use StandIn\Platform\Db;
use StandIn\Platform\EventLog;
use StandIn\Platform\Money;
use StandIn\Platform\Switches;
use stdClass;

/**
 * A payment that its payer took back, told by the gateway or by staff (whmcs.md §2.7): the invoice becomes Collections, next due
 * dates go back, admins are mailed. The credit of an Add Funds invoice goes at once, also below zero; of a mass payment each
 * invoice gets a reversed transaction. An overpayment's credit stays: WHMCS's documentation names it nowhere.
 */
final class Reversal
{
    private const TEXTS = [
        'names-invoice' => 'Payment Reversal for Invoice #%1$d',
        'names-transaction' => 'Reversed Transaction %2$s',
        'plain' => 'Payment Reversed',
    ];

    public static function make(int $paymentId, int $hundredths, string $transId): void
    {
        $payment = Db::table('tblaccounts')->where('id', $paymentId)->first();
        $invoiceId = (int) $payment->invoiceid;
        foreach (self::shares($invoiceId, $hundredths) as $target => $share) {
            $row = $target === $invoiceId || Switches::get('mass_reversal_rows') === 'targets';
            self::reverse($payment, $target, $share, $transId, $row);
        }
        localAPI('SendAdminEmail', [
            'customsubject' => 'Payment Reversal (stand-in)', 'custommessage' => "Transaction $payment->transid was reversed.",
        ]);
    }

    /**
     * How much of the reversal falls on which invoice. Where a mass payment's rows stand is not certain: switch mass_reversal_rows.
     *
     * @return array<int, int>
     */
    private static function shares(int $invoiceId, int $hundredths): array
    {
        $shares = [];
        $left = $hundredths;
        foreach (Invoices::lines($invoiceId) as $line) {
            if ($line->type === 'Invoice') {
                $shares[(int) $line->relid] = min($left, Money::parse($line->amount));
                $left -= $shares[(int) $line->relid];
            }
        }
        $onContainer = $shares === [] || Switches::get('mass_reversal_rows') === 'container';
        return array_filter($onContainer ? $shares + [$invoiceId => $hundredths] : $shares);
    }

    private static function reverse(stdClass $payment, int $invoiceId, int $hundredths, string $transId, bool $row): void
    {
        $invoice = Invoices::find($invoiceId);
        if ($row) {
            Payment::record(
                (int) $payment->userid,
                $invoiceId,
                $transId,
                (string) $payment->gateway,
                0,
                0,
                null,
                $hundredths,
                "Reversal of Transaction ID $payment->transid",
                (int) $payment->id
            );
        }
        self::takeDeposit($invoice, $hundredths, $hundredths === Money::parse($payment->amountin), $transId);
        Db::table('tblinvoices')->where('id', $invoiceId)->update(['status' => 'Collections', 'updated_at' => Clock::now()]);
        Automation::goBack($invoiceId);
        if ($row && Ledger::isNine() && Switches::get('reversal_note') === 'written') {
            BillingNote::credit($invoice, $hundredths, 'Payment Reversed');
        }
        EventLog::write('reversal', (int) $invoice->userid, $invoiceId);
        if (Switches::get('reversal_hooks') === 'refunded') {
            run_hook('InvoiceRefunded', ['invoiceid' => $invoiceId]);
        }
    }

    /** A part of a payment takes as much, or the whole deposit: switch partial_reversal. The text is not known: switch reversal_text. */
    private static function takeDeposit(stdClass $invoice, int $hundredths, bool $isWhole, string $transId): void
    {
        $id = (int) $invoice->id;
        $deposit = InvoiceTotals::ofLines(array_filter(
            Invoices::lines($id),
            static fn (stdClass $line): bool => $line->type === 'AddFunds'
        ));
        $wasReversed = $invoice->status === 'Collections';
        $amount = match (true) {
            $isWhole => $deposit,
            Switches::get('partial_reversal') === 'deposit' => $wasReversed ? 0 : $deposit,
            default => min($hundredths, $deposit),
        };
        if ($amount > 0) {
            $text = sprintf(self::TEXTS[Switches::get('reversal_text')], $id, $transId);
            Credit::change((int) $invoice->userid, -$amount, $text, null, 0, $id);
        }
    }
}
