<?php

declare(strict_types=1);

namespace StandIn\Platform;

/**
 * Lets addon modules live at the movable clock's date without knowing of it: in each namespace of a module, date($format) without
 * a moment answers the stand-in's. time() stays real, because signatures are made with it.
 *
 * PHP looks for an unqualified function in the caller's namespace first, so the module's files stay untouched.
 */
final class ModuleClock
{
    public static function install(): void
    {
        foreach (glob(ROOTDIR . '/modules/addons/*/lib', GLOB_ONLYDIR) ?: [] as $lib) {
            $studly = str_replace(' ', '', ucwords(str_replace('_', ' ', basename(dirname($lib)))));
            $base = "WHMCS\\Module\\Addon\\$studly";
            self::shadow($base);
            foreach (glob("$lib/*", GLOB_ONLYDIR) ?: [] as $folder) {
                self::shadow($base . '\\' . basename($folder));
            }
        }
    }

    private static function shadow(string $namespace): void
    {
        if (!function_exists("$namespace\\date")) {
            eval("namespace $namespace; function date(string \$format, ?int \$moment = null): string
            {
                return \\date(\$format, \$moment ?? \\StandIn\\Platform\\Clock::timestamp());
            }");
        }
    }
}
