<?php

declare(strict_types=1);

namespace StandIn\Platform;

/** The activity log and the module log (whmcs.md §4.5, §6). */
final class Activity
{
    private static bool $telling = false;

    public static function log(string $message, int $clientId = 0): void
    {
        $adminId = Actor::adminId();
        Db::table('tblactivitylog')->insert([
            'date' => Clock::now(), 'description' => $message, 'user' => Actor::name(), 'userid' => $clientId,
            'user_id' => 0, 'admin_id' => $adminId, 'ipaddr' => $_SERVER['REMOTE_ADDR'] ?? '',
        ]);
        // A callback of LogActivity may itself log.
        if (!self::$telling) {
            self::$telling = true;
            try {
                Hooks::run('LogActivity', [
                    'description' => $message, 'user' => Actor::name(), 'userid' => $clientId,
                    'ipaddress' => $_SERVER['REMOTE_ADDR'] ?? '',
                ]);
            } finally {
                self::$telling = false;
            }
        }
    }

    /** @param list<string> $replaceVars */
    public static function moduleCall(
        string $module,
        string $action,
        mixed $request,
        mixed $response,
        mixed $processed,
        array $replaceVars
    ): void {
        $text = static function (mixed $value) use ($replaceVars): string {
            $text = is_scalar($value) || $value === null ? (string) $value : print_r($value, true);
            foreach (array_filter($replaceVars, static fn ($secret): bool => (string) $secret !== '') as $secret) {
                $text = str_replace((string) $secret, str_repeat('*', strlen((string) $secret)), $text);
            }
            return $text;
        };
        Db::table('tblmodulelog')->insert([
            'date' => Clock::now(), 'module' => $module, 'action' => $action, 'request' => $text($request),
            'response' => $text($response), 'arrdata' => $text($processed),
        ]);
    }
}
