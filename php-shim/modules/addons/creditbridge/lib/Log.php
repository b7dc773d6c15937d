<?php

declare(strict_types=1);

namespace WHMCS\Module\Addon\Creditbridge;

use Throwable;

/**
 * What the shim logs for the operator: changes of state in the activity log, faults in the module log, secrets masked.
 */
final class Log
{
    /** Longer than any sentence of ours, with a reason in it. */
    const MOST_CHARACTERS = 4000;

    /** @var bool while true, LogActivity hooks come from our own line and are not forwarded */
    private static $writing = false;

    public static function isWriting(): bool
    {
        return self::$writing;
    }

    /** Writes a line to the activity log (whmcs.md §6). For changes of state only: pages fire thousands of hooks. */
    public static function activity(string $sentence, int $clientId = 0): void
    {
        self::guarded(static function () use ($sentence, $clientId): void {
            logActivity('Credit Bridge: ' . Text::withoutMarkup($sentence, self::MOST_CHARACTERS), $clientId);
        });
    }

    /** Writes what went wrong to the module log, which the admin turns on to find a fault. */
    public static function fault(string $where, Throwable $fault): void
    {
        self::guarded(static function () use ($where, $fault): void {
            $text = get_class($fault) . ': ' . $fault->getMessage() . ' at ' . basename($fault->getFile()) . ':'
                . $fault->getLine();
            $masked = (string) preg_replace('/whsec_[A-Za-z0-9+\/=]+/', 'whsec_…', $text);
            logModuleCall('creditbridge', $where, '', $masked, $masked);
        });
    }

    private static function guarded(callable $write): void
    {
        $before = self::$writing;
        self::$writing = true;
        try {
            $write();
        } catch (Throwable $unwritable) {
            // A log that cannot be written must not break the page.
            unset($unwritable);
        } finally {
            self::$writing = $before;
        }
    }
}
