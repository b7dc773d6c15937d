<?php

declare(strict_types=1);

namespace StandIn\Admin;

use StandIn\Billing\NoteRecord;
use StandIn\Platform\Currency;
use StandIn\Web\Html;

/** billing/billingnote/credit/{id}: a note for staff. It has no output hook of its own (whmcs.md §4.6). */
final class BillingNotePage
{
    public static function handle(string $path): void
    {
        Admin::demand('Manage Invoice');
        $record = NoteRecord::at($path);
        if ($record === null) {
            http_response_code(404);
            AdminPage::show('Page Not Found', '');
            return;
        }
        $currency = (int) Currency::ofClient((int) $record->note->client_id)['id'];
        $items = array_map(static fn (object $item): array
            => [Html::text($item->description), Html::money((string) $item->amount, $currency)], $record->items);
        AdminPage::show($record->title(), "<p>Invoice <a href=\"/admin/invoices.php?action=edit&amp;id=$record->invoiceId\">"
            . "#$record->invoiceId</a>, issued " . Html::date($record->note->date_issued) . '</p>'
            . Html::table(['Description', 'Amount'], $items)
            . '<p id="total"><strong>' . Html::money((string) $record->note->total, $currency) . '</strong></p>');
    }
}
