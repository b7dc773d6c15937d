<?php

declare(strict_types=1);

namespace WHMCS\Module\Addon\Creditbridge;

use Throwable;

/**
 * The wrapper around every callback. It lets no exception out, because it is not documented what WHMCS does with an
 * exception from a hook (whmcs.md §8.17).
 */
final class Attempt
{
    /** Runs the act. Logs a fault and returns `$otherwise`. */
    public static function to(string $what, callable $act, $otherwise = null)
    {
        try {
            return $act();
        } catch (Throwable $fault) {
            Log::fault($what, $fault);
            return $otherwise;
        }
    }
}
