<?php

declare(strict_types=1);

namespace WHMCS\View\Formatter;

use StandIn\Platform\Currency;
use StandIn\Platform\Money;

/** What formatCurrency returns (whmcs.md §6): an amount that prints itself in its currency. */
final class Price
{
    /** @param array<string, mixed> $currency */
    public function __construct(private readonly int $hundredths, private readonly array $currency)
    {
    }

    public function toNumeric(): string
    {
        return Money::text($this->hundredths);
    }

    public function toFull(): string
    {
        return Currency::format($this->hundredths, (int) $this->currency['id']);
    }

    /** @return array<string, mixed> */
    public function getCurrency(): array
    {
        return $this->currency;
    }

    public function __toString(): string
    {
        return $this->toFull();
    }
}
