<?php

declare(strict_types=1);

namespace StandIn\Web\ClientArea;

use StandIn\Billing\NoteRecord;
use StandIn\Platform\Money;
use StandIn\Web\ClientPage;

/** index.php/billing/credit/{id} and .../debit/{id}: a note as its client sees it (whmcs.md §4.6). */
final class BillingNotePage
{
    public static function handle(int $clientId, string $path): void
    {
        $record = NoteRecord::at($path);
        if ($record === null || (int) $record->note->client_id !== $clientId) {
            http_response_code(404);
            ClientPage::show('denied', 'Page Not Found', ['permission' => '']);
            return;
        }
        $currency = (int) getCurrency($clientId)['id'];
        $price = static fn (string $amount): object => formatCurrency(Money::text(Money::parse($amount)), $currency);
        ClientPage::show('viewbillingnote', $record->title(), [
            'notetitle' => $record->title(), 'date' => $record->note->date_issued, 'invoiceid' => $record->invoiceId,
            'total' => $price((string) $record->note->total),
            'items' => array_map(static fn (object $item): array
                => ['description' => $item->description, 'amount' => $price((string) $item->amount)], $record->items),
        ]);
    }
}
