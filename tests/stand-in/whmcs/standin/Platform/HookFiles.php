<?php

declare(strict_types=1);

namespace StandIn\Platform;

/**
 * Loads hook files on every page and in cron (whmcs.md §4.1): includes/hooks/*.php except those that begin with an
 * underscore, then hooks.php of each addon module named in AddonModulesHooks.
 */
final class HookFiles
{
    public static function load(): void
    {
        foreach (glob(ROOTDIR . '/includes/hooks/*.php') ?: [] as $file) {
            if (!str_starts_with(basename($file), '_')) {
                self::include($file);
            }
        }
        foreach (array_filter(explode(',', Settings::get('AddonModulesHooks'))) as $module) {
            $file = ROOTDIR . "/modules/addons/$module/hooks.php";
            if (is_file($file)) {
                StatementLog::during("$module/hooks.php", static fn (): mixed => self::include($file));
            }
        }
    }

    private static function include(string $file): mixed
    {
        return require_once $file;
    }
}
