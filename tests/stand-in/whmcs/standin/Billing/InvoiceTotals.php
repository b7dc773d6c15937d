<?php

declare(strict_types=1);

namespace StandIn\Billing;

use StandIn\Platform\Db;
use StandIn\Platform\Money;
use StandIn\Platform\NineSchema;
use StandIn\Platform\Settings;
use StandIn\Platform\Switches;
use stdClass;


/** total = subtotal + tax + tax2 - credit on 8.x (whmcs.md §2.2); on 9.x credit no longer lowers it (§0). */
final class InvoiceTotals
{
    /** Recomputes the figures from the lines and fires UpdateInvoiceTotal. */
    public static function recalculate(int $invoiceId): void
    {
        Db::table('tblinvoices')->where('id', $invoiceId)->update(self::compute($invoiceId));
        self::settleBelowCredit($invoiceId);
        run_hook('UpdateInvoiceTotal', ['invoiceid' => $invoiceId]);
    }

    /** Lowered below what was put on it; what WHMCS does then is not known: switch lowered_below_credit. */
    private static function settleBelowCredit(int $invoiceId): void
    {
        $surplus = min(-Invoices::openBalance($invoiceId), CreditApplication::applied(Invoices::find($invoiceId)));
        if ($surplus <= 0) {
            return;
        }
        match (Switches::get('lowered_below_credit')) {
            'paid' => Invoices::find($invoiceId)->status === 'Unpaid' ? PaidInvoice::process($invoiceId, true) : null,
            'returned' => CreditApplication::move($invoiceId, -$surplus),
            'zero' => Db::table('tblinvoices')->where('id', $invoiceId)->where('total', '<', '0')->update(['total' => '0.00']),
            default => null,
        };
    }

    /** @return array{subtotal: string, tax: string, tax2: string, total: string} */
    public static function compute(int $invoiceId): array
    {
        $invoice = Invoices::find($invoiceId);
        $subtotal = 0;
        $taxable = 0;
        $taxedDeposit = 0;
        foreach (Invoices::lines($invoiceId) as $line) {
            $subtotal += Money::parse($line->amount);
            // A mass-payment line is not taxed (whmcs.md §2.6), an Add Funds line by addons alone, whose line is the net amount (§2.3).
            if ((int) $line->taxed === 1 && $line->type === 'AddFunds') {
                $taxedDeposit += Money::parse($line->amount);
            } elseif ((int) $line->taxed === 1 && $line->type !== 'Invoice') {
                $taxable += Money::parse($line->amount);
            }
        }
        $tax = self::tax($taxable, $invoice->taxrate);
        $tax2 = self::tax($taxable, $invoice->taxrate2);
        if (Settings::get('TaxType') === 'Inclusive') {
            $subtotal -= $tax + $tax2;
        }
        $tax += self::onTop($taxedDeposit, $invoice->taxrate);
        $credit = self::isGross($invoice) ? 0 : Money::parse($invoice->credit);
        return [
            'subtotal' => Money::text($subtotal), 'tax' => Money::text($tax), 'tax2' => Money::text($tax2),
            'total' => Money::text($subtotal + $tax + $tax2 - $credit),
        ];
    }

    /** What these lines cost, of an invoice without tax. @param list<stdClass> $lines */
    public static function ofLines(array $lines): int
    {
        return array_sum(array_map(static fn (stdClass $line): int => Money::parse($line->amount), $lines));
    }

    /** Invoices with credit from before the upgrade keep the arithmetic of 8.x (whmcs.md §2.2). */
    private static function isGross(stdClass $invoice): bool
    {
        $id = (int) $invoice->id;
        return Ledger::usesNotes($id) && !NineSchema::isFromBefore($id);
    }

    /** Exclusive: item x rate. Inclusive: item / (100 + rate) x rate (whmcs.md §2.9). Rounded half up. */
    private static function tax(int $hundredths, string $rate): int
    {
        $percent = (float) $rate;
        return Settings::get('TaxType') === 'Inclusive'
            ? (int) round($hundredths * $percent / (100 + $percent))
            : self::onTop($hundredths, $rate);
    }

    private static function onTop(int $hundredths, string $rate): int
    {
        return (int) round($hundredths * (float) $rate / 100);
    }
}
