<?php

declare(strict_types=1);

namespace StandIn\Billing;

/** A line of an invoice to be: type and relid as whmcs.md §5 (tblinvoiceitems) lists them, amount in hundredths. */
final class InvoiceLine
{
    public function __construct(
        public readonly string $type,
        public readonly int $relid,
        public readonly string $description,
        public readonly int $amount,
        public readonly bool $taxed = false,
    ) {
    }
}
