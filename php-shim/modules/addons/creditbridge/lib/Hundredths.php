<?php

declare(strict_types=1);

namespace WHMCS\Module\Addon\Creditbridge;

use InvalidArgumentException;

/**
 * Money as WHMCS stores it: integer hundredths, for every currency (design §5). Never a float.
 */
final class Hundredths
{
    /**
     * "-10.5" → -1050.
     *
     * @throws InvalidArgumentException for anything but a decimal with at most two places
     */
    public static function parse($decimal): int
    {
        if (!preg_match('/^(-?)(\d{1,14})(?:\.(\d{1,2})0*)?$/', trim((string) $decimal), $part)) {
            throw new InvalidArgumentException('not an amount: ' . substr((string) $decimal, 0, 40));
        }
        $amount = (int) $part[2] * 100 + (int) str_pad($part[3] ?? '', 2, '0');

        return $part[1] === '-' ? -$amount : $amount;
    }

    /** -1050 → "-10.50". */
    public static function format(int $hundredths): string
    {
        $absolute = abs($hundredths);

        return ($hundredths < 0 ? '-' : '') . intdiv($absolute, 100) . '.'
            . str_pad((string) ($absolute % 100), 2, '0', STR_PAD_LEFT);
    }
}
