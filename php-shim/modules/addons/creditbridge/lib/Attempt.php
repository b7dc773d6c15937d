<?php

declare(strict_types=1);

namespace WHMCS\Module\Addon\Creditbridge;

use Throwable;

/**
 * The wrapper around every callback: what WHMCS does with an exception from a hook is not documented
 * (whmcs.md §8.17), so none leaves.
 */
final class Attempt
{
    /** Runs the act; a fault is logged and answered with `$otherwise`. */
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
