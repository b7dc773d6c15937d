<?php

declare(strict_types=1);

namespace StandIn\Platform;

use LogicException;

/** The values of this instance's configuration.php: database, folders, time zone, encryption key. */
final class Instance
{
    /** @var array<string, string> */
    private static array $values = [];

    /** @param array<string, string> $values */
    public static function configure(array $values): void
    {
        self::$values = $values;
    }

    public static function get(string $name): string
    {
        return self::$values[$name] ?? throw new LogicException("configuration.php has no $name.");
    }
}
