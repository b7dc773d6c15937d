<?php

declare(strict_types=1);

namespace StandIn\Api\Actions;

use StandIn\Api\Action;
use StandIn\Api\Read;
use StandIn\Billing\Invoices;
use StandIn\Platform\Db;
use StandIn\Platform\Money;

/** whmcs.md §3.2; an empty list of transactions is the empty string (§3.1). */
final class GetInvoice implements Action
{
    public function run(array $values): array
    {
        $invoice = Read::invoice($values);
        $id = (int) $invoice->id;
        $items = array_map(static fn (object $line): array => [
            'id' => (int) $line->id, 'type' => $line->type, 'relid' => (int) $line->relid,
            'description' => $line->description, 'amount' => (string) $line->amount, 'taxed' => (int) $line->taxed,
        ], Invoices::lines($id));
        $transactions = Db::table('tblaccounts')->where('invoiceid', $id)->get()
            ->map(static fn (object $row): array => (array) $row)->all();
        return [
            'invoiceid' => $id, 'invoicenum' => (string) $invoice->invoicenum, 'userid' => (int) $invoice->userid,
            'date' => $invoice->date, 'duedate' => $invoice->duedate, 'datepaid' => $invoice->datepaid,
            'lastcaptureattempt' => $invoice->last_capture_attempt, 'subtotal' => $invoice->subtotal,
            'credit' => $invoice->credit, 'tax' => $invoice->tax, 'tax2' => $invoice->tax2, 'total' => $invoice->total,
            'balance' => Money::text(Invoices::openBalance($id)), 'taxrate' => $invoice->taxrate,
            'taxrate2' => $invoice->taxrate2, 'status' => $invoice->status, 'paymentmethod' => $invoice->paymentmethod,
            'notes' => $invoice->notes, 'ccgateway' => $invoice->paymentmethod === 'standincard',
            'items' => ['item' => $items],
            'transactions' => $transactions === [] ? '' : ['transaction' => $transactions],
        ];
    }
}
