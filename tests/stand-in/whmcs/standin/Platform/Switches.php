<?php

declare(strict_types=1);

namespace StandIn\Platform;

use InvalidArgumentException;
use WHMCS\Database\Capsule;

/** The positions of the switches in table standin_settings; SwitchCatalogue says which there are. */
final class Switches
{
    /** How stale a long-lived worker's view may be. */
    private const FRESH_FOR_SECONDS = 1.0;

    /** @var array<string, string> */
    private static array $values = [];

    private static float $loadedAt = 0.0;

    public static function load(): void
    {
        self::$values = Capsule::table('standin_settings')->pluck('value', 'name')->all();
        self::$loadedAt = microtime(true);
    }

    public static function refresh(): void
    {
        if (microtime(true) - self::$loadedAt > self::FRESH_FOR_SECONDS) {
            self::load();
            Clock::load();
        }
    }

    /** The position, or the first of the catalogue where none was stored. */
    public static function get(string $name): string
    {
        return self::$values[$name] ?? self::default($name);
    }

    /** A few defaults are known to differ between the majors. */
    private static function default(string $name): string
    {
        $switch = SwitchCatalogue::get($name);
        return $switch->defaultOnNine !== $switch->default && self::get('ledger') === '9.x'
            ? $switch->defaultOnNine
            : $switch->default;
    }

    public static function set(string $name, string $value): void
    {
        $switch = SwitchCatalogue::get($name);
        if ($switch->positions !== [] && !in_array($value, $switch->positions, true)) {
            throw new InvalidArgumentException("Switch $name knows " . implode(', ', $switch->positions) . ", not $value.");
        }
        Db::sideRun('REPLACE INTO standin_settings (name, value) VALUES (?, ?)', [$name, $value]);
        self::$values[$name] = $value;
        if ($name === 'ledger') {
            $version = $value === '9.x' ? '9.0.5-release.1' : '8.13.1-release.1';
            NineSchema::follow($value);
            Db::sideRun("UPDATE tblconfiguration SET value = ? WHERE setting = 'Version'", [$version]);
        }
    }
}
