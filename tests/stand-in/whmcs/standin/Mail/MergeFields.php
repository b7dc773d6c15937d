<?php

declare(strict_types=1);

namespace StandIn\Mail;

use StandIn\Billing\Credit;
use StandIn\Billing\Invoices;
use StandIn\Platform\Currency;
use StandIn\Platform\Db;
use StandIn\Platform\Money;
use StandIn\Platform\Settings;

/** The merge fields of a mail. The related id means a client, a service or an invoice by the template's type (whmcs.md §3.2). */
final class MergeFields
{
    /** 0 when there is no such thing. */
    public static function clientOf(string $type, int $relatedId): int
    {
        $table = match ($type) {
            'invoice' => 'tblinvoices',
            'product' => 'tblhosting',
            'domain' => 'tbldomains',
            default => 'tblclients',
        };
        $column = $table === 'tblclients' ? 'id' : 'userid';
        return (int) Db::table($table)->where('id', $relatedId)->value($column);
    }

    /** @return array<string, string> */
    public static function of(string $type, int $relatedId, int $clientId): array
    {
        $client = Db::table('tblclients')->where('id', $clientId)->first();
        $money = static fn (int $hundredths): string => Currency::format($hundredths, (int) $client->currency);
        $fields = [
            'client_id' => (string) $clientId, 'client_name' => "$client->firstname $client->lastname",
            'client_first_name' => (string) $client->firstname, 'client_email' => (string) $client->email,
            'client_credit' => $money(Credit::balance($clientId)), 'company_name' => Settings::get('CompanyName'),
            'whmcs_url' => Settings::get('SystemURL'), 'signature' => Settings::get('CompanyName'),
        ];
        if ($type !== 'invoice') {
            return $fields;
        }
        $invoice = Invoices::find($relatedId);
        return $fields + [
            'invoice_id' => (string) $relatedId, 'invoice_num' => (string) ($invoice->invoicenum ?: $relatedId),
            'invoice_date_created' => (string) $invoice->date, 'invoice_date_due' => (string) $invoice->duedate,
            'invoice_subtotal' => $money(Money::parse($invoice->subtotal)),
            'invoice_credit' => $money(Money::parse($invoice->credit)),
            'invoice_tax' => $money(Money::parse($invoice->tax)), 'invoice_tax2' => $money(Money::parse($invoice->tax2)),
            'invoice_total' => $money(Money::parse($invoice->total)),
            'invoice_amount_paid' => $money(Invoices::paid($relatedId)),
            'invoice_balance' => $money(max(0, Invoices::openBalance($relatedId))),
            'invoice_status' => (string) $invoice->status, 'invoice_payment_method' => (string) $invoice->paymentmethod,
            'invoice_link' => Settings::get('SystemURL') . "viewinvoice.php?id=$relatedId",
        ];
    }
}
