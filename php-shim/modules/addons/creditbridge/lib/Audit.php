<?php

declare(strict_types=1);

namespace WHMCS\Module\Addon\Creditbridge;

use Throwable;

/**
 * Who did what and when, in the table that the service writes as well (bridge/README.md, mod_creditbridge_audit). The shim
 * writes its own acts itself: they work without the service, and must be known without it.
 */
final class Audit
{
    const SHIM = 'shim';
    const INSTALLATION = 'installation';

    public static function byAdmin(int $adminId, string $act, string $target, array $details = []): void
    {
        self::note('admin:' . $adminId, $act, $target, $details);
    }

    /** What the shim did by itself. */
    public static function byItself(string $act, string $target, array $details = []): void
    {
        self::note(self::SHIM, $act, $target, $details);
    }

    /** The act was done already, and a freeze must hold also where it cannot be noted here: then the logs have it. */
    private static function note(string $actor, string $act, string $target, array $details): void
    {
        try {
            if (!Schema::isCurrent()) {
                return;
            }
            Database::change(
                'INSERT INTO mod_creditbridge_audit (id, actor, act, target, details, at)'
                . ' VALUES (?, ?, ?, ?, ?, UTC_TIMESTAMP(6))',
                [Uuid::v7(), $actor, $act, $target, $details === [] ? '{}' : Json::encode($details)]
            );
        } catch (Throwable $fault) {
            Log::fault('audit', $fault);
            Log::activity('could not be noted in the audit: ' . $act . ' of ' . $target . ' by ' . $actor . '.');
        }
    }
}
