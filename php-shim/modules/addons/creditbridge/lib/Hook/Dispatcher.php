<?php

declare(strict_types=1);

namespace WHMCS\Module\Addon\Creditbridge\Hook;

use WHMCS\Module\Addon\Creditbridge\Attempt;
use WHMCS\Module\Addon\Creditbridge\Log;
use WHMCS\Module\Addon\Creditbridge\Settings;

/**
 * The target of the callbacks in hooks.php: forwards the hook if the manifest says so, then does the shim's own work
 * for it.
 */
final class Dispatcher
{
    /** @var Settings|null one per request, so that the next hooks know what the first one learned (the service is down) */
    private static $settings;

    /**
     * Never throws.
     *
     * @param mixed $vars WHMCS's argument; a few hooks pass an object (whmcs.md §4.1)
     * @param mixed $row the settings row as hooks.php read it
     * @return mixed what WHMCS gets
     */
    public static function handle(string $hook, $vars, $row)
    {
        return Attempt::to('hook ' . $hook, static function () use ($hook, $vars, $row) {
            if (Log::isWriting() && $hook === 'LogActivity') {
                return null;
            }
            self::$settings = self::$settings ?? Settings::of($row);
            $arguments = is_array($vars) ? $vars : [];
            $result = null;
            $entry = self::$settings->manifestHooks()[$hook] ?? null;
            if (is_array($entry) && !in_array($hook, Fields::NEVER, true)) {
                // A database that is full cannot keep the hook either, so nobody can be asked.
                $otherwise = ($entry['answer'] ?? '') === 'veto' ? Answer::whenDown($hook, self::$settings) : null;
                $result = Attempt::to('forward ' . $hook, static function () use ($hook, $arguments, $entry) {
                    return (new Forwarder(self::$settings))->forward($hook, $arguments, $entry);
                }, $otherwise);
            }
            return OwnHooks::has($hook) ? OwnHooks::handle($hook, $vars, self::$settings, $result) : $result;
        });
    }
}
