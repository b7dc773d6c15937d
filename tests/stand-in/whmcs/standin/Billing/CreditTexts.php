<?php

declare(strict_types=1);

namespace StandIn\Billing;

use StandIn\Platform\Switches;

/** Descriptions in tblcredit. Only "Credit Applied to Invoice #" is confirmed; the others and their language are not (whmcs.md §8.5). */
final class CreditTexts
{
    private const TEXTS = [
        'applied' => ['Credit Applied to Invoice #%d', 'Guthaben verrechnet mit Rechnung #%d'],
        'removed' => ['Credit Removed from Invoice #%d', 'Guthaben entfernt von Rechnung #%d'],
        'add-funds' => ['Add Funds Invoice #%d', 'Guthaben aufgeladen, Rechnung #%d'],
        'overpayment' => ['Invoice #%d Overpayment', 'Überzahlung der Rechnung #%d'],
        'mass-payment' => ['Mass Invoice Payment Credit for Invoice #%d', 'Sammelzahlung für Rechnung #%d'],
        'refund' => ['Credit from Refund of Invoice ID %d', 'Gutschrift aus Erstattung der Rechnung %d'],
        // Belongs to a withdrawal of commissions, so no invoice is named.
        'affiliate' => ['Affiliate Commissions Withdrawal', 'Auszahlung von Partnerprovisionen'],
        // Belongs to a service, so no invoice is named.
        'downgrade' => ['Upgrade/Downgrade Credit', 'Gutschrift aus Produktwechsel'],
    ];

    public static function of(string $movement, int $invoiceId): string
    {
        return sprintf(self::TEXTS[$movement][Switches::get('texts') === 'german' ? 1 : 0], $invoiceId);
    }
}
