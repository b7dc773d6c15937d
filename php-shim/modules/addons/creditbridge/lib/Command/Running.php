<?php

declare(strict_types=1);

namespace WHMCS\Module\Addon\Creditbridge\Command;

/**
 * The command that this PHP process is carrying out, if any. Hooks that fire during it are deferred and carry its id.
 */
final class Running
{
    /** @var string */
    private static $id = '';

    public static function commandId(): string
    {
        return self::$id;
    }

    /** Runs the act as part of the command. */
    public static function during(string $id, callable $act)
    {
        $before = self::$id;
        self::$id = $id;
        try {
            return $act();
        } finally {
            self::$id = $before;
        }
    }
}
