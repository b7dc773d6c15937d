<?php

declare(strict_types=1);

namespace StandIn\Platform;

use InvalidArgumentException;

/** Amounts are integer hundredths in memory and decimal text in the database (whmcs.md §2.9: two decimals, whatever the currency). */
final class Money
{
    /** Reads '12', '12.3', '12.34', '-12.34'. More decimals are rounded half away from zero. */
    public static function parse(string|int|float|null $text): int
    {
        $text = trim((string) $text);
        if (preg_match('/^(-?)(\d{0,12})(?:\.(\d*))?$/', $text, $parts) !== 1 || $text === '' || $text === '-') {
            throw new InvalidArgumentException("'$text' is not an amount.");
        }
        $decimals = substr(($parts[3] ?? '') . '000', 0, 3);
        $hundredths = (int) $parts[2] * 100 + (int) substr($decimals, 0, 2) + ((int) $decimals[2] >= 5 ? 1 : 0);
        return $parts[1] === '-' ? -$hundredths : $hundredths;
    }

    public static function isAmount(string|int|float|null $text): bool
    {
        return preg_match('/^-?\d{1,12}(\.\d+)?$/', trim((string) $text)) === 1;
    }

    public static function text(int $hundredths): string
    {
        $absolute = abs($hundredths);
        return ($hundredths < 0 ? '-' : '') . intdiv($absolute, 100) . '.' . sprintf('%02d', $absolute % 100);
    }
}
