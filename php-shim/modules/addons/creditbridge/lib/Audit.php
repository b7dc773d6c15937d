<?php

declare(strict_types=1);

namespace WHMCS\Module\Addon\Creditbridge;

use Throwable;

/**
 * Records who did what and when, in a table that the service writes too (bridge/README.md, mod_creditbridge_audit). The
 * shim records its own acts itself, because they also work without the service.
 */
final class Audit
{
    const SHIM = 'shim';
    const INSTALLATION = 'installation';

    public static function byAdmin(int $adminId, string $act, string $target, array $details = []): void
    {
        self::note('admin:' . $adminId, $act, $target, $details);
    }

    /** Records an act of the shim without an admin. */
    public static function byItself(string $act, string $target, array $details = []): void
    {
        self::note(self::SHIM, $act, $target, $details);
    }

    /**
     * Never throws: the act is already done, and a freeze must hold even if it cannot be recorded here. The logs then
     * have it.
     */
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
            Log::activity('could not record in the audit: ' . $act . ' of ' . $target . ' by ' . $actor . '.');
        }
    }
}
