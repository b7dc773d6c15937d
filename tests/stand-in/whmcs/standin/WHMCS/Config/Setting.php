<?php

declare(strict_types=1);

namespace WHMCS\Config;

use StandIn\Platform\Settings;

/** Reads tblconfiguration (whmcs.md §6). */
final class Setting
{
    public static function getValue(string $setting): ?string
    {
        return isset($GLOBALS['CONFIG'][$setting]) ? Settings::get($setting) : null;
    }

    public static function setValue(string $setting, string $value): void
    {
        Settings::set($setting, $value);
    }
}
