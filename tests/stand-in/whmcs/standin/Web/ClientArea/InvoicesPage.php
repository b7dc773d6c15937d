<?php

declare(strict_types=1);

namespace StandIn\Web\ClientArea;

use StandIn\Billing\Invoices;
use StandIn\Platform\Db;
use StandIn\Platform\Money;
use StandIn\Web\ClientPage;

/** clientarea.php?action=invoices. Drafts and mass-payment containers are not listed (whmcs.md §2.6, §4.3). */
final class InvoicesPage
{
    public static function handle(int $clientId): void
    {
        $currency = (int) getCurrency($clientId)['id'];
        $invoices = [];
        $rows = Db::table('tblinvoices')->where('userid', $clientId)->where('status', '!=', 'Draft')->orderByDesc('id')->get();
        foreach ($rows as $row) {
            if (Invoices::hasLineOfType((int) $row->id, 'Invoice')) {
                continue;
            }
            $gross = Money::parse($row->subtotal) + Money::parse($row->tax) + Money::parse($row->tax2);
            $invoices[] = [
                'id' => (int) $row->id, 'date' => $row->date, 'duedate' => $row->duedate, 'status' => $row->status,
                'amount' => formatCurrency(Money::text($gross), $currency),
                'balance' => formatCurrency(Money::text(max(0, Invoices::openBalance((int) $row->id))), $currency),
            ];
        }
        ClientPage::show('clientareainvoices', 'My Invoices', ['invoices' => $invoices], 'ClientAreaPageInvoices');
    }
}
