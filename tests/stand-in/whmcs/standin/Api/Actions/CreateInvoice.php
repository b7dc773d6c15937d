<?php

declare(strict_types=1);

namespace StandIn\Api\Actions;

use StandIn\Api\Action;
use StandIn\Api\ApiError;
use StandIn\Api\Read;
use StandIn\Billing\InvoiceCreation;
use StandIn\Billing\InvoiceLine;
use StandIn\Billing\Invoices;
use StandIn\Billing\NewInvoice;
use StandIn\Platform\Actor;
use StandIn\Platform\Money;
use StandIn\Platform\Settings;
use StandIn\Platform\Switches;

/** whmcs.md §3.2. It cannot set a line type (§2.3). */
final class CreateInvoice implements Action
{
    public function run(array $values): array
    {
        $client = Read::client($values, 'userid');
        $draft = Read::flag($values, 'draft') || Read::text($values, 'status') === 'Draft';
        if ($draft && Read::flag($values, 'sendinvoice')) {
            throw new ApiError('Cannot create and send a draft invoice in a single API request. Please create and send separately.');
        }
        $lines = [];
        for ($n = 1; isset($values["itemdescription$n"]) || isset($values["itemamount$n"]); $n++) {
            $lines[] = new InvoiceLine(
                '',
                0,
                (string) ($values["itemdescription$n"] ?? ''),
                Money::parse($values["itemamount$n"] ?? '0'),
                Read::flag($values, "itemtaxed$n"),
            );
        }
        $obeysSetting = Switches::get('create_invoice_auto_credit') === 'setting' && !isset($values['autoapplycredit']);
        $id = InvoiceCreation::create(new NewInvoice(
            (int) $client->id,
            $lines,
            source: 'api',
            user: Actor::adminId() ?: 'system',
            date: Read::text($values, 'date'),
            dueDate: Read::text($values, 'duedate'),
            paymentMethod: Read::text($values, 'paymentmethod'),
            draft: $draft,
            mail: Read::flag($values, 'sendinvoice'),
            useCredit: $obeysSetting ? !Settings::isOn('NoAutoApplyCredit') : Read::flag($values, 'autoapplycredit'),
            notes: Read::text($values, 'notes'),
            taxRate: Read::text($values, 'taxrate') ?: '0.000',
            taxRate2: Read::text($values, 'taxrate2') ?: '0.000',
        ));
        return ['invoiceid' => $id, 'status' => (string) Invoices::find($id)->status];
    }
}
