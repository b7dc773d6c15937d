<?php

declare(strict_types=1);

namespace StandIn\Api\Actions;

use StandIn\Api\Action;
use StandIn\Api\ApiError;
use StandIn\Api\Read;
use StandIn\Billing\Credit;
use StandIn\Billing\CreditApplication;
use StandIn\Billing\Invoices;
use StandIn\Platform\Money;
use StandIn\Platform\Switches;

/** whmcs.md §3.2 and §2.4. Writes: balance, log, invoice, activity; when covered, what Paid sets off. */
final class ApplyCredit implements Action
{
    public function run(array $values): array
    {
        $invoice = Read::invoice($values);
        $id = (int) $invoice->id;
        if ($invoice->status !== 'Unpaid') {
            throw new ApiError('Invoice Not in Unpaid Status');
        }
        $balance = Credit::balance((int) $invoice->userid);
        $open = Invoices::openBalance($id);
        $text = Read::text($values, 'amount');
        // The default and the keyword for "all of it" are unknown 8.10.
        $amount = Money::isAmount($text) ? Money::parse($text) : min($balance, $open);
        if ($amount < 0 && Switches::get('negative_apply_credit') === 'accepted') {
            CreditApplication::apply($id, max($amount, -CreditApplication::applied($invoice)));
            return ['invoiceid' => $id, 'amount' => Money::text($amount), 'invoicepaid' => 'false'];
        }
        if ($amount <= 0) {
            throw new ApiError('Credit Amount to apply must be greater than zero');
        }
        if ($amount > $balance) {
            throw new ApiError('Amount exceeds customer credit balance');
        }
        $refuses = Switches::get('credit_on_deposit_invoices') === 'refused';
        if ($amount > $open || ($refuses && Invoices::hasLineOfType($id, 'AddFunds', 'Invoice'))) {
            throw new ApiError('Amount Exceeds Invoice Balance');
        }
        $paid = CreditApplication::apply($id, $amount, Read::flag($values, 'noemail'));
        return ['invoiceid' => $id, 'amount' => Money::text($amount), 'invoicepaid' => $paid ? 'true' : 'false'];
    }
}
