<?php

declare(strict_types=1);

namespace WHMCS\Module\Addon\Creditbridge;

/**
 * Time within this process, for deadlines and pauses. The clock of a machine may be set back, by an hour or a year: a
 * worker would then not end, nor notice for so long that an admin was disabled.
 */
final class Clock
{
    /** @var float|null the machine's clock when it was first asked, less the seconds since the machine started */
    private static $offset;

    /** Seconds that only grow. They begin as the machine's clock does; PHP 7.2 has only that one. */
    public static function seconds(): float
    {
        if (!function_exists('hrtime')) {
            return microtime(true);
        }
        $grown = hrtime(true) / 1e9;
        self::$offset = self::$offset ?? microtime(true) - $grown;

        return self::$offset + $grown;
    }
}
