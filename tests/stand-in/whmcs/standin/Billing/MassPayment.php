<?php

declare(strict_types=1);

namespace StandIn\Billing;

use StandIn\Platform\Db;
use StandIn\Platform\Money;
use StandIn\Platform\Switches;
use stdClass;

/** A container invoice that pays several others with credit (whmcs.md §2.6). */
final class MassPayment
{
    /** @param list<int> $targets Unpaid invoices of the client. Returns the container's id. */
    public static function create(int $clientId, array $targets, string $paymentMethod): int
    {
        $lines = [];
        foreach ($targets as $target) {
            $invoice = Invoices::find($target);
            $open = Invoices::openBalance($target);
            if ($invoice !== null && (int) $invoice->userid === $clientId && $invoice->status === 'Unpaid' && $open > 0) {
                $lines[] = new InvoiceLine('Invoice', $target, "Invoice #$target", $open);
            }
        }
        return InvoiceCreation::create(
            new NewInvoice($clientId, $lines, paymentMethod: $paymentMethod, mail: false)
        );
    }

    /**
     * 8.x: the target gets credit = link amount and its total drops. 9.x: a note closes it (whmcs.md §2.6). It becomes Paid; the
     * money row stays on the container.
     */
    public static function settle(stdClass $line): void
    {
        $target = (int) $line->relid;
        $clientId = (int) $line->userid;
        $amount = Money::parse($line->amount);
        if (Switches::get('mass_payment_transit') === 'logged') {
            Credit::change($clientId, $amount, CreditTexts::of('mass-payment', $target), null, 0, $target);
            Credit::change($clientId, -$amount, CreditTexts::of('applied', $target), null, 0, $target);
        }
        CreditApplication::writeInvoice($target, $amount);
        $status = Db::table('tblinvoices')->where('id', $target)->value('status');
        if ($status === 'Unpaid' && Invoices::openBalance($target) <= 0) {
            PaidInvoice::process($target, false);
        }
    }
}
