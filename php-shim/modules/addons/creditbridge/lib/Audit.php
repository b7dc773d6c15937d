<?php

declare(strict_types=1);

namespace WHMCS\Module\Addon\Creditbridge;

use Throwable;
use WHMCS\Database\Capsule;

/**
 * Records who did what and when, in a table that the service writes too (bridge/README.md, mod_creditbridge_audit). The
 * shim records its own acts itself, because they also work without the service.
 */
final class Audit
{
    const SHIM = 'shim';
    const INSTALLATION = 'installation';
    /** How often a change and its record are tried together after a deadlock. */
    const TRIES = 3;

    public static function admin(int $adminId): string
    {
        return 'admin:' . $adminId;
    }

    /**
     * Makes a change in our tables and its record in one transaction: if PHP dies, there are both or neither.
     *
     * If the record cannot be written, the change is made without it and the logs have it, because a freeze must hold
     * even if it cannot be recorded here.
     *
     * @param callable $change returns whether it changed anything; otherwise nothing is recorded
     * @return bool what $change returned
     * @throws Throwable what $change throws; then nothing was changed
     */
    public static function recorded(
        string $actor,
        string $act,
        array $details,
        callable $change,
        string $target = self::INSTALLATION
    ): bool {
        $isRecorded = Schema::isCurrent();
        $record = static function () use ($isRecorded, $actor, $act, $target, $details): void {
            if ($isRecorded) {
                self::insert($actor, $act, $target, $details);
            }
        };
        try {
            return Capsule::connection()->transaction(static function () use ($change, $record): bool {
                $isChanged = $change();
                if ($isChanged) {
                    $record();
                }
                return $isChanged;
            }, self::TRIES);
        } catch (NotRecorded $fault) {
            self::tellLogs($fault, $actor, $act, $target);
            return $change();
        }
    }

    /** Records an act that changes no row of ours. Never throws: the act is already done. */
    public static function byAdmin(int $adminId, string $act, string $target, array $details = []): void
    {
        try {
            if (Schema::isCurrent()) {
                self::insert(self::admin($adminId), $act, $target, $details);
            }
        } catch (Throwable $fault) {
            self::tellLogs($fault, self::admin($adminId), $act, $target);
        }
    }

    /** @throws NotRecorded */
    private static function insert(string $actor, string $act, string $target, array $details): void
    {
        try {
            Database::change(
                'INSERT INTO mod_creditbridge_audit (id, actor, act, target, details, at)'
                . ' VALUES (?, ?, ?, ?, ?, UTC_TIMESTAMP(6))',
                [Uuid::v7(), $actor, $act, $target, $details === [] ? '{}' : Json::encode($details)]
            );
        } catch (Throwable $fault) {
            // With its words, by which Capsule knows a deadlock and tries the transaction again.
            throw new NotRecorded($fault->getMessage(), 0, $fault);
        }
    }

    private static function tellLogs(Throwable $fault, string $actor, string $act, string $target): void
    {
        Log::fault('audit', $fault);
        Log::activity('could not record in the audit: ' . $act . ' of ' . $target . ' by ' . $actor . '.');
    }
}
