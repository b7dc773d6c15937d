<?php

declare(strict_types=1);

namespace StandIn\Platform;

/** tblconfiguration as $GLOBALS['CONFIG'], as modules read it (whmcs.md §6). */
final class Settings
{
    public static function load(): void
    {
        $GLOBALS['CONFIG'] = Db::table('tblconfiguration')->pluck('value', 'setting')->all();
    }

    public static function get(string $name): string
    {
        return (string) ($GLOBALS['CONFIG'][$name] ?? '');
    }

    /** Checkbox settings are 'on' or the empty string; parsed tolerantly (whmcs.md §1.1). */
    public static function isOn(string $name): bool
    {
        return in_array(strtolower(self::get($name)), ['on', '1', 'true'], true);
    }

    public static function set(string $name, string $value): void
    {
        $now = Clock::now();
        $row = Db::table('tblconfiguration')->where('setting', $name);
        if ($row->exists()) {
            $row->update(['value' => $value, 'updated_at' => $now]);
        } else {
            Db::table('tblconfiguration')->insert(
                ['setting' => $name, 'value' => $value, 'created_at' => $now, 'updated_at' => $now]
            );
        }
        $GLOBALS['CONFIG'][$name] = $value;
    }
}
