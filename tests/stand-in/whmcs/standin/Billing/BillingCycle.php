<?php

declare(strict_types=1);

namespace StandIn\Billing;

use DateTimeImmutable;

/** The billing cycles of tblhosting (whmcs.md §5) in months, and their columns in tblpricing. */
final class BillingCycle
{
    private const MONTHS = [
        'Monthly' => 1, 'Quarterly' => 3, 'Semi-Annually' => 6, 'Annually' => 12, 'Biennially' => 24, 'Triennially' => 36,
    ];

    /** 0 for cycles that do not recur. */
    public static function months(string $cycle): int
    {
        return self::MONTHS[$cycle] ?? 0;
    }

    /** The same day so many months later, or that month's last day. */
    public static function add(string $date, int $months): string
    {
        $from = new DateTimeImmutable($date);
        $month = $from->modify('first day of this month')->modify("+$months months");
        $day = min((int) $from->format('j'), (int) $month->format('t'));
        return $month->format('Y-m-') . sprintf('%02d', $day);
    }

    /** @return array<string, string> Cycle to column of tblpricing. */
    public static function columns(): array
    {
        return array_combine(
            array_keys(self::MONTHS),
            array_map(static fn (string $cycle): string => strtolower(str_replace('-', '', $cycle)), array_keys(self::MONTHS))
        );
    }
}
