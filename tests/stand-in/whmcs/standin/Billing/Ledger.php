<?php

declare(strict_types=1);

namespace StandIn\Billing;

use stdClass;
use StandIn\Platform\NineSchema;
use StandIn\Platform\Switches;

/** How this installation keeps its books: columns that change (8.x), or notes and invoices that do not (9.x, whmcs.md §0). */
final class Ledger
{
    public static function isNine(): bool
    {
        return Switches::get('ledger') === '9.x';
    }

    /** Whether credit on this invoice becomes a note. Whether it does on invoices of 8.x is not known: switch invoice_from_before_nine. */
    public static function usesNotes(int $invoiceId): bool
    {
        return self::isNine() && !(Switches::get('invoice_from_before_nine') === 'on' && NineSchema::isFromBefore($invoiceId));
    }

    /** On 9.x the admin area edits drafts alone, unless configuration.php sets $allow_adminarea_invoice_mutation (§0). */
    public static function isImmutable(stdClass $invoice): bool
    {
        return self::isNine() && $invoice->status !== 'Draft' && Switches::get('nine_mutable') === 'off';
    }
}
