<?php

declare(strict_types=1);

namespace StandIn\Api\Actions;

use StandIn\Api\Action;
use StandIn\Api\ApiError;
use StandIn\Api\Read;
use StandIn\Billing\Payment;
use StandIn\Platform\Money;

/** whmcs.md §3.2; without an amount the full balance is paid. */
final class AddInvoicePayment implements Action
{
    public function run(array $values): array
    {
        $invoice = Read::invoice($values);
        if ($invoice->status === 'Cancelled') {
            throw new ApiError('It is not possible to add a payment to an invoice that is Cancelled');
        }
        $amount = Read::text($values, 'amount');
        $fees = Read::text($values, 'fees');
        Payment::add(
            (int) $invoice->id,
            Read::text($values, 'transid'),
            Read::text($values, 'gateway') ?: (string) $invoice->paymentmethod,
            Money::isAmount($amount) ? Money::parse($amount) : null,
            Money::isAmount($fees) ? Money::parse($fees) : 0,
            Read::text($values, 'date') ?: null,
            Read::flag($values, 'noemail'),
        );
        return [];
    }
}
