<?php

declare(strict_types=1);

namespace StandIn\Api\Actions;

use StandIn\Api\Action;
use StandIn\Api\ApiError;
use StandIn\Api\Read;
use StandIn\Billing\InvoiceCreation;
use StandIn\Billing\InvoiceStatus;
use StandIn\Billing\InvoiceTotals;
use StandIn\Billing\Ledger;
use StandIn\Platform\Actor;
use StandIn\Platform\Clock;
use StandIn\Platform\Db;
use StandIn\Platform\Money;
use StandIn\Platform\Switches;
use stdClass;

/** whmcs.md §3.2. Setting a status here is not a reliable trigger: on 8.x Cancelled fires no hook, unless a switch says so. */
final class UpdateInvoice implements Action
{
    private const STATUSES = ['Draft', 'Unpaid', 'Paid', 'Cancelled', 'Refunded', 'Collections', 'Payment Pending'];
    private const PLAIN = ['paymentmethod', 'taxrate', 'taxrate2', 'credit', 'date', 'duedate', 'datepaid', 'notes'];
    private const LINES = [
        'itemdescription', 'itemamount', 'itemtaxed', 'newitemdescription', 'newitemamount', 'newitemtaxed', 'deletelineids',
    ];

    public function run(array $values): array
    {
        $invoice = Read::invoice($values);
        $status = Read::text($values, 'status');
        if ($status !== '' && !in_array($status, self::STATUSES, true)) {
            throw new ApiError('Invalid status ' . $status);
        }
        $publish = Read::flag($values, 'publish') || Read::flag($values, 'publishandsendemail');
        if ($publish && $invoice->status !== 'Draft') {
            throw new ApiError('Invoice must be in Draft status to be published');
        }
        $editsLines = array_intersect_key($values, array_flip(self::LINES)) !== [];
        // 9.x refuses edits in the admin area and accepts them here (§0); were they refused, the text would not be known.
        if ($editsLines && Ledger::isImmutable($invoice) && Switches::get('api_line_edits') === 'refused') {
            throw new ApiError('Invoice cannot be modified');
        }
        $this->write($invoice, $values, $editsLines);
        if ($publish) {
            $mail = Read::flag($values, 'publishandsendemail');
            InvoiceCreation::finalise((int) $invoice->id, 'api', Actor::adminId() ?: 'system', $mail, false);
        }
        if ($status !== '' && $status !== $invoice->status) {
            $this->changeStatus($invoice, $status);
        }
        return ['invoiceid' => (int) $invoice->id];
    }

    /** @param array<string, mixed> $values */
    private function write(stdClass $invoice, array $values, bool $editsLines): void
    {
        $plain = array_intersect_key($values, array_flip(self::PLAIN));
        if ($plain !== []) {
            // Credit changes only the invoice's figure, never the client's balance (§3.2).
            Db::table('tblinvoices')->where('id', $invoice->id)->update($plain + ['updated_at' => Clock::now()]);
        }
        if ($editsLines) {
            $this->writeLines($invoice, $values);
        }
        if ($editsLines || array_intersect_key($plain, ['credit' => 1, 'taxrate' => 1, 'taxrate2' => 1]) !== []) {
            InvoiceTotals::recalculate((int) $invoice->id);
        }
    }

    /** @param array<string, mixed> $values */
    private function writeLines(stdClass $invoice, array $values): void
    {
        foreach ((array) ($values['itemdescription'] ?? []) as $lineId => $description) {
            if (!isset($values['itemamount'][$lineId])) {
                throw new ApiError('Missing Variables: itemdescription, itemamount and itemtaxed must be provided for each line item');
            }
            Db::table('tblinvoiceitems')->where('id', $lineId)->where('invoiceid', $invoice->id)->update([
                'description' => $description, 'amount' => Money::text(Money::parse($values['itemamount'][$lineId])),
                'taxed' => (int) ($values['itemtaxed'][$lineId] ?? 0),
            ]);
        }
        foreach ((array) ($values['newitemdescription'] ?? []) as $n => $description) {
            Db::table('tblinvoiceitems')->insert([
                'invoiceid' => $invoice->id, 'userid' => $invoice->userid, 'type' => '', 'relid' => 0,
                'description' => $description, 'amount' => Money::text(Money::parse($values['newitemamount'][$n] ?? '0')),
                'taxed' => (int) ($values['newitemtaxed'][$n] ?? 0), 'notes' => '',
                'paymentmethod' => $invoice->paymentmethod,
            ]);
        }
        Db::table('tblinvoiceitems')->where('invoiceid', $invoice->id)
            ->whereIn('id', (array) ($values['deletelineids'] ?? []))->delete();
    }

    private function changeStatus(stdClass $invoice, string $status): void
    {
        if ($status === 'Cancelled') {
            InvoiceStatus::cancel((int) $invoice->id, Switches::get('update_invoice_cancel_hook') === 'fires');
            return;
        }
        Db::table('tblinvoices')->where('id', $invoice->id)->update(['status' => $status, 'updated_at' => Clock::now()]);
    }
}
