<?php

declare(strict_types=1);

namespace StandIn\Billing;

use StandIn\Platform\Db;
use stdClass;

/** A note as the pages show it: its own row, its items, and the invoice it reached through tblaccounts (whmcs.md §5). */
final class NoteRecord
{
    /** @param list<stdClass> $items */
    private function __construct(
        public readonly stdClass $note,
        public readonly array $items,
        public readonly int $invoiceId,
    ) {
    }

    /** From the end of an address such as billing/credit/7; null where there is no such note. */
    public static function at(string $path): ?self
    {
        if (!Ledger::isNine() || preg_match('#/(credit|debit)/(\d+)$#', $path, $parts) !== 1) {
            return null;
        }
        $note = Db::table('tblbillingnotes')->where('note_type', $parts[1])->where('id', $parts[2])->first();
        return $note === null ? null : new self(
            $note,
            Db::table('tblbillingnoteitems')->where('billingnote_id', $note->id)->orderBy('id')->get()->all(),
            (int) Db::table('tblaccounts')->where('billingnoteid', $note->id)->value('invoiceid'),
        );
    }

    public function title(): string
    {
        return ucfirst($this->note->note_type) . " Note #{$this->note->id}";
    }
}
