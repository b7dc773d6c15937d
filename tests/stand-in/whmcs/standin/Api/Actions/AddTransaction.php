<?php

declare(strict_types=1);

namespace StandIn\Api\Actions;

use StandIn\Api\Action;
use StandIn\Api\ApiError;
use StandIn\Api\Read;
use StandIn\Billing\Credit;
use StandIn\Billing\Invoices;
use StandIn\Billing\Ledger;
use StandIn\Billing\Payment;
use StandIn\Platform\Db;
use StandIn\Platform\Money;

/** whmcs.md §3.2, §2.5: with credit=true money is recorded and credit rises; such a row carries no invoice. */
final class AddTransaction implements Action
{
    public function run(array $values): array
    {
        $clientId = (int) ($values['userid'] ?? 0);
        $invoiceId = (int) ($values['invoiceid'] ?? 0);
        $this->check($values, $clientId, $invoiceId);
        $in = Money::parse(Read::text($values, 'amountin') ?: '0');
        Payment::record(
            $clientId,
            $invoiceId,
            Read::text($values, 'transid'),
            Read::text($values, 'paymentmethod'),
            $in,
            Money::parse(Read::text($values, 'fees') ?: '0'),
            null,
            Money::parse(Read::text($values, 'amountout') ?: '0'),
            Read::text($values, 'description'),
            0,
            $clientId === 0 ? (int) ($values['currencyid'] ?? 0) : 0,
        );
        if (Read::flag($values, 'credit') && $invoiceId === 0 && $clientId !== 0) {
            Credit::change($clientId, $in, Read::text($values, 'description'));
        }
        return [];
    }

    /** @param array<string, mixed> $values */
    private function check(array $values, int $clientId, int $invoiceId): void
    {
        if ($clientId !== 0) {
            Read::client($values, 'userid');
        }
        if ($invoiceId !== 0) {
            // On 9.x nothing can be added to what is Paid (§0); the text is not known.
            if (Read::invoice($values)->status === 'Paid' && Ledger::isNine()) {
                throw new ApiError('Transactions cannot be added to a paid invoice');
            }
        }
        if ($clientId !== 0 && $invoiceId !== 0 && (int) Invoices::find($invoiceId)->userid !== $clientId) {
            throw new ApiError('User ID does not own the given Invoice ID');
        }
        if ($clientId === 0 && $invoiceId === 0 && (int) ($values['currencyid'] ?? 0) === 0) {
            throw new ApiError('A Currency ID is required for non-customer related transactions');
        }
        if (Read::text($values, 'paymentmethod') === '') {
            throw new ApiError('Payment Method is required');
        }
        $transId = Read::text($values, 'transid');
        $known = $transId !== '' && Db::table('tblaccounts')->where('transid', $transId)->exists();
        if ($known && !Read::flag($values, 'allowduplicatetransid')) {
            throw new ApiError('Transaction ID must be Unique');
        }
    }
}
